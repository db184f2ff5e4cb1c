"""Recovery after a kill: runs end, and every search gets its outcome, of whichever replica."""

import logging

from jobs.arr import Command, Fault
from jobs.engine import BROKEN, Engine
from jobs.engine.locks import is_free
from jobs.searches.errands import settle
from jobs.searches.following import find, follow, is_ours
from jobs.searches.outcomes import Verdict
from models.backlog import Item
from models.budgets.shares import stand_in_line
from models.database import database
from models.database.fields import to_ms
from models.database.locks import Lock
from models.instances import Instance
from models.searches import Search
from models.searches.runs import STOPPED, Run
from models.wishes import Wish
from models.yields import Yield

log = logging.getLogger(__name__)

UNKNOWN = "The program stopped before the outcome was known."


def recover(engine: Engine) -> None:
    """Ends the rows of the dead at once; asks the instances about their searches in tasks."""
    reap(engine)
    if engine.leads:
        _settle_rows(engine)
    for instance in Instance.select():
        adopt(engine, instance)


def _settle_rows(engine: Engine) -> None:
    """Ends what nobody can follow or end any more."""
    for instance in Instance.select().where(Instance.syncing_since.is_null(False)):
        if not engine.runs(f"sync-{instance.id}") and is_free(Lock.SYNC, instance.id):
            instance.change(syncing_since=None)
    for search in Search.undone().where(Search.instance.is_null()):
        if _is_dead(engine, search.owner):
            _give_up(engine, search)


def left_on() -> set[int]:
    """Ids of the instances that have searches without an outcome, in one query."""
    return {search.instance_id for search in Search.undone().select(Search.instance)}


def adopt(engine: Engine, instance: Instance) -> None:
    """Follows the instance's undone searches, unless this replica or another one does already."""
    elsewhere = instance.demo and not engine.leads
    if elsewhere or engine.lane(instance.id).busy or not Search.undone_on(instance).exists():
        return
    if is_free(Lock.INSTANCE, instance.id):
        engine.spawn(f"recovery-{instance.id}", _recover(engine, instance.id), about=instance)


def reap(engine: Engine) -> None:
    """Ends runs whose task or replica has died, but not those that nobody has taken up yet."""
    left = list(Run.active())
    asked = Wish.waits_for("run")
    for run in left:
        is_mine = run.owner == engine.replica
        if run.id in asked or engine.runs(f"run-{run.id}"):
            continue
        if not (is_mine or _is_dead(engine, run.owner)):
            continue
        note = engine.unsaid.get(run.id) or (BROKEN if is_mine else STOPPED)
        if run.interrupt(engine.clock.now(), note):
            engine.unsaid.pop(run.id, None)
            if run.queue is not None:
                stand_in_line(run.queue, {})
            log.warning("run %s was left active", run.id)


def _is_dead(engine: Engine, owner: int | None) -> bool:
    """Whether the replica is gone: it holds its lock as long as it lives."""
    return owner is None or (owner != engine.replica and is_free(Lock.REPLICA, owner))


async def _recover(engine: Engine, instance_id: int) -> None:
    async with engine.turn(instance_id):
        await finish_left(engine, instance_id)


async def finish_left(engine: Engine, instance_id: int) -> None:
    """Follows what a dead replica, or an error, has left undone. Call in the instance's turn."""
    for search in list(Search.undone_on(instance_id)):
        if search.take_over(engine.replica):
            await _recover_one(engine, search)


async def _recover_one(engine: Engine, search: Search) -> None:
    items = search.items
    if not items:
        _give_up(engine, search)
        return
    if search.is_trial:
        settle(engine, search, items, Verdict("unknown", UNKNOWN))
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
        if not search.take_over(engine.replica):
            return
        search.end("unknown", engine.clock.now(), message=UNKNOWN)
        Yield.count_outcome(search)
