"""One run of a queue: gates, sync, batch, and the searches one by one."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from jobs.engine import BROKEN, Engine, log_failure
from jobs.runs.dry import is_dry, rehearse
from jobs.runs.gating import Gates, closed_gates
from jobs.searches import run_errand
from jobs.searches.errands import BY_IMPATIENT_RUN, BY_QUEUE, Errand
from models.backlog.eligibility import WORDS, Reason
from models.batches import Batch, Pick
from models.budgets import SOONEST_RETRY
from models.budgets.gates import Gate, outside_hours
from models.budgets.shares import owed, share, stand_in_line
from models.database import database
from models.household import Household
from models.instances import WantedList
from models.logs.about import about
from models.metrics.counting import COUNTS
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run

PAUSED = "The queue was paused."
ALL_APART = "Nothing to do now: another instance has just searched the same titles."


class Stop(NamedTuple):
    """An instance whose gate closed during the run, with what was left to search there."""

    instance_id: int
    gate: Gate
    left: list[Pick]


async def carry_out(engine: Engine, run: Run) -> None:
    """Carries out the run; whatever happens, the run ends in a state that says so."""
    began = engine.clock.now()
    with about(run=run.id, queue=run.queue_id or 0):
        try:
            await _carry_out(engine, run, Queue.get_by_id(run.queue_id))
        except Exception as error:
            log_failure(f"run {run.id}", error)
            ended = {"state": "interrupted", "at": engine.clock.now(), "note": why(error)}
            if not database.if_writable(run.finish, **ended):
                engine.unsaid[run.id] = why(error)
        finally:
            COUNTS.run((engine.clock.now() - began).total_seconds())


async def _carry_out(engine: Engine, run: Run, queue: Queue) -> None:
    shut = None if Household.current().held_at else outside_hours(queue, engine.clock.now())
    if shut:
        _hold(engine, run, queue, {0: shut})
        return
    run.tell("Checking the instances")
    gates = await closed_gates(engine, run, queue)
    impatient = run.ignores_cooldown
    now = engine.clock.now()
    batch = Batch(queue, now, but=gates, ignores_cooldown=impatient, size=owed(queue))
    picks = await batch.chosen()
    for waiting in batch.apart:
        run.leave_out(waiting.line)
    stand_in_line(queue, {})
    dry = is_dry(run, queue)
    if run.asked_to_stop():
        _cancel(engine, run, queue)
    elif picks and dry:
        rehearse(engine, run, picks, f"{_sentences(gates)} {doubts(queue)}".strip())
    elif picks:
        run.change(planned=run.searches.count() + len(picks))
        stops = await _search_all(engine, run, queue, picks)
        _finish(engine, run, queue, gates, stops)
    elif gates:
        await _hold_or_rest(engine, run, queue, gates)
    else:
        why = ALL_APART if batch.apart else nothing_to_do(queue)
        run.finish("finished", engine.clock.now(), why)


async def _hold_or_rest(engine: Engine, run: Run, queue: Queue, gates: Gates) -> None:
    """Ends a run that has nothing to search while gates are closed.

    An instance without anything to search does not wait for room in a budget or at an indexer.
    """
    spent = {name for name, gate in gates.items() if gate.code in ("budget", "indexer")}
    others = gates.keys() - spent
    unread = any(each.synced_at is None for each in queue.instances)
    now, impatient = engine.clock.now(), run.ignores_cooldown
    batch = Batch(queue, now, but=others, ignores_cooldown=impatient, size=owed(queue))
    picks = await batch.chosen() if spent else []
    if picks or others or unread:
        _hold(engine, run, queue, gates, picks)
    else:
        run.finish("finished", engine.clock.now(), nothing_to_do(queue))


async def _search_all(engine: Engine, run: Run, queue: Queue, picks: list[Pick]) -> list[Stop]:
    """Searches several instances at once, and on each one item after the other.

    Returns where a gate stopped it. An error on one instance is raised after the others finished.
    """
    permits = BY_IMPATIENT_RUN if run.ignores_cooldown else BY_QUEUE
    asked_at = run.started_at if run.ignores_cooldown else None
    shares: dict[int, list[tuple[Errand, Pick]]] = {}
    for pick in picks:
        instance_id = pick.items[0].instance_id
        ids = tuple(item.id for item in pick.items)
        errand = Errand(instance_id, ids, run, permits, asked_at=asked_at)
        shares.setdefault(instance_id, []).append((errand, pick))
    work = (_share(engine, run, queue, each) for each in shares.values())
    stops: list[Stop] = []
    for found in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(found, BaseException):
            raise found
        stops += found
    return stops


async def _share(
    engine: Engine, run: Run, queue: Queue, errands: list[tuple[Errand, Pick]]
) -> list[Stop]:
    for number, (errand, _) in enumerate(errands):
        if engine.clock.stopping.is_set() or run.asked_to_stop():
            return []
        due = share(queue, engine.clock.now())
        if gate := await run_errand(engine, errand._replace(share=due)):
            return [Stop(errand.instance_id, gate, [pick for _, pick in errands[number:]])]
    return []


def _finish(engine: Engine, run: Run, queue: Queue, before: Gates, stops: list[Stop]) -> None:
    """Ends the run with its state and its note.

    A gate that closed during the run makes it held. Gates that were closed before it began only
    kept their own instances from being searched.
    """
    now = engine.clock.now()
    if run.asked_to_stop():
        _cancel(engine, run, queue)
    elif engine.clock.stopping.is_set():
        run.finish("interrupted", now, "The program was stopped.")
    elif stops:
        since = {stop.instance_id: stop.gate for stop in stops}
        held = [pick for stop in stops for pick in stop.left]
        _hold(engine, run, queue, before | since, held)
    else:
        parts = [_sentences(before), doubts(queue), _left_out(run)]
        run.finish("finished", now, " ".join(part for part in parts if part), _codes(before))


def _cancel(engine: Engine, run: Run, queue: Queue) -> None:
    paused = Queue.get_or_none(Queue.id == queue.id, Queue.paused_at.is_null(False))
    run.finish("cancelled", engine.clock.now(), PAUSED if paused else "")


def _hold(engine: Engine, run: Run, queue: Queue, gates: Gates, picks: Sequence[Pick] = ()) -> None:
    """Ends the run as held, which frees the queue, and sets when the queue tries again.

    `picks` wait; the queue keeps its place in the line for those that wait for a budget, unless
    the run is dry and would not spend it.
    """
    now = engine.clock.now()
    run.finish("held", now, _sentences(gates), _codes(gates))
    costs = Counter[int]()
    for pick in picks:
        gate = gates.get(pick.items[0].instance_id)
        if gate and gate.code == "budget" and not run.is_dry:
            costs[pick.items[0].instance_id] += pick.cost
    stand_in_line(queue, costs)
    if (again := _again(gates, now)) and owed(queue):
        queue.try_again(again)


def _left_out(run: Run) -> str:
    """Says how many chosen items changed before their turn came; "" if none did."""
    made = Search.select().where(Search.run == run).count()
    if made == run.planned:
        return ""
    return (
        f"{run.planned - made} of {run.planned} could no longer be searched when their turn came."
    )


def _sentences(gates: Gates) -> str:
    return " ".join(dict.fromkeys(gate.sentence for gate in gates.values()))


def _codes(gates: Gates) -> str:
    """The closed gates for the run's event."""
    return " ".join(f"{gate.code}:{instance}" for instance, gate in gates.items())


