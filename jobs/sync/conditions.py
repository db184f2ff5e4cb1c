"""Asks an instance before a run about its indexers, downloads and disks."""

from datetime import timedelta

from jobs.arr import Fault, Health
from jobs.engine import Engine
from jobs.engine.retries import note_fault, patiently
from models.backlog.conditions import keep_conditions
from models.instances import Instance
from models.instances.faults import worked

ASK_AGAIN = timedelta(minutes=5)
UNEXPLAINED = "it does not say why."


async def ask_health(engine: Engine, instance: Instance) -> None:
    """Asks about its indexers alone: one request."""
    try:
        health = await patiently(engine.clock, engine.client(instance).health)
    except Fault as fault:
        note_fault(instance, "conditions", fault, engine.clock.now())
        return
    instance.change(no_indexer=_complaint(health))


async def ask(engine: Engine, instance: Instance, *, anew: bool = False) -> Fault | None:
    """Asks and writes the answers on the instance's row: three requests, at most every 5 minutes.

    With `anew` it asks in any case.
    """
    now = engine.clock.now()
    if not anew and instance.conditions_at and instance.conditions_at > now - ASK_AGAIN:
        return None
    client = engine.client(instance)
    try:
        health = await patiently(engine.clock, client.health)
        downloads = await patiently(engine.clock, client.downloading)
        folders = await patiently(engine.clock, client.root_folders)
    except Fault as fault:
        note_fault(instance, "conditions", fault, engine.clock.now())
        return fault
    unfinished = (each.arr_id for each in downloads if each.unfinished)
    keep_conditions(
        instance,
        no_indexer=_complaint(health),
        downloads=len({each.download_id or each.title for each in downloads if each.active}),
        downloading={arr_id for arr_id in unfinished if arr_id is not None},
        free_bytes={each.path: each.free_bytes for each in folders if each.accessible},
        lost={each.path for each in folders if not each.accessible},
        at=engine.clock.now(),
    )
    worked(instance, engine.clock.now(), "conditions")
    return None


def _complaint(health: list[Health]) -> str | None:
    """What it says where no indexer is available; None where some are."""
    return next((each.message or UNEXPLAINED for each in health if each.no_indexer), None)
