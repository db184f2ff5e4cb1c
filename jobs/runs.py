"""One execution of a queue: gates, sync, batch, and the searches one by one."""

import asyncio
import logging
from datetime import datetime

from peewee import OperationalError

from jobs.conditions import ask
from jobs.engine import BROKEN, Engine
from jobs.errands import BY_IMPATIENT_RUN, BY_QUEUE, Errand
from jobs.searches import run_errand
from jobs.sync import probe, refresh
from models.batches import Batch, Pick
from models.budgets import Ledger
from models.eligibility import WORDS, Reason
from models.gates import TOLD, Gate, closed, outside_hours
from models.house import House
from models.instances import Instance
from models.queues import Queue
from models.runs import Run
from models.searches import Search
from models.shares import SOONEST_RETRY, ahead_of, owed, share

log = logging.getLogger(__name__)

# How SQLite says that the disk is full, broken or mounted read-only.
NO_ROOM = ("disk is full", "disk I/O error", "readonly")

Gates = dict[int, Gate]


async def carry_out(engine: Engine, run: Run) -> None:
    """Whatever happens, the run ends in a state that says what did."""
    try:
        await _carry_out(engine, run, Queue.get_by_id(run.queue_id))
    except Exception as error:
        log.exception("run %s failed", run.id)
        run.finish("interrupted", engine.clock.now(), why(error))


async def _carry_out(engine: Engine, run: Run, queue: Queue) -> None:
    shut = None if House.current().held_at else outside_hours(queue, engine.clock.now())
    if shut:
        _hold(engine, run, queue, {0: shut})
        return
    run.tell("Looking at the instances")
    gates: Gates = {}
    for instance in queue.instances:
        if gate := await _gate(engine, instance, run, queue):
            gates[instance.id] = gate
    impatient = run.ignores_cooldown
    now = engine.clock.now()
    batch = Batch(queue, now, but=gates, ignores_cooldown=impatient, size=owed(queue))
    picks = await batch.chosen()
    run.change(planned=len(picks))
    if run.asked_to_stop():
        run.finish("cancelled", engine.clock.now())
    elif picks:
        closed_since = await _search_all(engine, run, queue, picks)
        _finish(engine, run, queue, gates, closed_since)
    elif gates and await _would_search(run, queue, gates, now):
        _hold(engine, run, queue, gates)
    else:
        run.finish("finished", engine.clock.now(), nothing_to_do(queue))


async def _would_search(run: Run, queue: Queue, gates: Gates, now: datetime) -> bool:
    """Whether anything is held up: who had nothing to search waits for no budget."""
    others = any(gate.code != "budget" for gate in gates.values())
    unread = any(each.synced_at is None for each in queue.instances)
    if others or unread:
        return True
    return bool(await Batch(queue, now, ignores_cooldown=run.ignores_cooldown, size=1).chosen())


async def _gate(engine: Engine, instance: Instance, run: Run, queue: Queue) -> Gate | None:
    """The closed gate, after the instance was asked again, if it is time, and its lists read."""
    now, house = engine.clock.now(), House.current()
    it_is_time = instance.retry_at is None or instance.retry_at <= now or run.trigger == "person"
    if instance.fault and instance.disabled_at is None and house.held_at is None and it_is_time:
        await probe(engine, instance)
    gate = _closed(engine, instance, queue)
    if gate and gate.code in TOLD and not instance.fault:
        await ask(engine, instance)
        gate = _closed(engine, instance, queue)
    if gate:
        return gate
    run.tell(f"Reading what {instance.name} wants")
    if await refresh(engine, instance) is None:
        await ask(engine, instance)
    return _closed(engine, instance, queue)


def _closed(engine: Engine, instance: Instance, queue: Queue) -> Gate | None:
    now, house = engine.clock.now(), House.current()
    return closed(instance, house, now, Ledger(house, now, ahead=ahead_of(queue, now)))


async def _search_all(engine: Engine, run: Run, queue: Queue, picks: list[Pick]) -> Gates:
    """Several instances at once, on each one item after the other; the gates that closed.

    What breaks on one instance is raised when the others have finished.
    """
    permits = BY_IMPATIENT_RUN if run.ignores_cooldown else BY_QUEUE
    asked_at = run.started_at if run.ignores_cooldown else None
    errands: dict[int, list[Errand]] = {}
    for pick in picks:
        instance_id = pick.items[0].instance_id
        ids = tuple(item.id for item in pick.items)
        errand = Errand(instance_id, ids, run, permits, asked_at=asked_at)
        errands.setdefault(instance_id, []).append(errand)
    shares = (_share(engine, run, queue, each) for each in errands.values())
    gates: Gates = {}
    for found in await asyncio.gather(*shares, return_exceptions=True):
        if isinstance(found, BaseException):
            raise found
        gates |= found
    return gates


async def _share(engine: Engine, run: Run, queue: Queue, errands: list[Errand]) -> Gates:
    for errand in errands:
        if engine.clock.stopping.is_set() or run.asked_to_stop():
            return {}
        due = share(queue, engine.clock.now())
        if gate := await run_errand(engine, errand._replace(share=due)):
            return {errand.instance_id: gate}
    return {}


def _finish(engine: Engine, run: Run, queue: Queue, before: Gates, since: Gates) -> None:
    """Gates that were closed before hold their instances' share; one that closed since, the run."""
    now = engine.clock.now()
    if run.asked_to_stop():
        run.finish("cancelled", now)
    elif engine.clock.stopping.is_set():
        run.finish("interrupted", now, "The program was stopped.")
    elif since:
        _hold(engine, run, queue, before | since)
    else:
        run.finish("finished", now, f"{_sentences(before)} {_left_out(run)}".strip())


def _hold(engine: Engine, run: Run, queue: Queue, gates: Gates) -> None:
    """Held is final: it frees the queue, and says when it is tried again."""
    now = engine.clock.now()
    run.finish("held", now, _sentences(gates))
    if (again := _again(gates, now)) and owed(queue):
        queue.try_again(again)


def _left_out(run: Run) -> str:
    """Of the items that were chosen, some may have changed before their turn came."""
    made = Search.select().where(Search.run == run).count()
    if made == run.planned:
        return ""
    return f"{run.planned - made} of {run.planned} could not be searched any more when it was time."


def _sentences(gates: Gates) -> str:
    return " ".join(dict.fromkeys(gate.sentence for gate in gates.values()))


def _again(gates: Gates, now: datetime) -> datetime | None:
    ends = [gate.until for gate in gates.values() if gate.until]
    return max(min(ends), now + SOONEST_RETRY) if ends else None


def why(error: BaseException) -> str:
    unwritable = isinstance(error, OperationalError) and any(cry in str(error) for cry in NO_ROOM)
    return f"The database could not be written: {error}." if unwritable else BROKEN


def nothing_to_do(queue: Queue) -> str:
    """Said with its counts: "Nothing to do: 1203 in cooldown, 40 not released yet."."""
    counts = queue.counts()
    if not counts:
        return "Nothing to do: nothing is wanted."
    parts = [f"{count} {WORDS[Reason(reason)]}" for reason, count in sorted(counts.items())]
    return f"Nothing to do: {', '.join(parts)}."