def _again(gates: Gates, now: datetime) -> datetime | None:
    """The first moment when one of the gates may open; None when only a person can open them.

    The retries of a fault need no bound here: each of them takes longer than the one before.
    """
    soonest = {"budget": now + SOONEST_RETRY}
    ends = [max(gate.until, soonest.get(gate.code, now)) for gate in gates.values() if gate.until]
    return min(ends, default=None)


def why(error: BaseException) -> str:
    unwritable = database.why_unwritable(error)
    return f"The database could not be written: {unwritable}." if unwritable else BROKEN


def doubts(queue: Queue) -> str:
    """The sentences about the queue's wanted lists that are in doubt."""
    return " ".join(row.doubt for row in WantedList.doubts(queue.instances, queue.wants))


def nothing_to_do(queue: Queue) -> str:
    """A sentence that counts the reasons: "Nothing to do: 1203 in cooldown, 40 not released yet."

    It also covers an empty backlog, lists in doubt, and eligible items that are not for this queue.
    """
    counts = queue.counts()
    if not counts:
        return "Nothing to do: nothing is wanted."
    if doubted := doubts(queue):
        return doubted
    if eligible := counts.get(Reason.ELIGIBLE, 0):
        return f"Nothing to do: {_takes_none(queue, eligible)}."
    parts = [f"{count} {WORDS[Reason(reason)]}" for reason, count in sorted(counts.items())]
    return f"Nothing to do: {', '.join(parts)}."


def _takes_none(queue: Queue, eligible: int) -> str:
    items = f"the {eligible} eligible items" if eligible > 1 else "the one eligible item"
    if queue.strategy == "recent" and queue.filters_json == "{}":
        return f"none of {items} came out in the last {queue.recent_days} days"
    return f"this queue takes none of {items}"
