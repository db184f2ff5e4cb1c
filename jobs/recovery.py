"""After a kill: nothing stays active, and every search that was under way gets its outcome."""

import logging

from jobs.arr import Command, Fault
from jobs.engine import Engine
from jobs.errands import settle
from jobs.outcomes import Verdict
from jobs.searches import find, follow, is_ours
from models.backlog import Item
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
    async with engine.lane(instance_id).turn():
        for search in searches:
            await _recover_one(engine, search)


async def _recover_one(engine: Engine, search: Search) -> None:
    items = search.items
    if not items:
        _give_up(engine, search)
        return
    try:
        command = await _known(engine, search, items)
    except Fault:
        settle(engine, search, items, Verdict("unknown", UNKNOWN))
        return
    if search.began_at is None:
        began_at = to_ms(search.created_at) + items[0].instance.clock_ahead_ms
        search.change(began_at=began_at)
    await follow(engine, search, items, command)


async def _known(engine: Engine, search: Search, items: list[Item]) -> Command | None:
    if search.command_id is None:
        return await find(engine, search, items)
    command = await engine.client(items[0].instance).command(search.command_id)
    return command if command and is_ours(command, search, items) else None


def _give_up(engine: Engine, search: Search) -> None:
    search.change(state="done", outcome="unknown", message=UNKNOWN, finished_at=engine.clock.now())
