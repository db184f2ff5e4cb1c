"""After a kill: nothing stays active, and every search that was under way gets its outcome."""

import logging

from jobs.arr import Command, Fault
from jobs.engine import Engine
from jobs.outcomes import Verdict
from jobs.searches import find, follow, settle
from models.fields import to_ms
from models.instances import Instance
from models.runs import Run
from models.searches import Search

log = logging.getLogger(__name__)

UNKNOWN = "The program stopped before the outcome was known."


def recover(engine: Engine) -> None:
    """Rows at once; what the instances know of their searches is asked beside everything else."""
    now = engine.clock.now()
    if interrupted := Run.interrupt_all(now):
        log.warning("%s runs were interrupted by the last stop", interrupted)
    Instance.update(syncing_since=None).where(Instance.syncing_since.is_null(False)).execute()
    by_instance: dict[int | None, list[Search]] = {}
    for search in Search.undone().order_by(Search.id):
        by_instance.setdefault(search.instance_id, []).append(search)
    for instance_id, searches in by_instance.items():
        engine.spawn(f"recovery-{instance_id}", _recover(engine, instance_id, searches))


async def _recover(engine: Engine, instance_id: int | None, searches: list[Search]) -> None:
    if instance_id is None:
        for search in searches:
            _give_up(engine, search)
        return
    async with engine.lane(instance_id):
        for search in searches:
            await _recover_one(engine, search)


async def _recover_one(engine: Engine, search: Search) -> None:
    items = search.items
    if not items:
        _give_up(engine, search)
        return
    item = items[0]
    try:
        command = await _known(engine, search)
    except Fault:
        settle(search, item, Verdict("unknown", UNKNOWN), engine)
        return
    if search.began_at is None:
        began_at = to_ms(search.created_at) + item.instance.clock_ahead_ms
        search.change(began_at=began_at)
    await follow(engine, search, item, command)


async def _known(engine: Engine, search: Search) -> Command | None:
    item = search.items[0]
    if search.command_id is None:
        return await find(engine, search, item)
    command = await engine.client(item.instance).command(search.command_id)
    return command if command and command.arr_ids == (item.arr_id,) else None


def _give_up(engine: Engine, search: Search) -> None:
    search.change(state="done", outcome="unknown", message=UNKNOWN, finished_at=engine.clock.now())
