"""Recovery after a kill: runs end, and every search gets its outcome."""

import logging

from jobs.arr import Command, Fault
from jobs.engine import BROKEN, Engine
from jobs.searches.errands import settle
from jobs.searches.following import find, follow, is_ours
from jobs.searches.outcomes import Verdict
from models.backlog import Item
from models.database import database
from models.database.fields import to_ms
from models.instances import Instance
from models.searches import Search
from models.searches.runs import Run
from models.yields import Yield

log = logging.getLogger(__name__)

UNKNOWN = "The program stopped before the outcome was known."


def recover(engine: Engine) -> None:
    """Ends the rows at once; asks the instances about their searches in tasks."""
    now = engine.clock.now()
    if interrupted := Run.interrupt_all(now):
        log.warning("interrupted by the last stop: %s", interrupted)
    Instance.update(syncing_since=None).where(Instance.syncing_since.is_null(False)).execute()
    for search in Search.undone().where(Search.instance.is_null()):
        _give_up(engine, search)
    for instance in Instance.select():
        adopt(engine, instance)


def left_on() -> set[int]:
    """Ids of the instances that have searches without an outcome, in one query."""
    return {search.instance_id for search in Search.undone().select(Search.instance)}


def adopt(engine: Engine, instance: Instance) -> None:
    """Follows the instance's undone searches; a busy lane means that one is followed already."""
    left = [] if engine.lane(instance.id).busy else list(Search.undone_on(instance))
    if left:
        engine.spawn(f"recovery-{instance.id}", _recover(engine, left), about=instance)


def reap(engine: Engine) -> None:
    """Ends runs whose task has died."""
    for run in Run.active():
        if not engine.runs(f"run-{run.id}"):
            log.warning("run %s was left active", run.id)
            run.finish("interrupted", engine.clock.now(), BROKEN)


async def _recover(engine: Engine, searches: list[Search]) -> None:
    async with engine.lane(searches[0].instance_id).turn():
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
    with database.atomic():
        search.end("unknown", engine.clock.now(), message=UNKNOWN)
        Yield.count_outcome(search)
