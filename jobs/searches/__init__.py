"""Sends one search in its turn, follows it to its end, and never sends it twice."""

import random
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import NamedTuple

from jobs.arr import Command, Fault
from jobs.engine import Engine
from jobs.engine.retries import note_fault, patiently
from jobs.prowlarrs import freshen
from jobs.searches import trials
from jobs.searches.errands import (
    Announced,
    Before,
    Errand,
    announce,
    items_of,
    kept_apart,
    leave_out,
    settle,
    withdraw,
)
from jobs.searches.fencing import Fence, Stalled
from jobs.searches.following import follow, look_for
from jobs.searches.outcomes import Verdict
from jobs.searches.recovery import finish_left
from jobs.sync.sightings import Found, is_due, look
from models.backlog import Item, Tally
from models.backlog.eligibility import Policy
from models.backlog.judging import rejudge
from models.batches import packs
from models.budgets import Ledger
from models.budgets.gates import Gate, closed, outside_hours
from models.budgets.shares import ahead_of
from models.database import database
from models.database.locks import Lock
from models.household import Household
from models.instances import Instance
from models.instances.faults import worked
from models.queues import Queue
from models.searches import Search

JITTER = 0.1
# The smallest spacing in seconds, whatever a row says: 0 would be a loop without a pause.
SHORTEST_SPACING = 1
NOW_DRY = "The queue is a dry run now, so the rest was not sent."
# Statuses of the application's own answers that are about the item, not the instance.
OF_THE_ITEM = frozenset({400, 409})


class Doubted(NamedTuple):
    """Items whose list may be out of date: their instance is asked about them first."""

    items: list[Item]


async def run_errand(engine: Engine, errand: Errand) -> Gate | None:
    """Searches in the instance's turn; returns the gate that stopped it, if one was closed.

    Items that may no longer be searched are left out.
    """
    async with engine.turn(errand.instance_id, errand.share):
        await finish_left(engine, errand.instance_id)
        if not await _spaced(engine, errand):
            return None
        await freshen(engine, [errand.instance_id])
        step = _next_step(engine, errand, None)
        if isinstance(step, Doubted):
            instance = step.items[0].instance
            try:
                found = await look(engine, step.items)
            except Fault as fault:
                note_fault(instance, "items", fault, engine.clock.now())
                return Gate(fault.code, fault.sentence, instance.retry_at)
            step = _next_step(engine, errand, found)
        if not isinstance(step, Announced):
            assert not isinstance(step, Doubted)
            return step
        Tally.recount(errand.instance_id)
        errand.tell(f"Searching {step.search.title}")
        return await (trials.look if errand.is_trial else _send)(engine, step)


def _next_step(
    engine: Engine, errand: Errand, found: Found | None
) -> Announced | Doubted | Gate | None:
    """Reads the budgets and announces the search in one transaction, while no other replica may.

    `found` is what the instance was asked before; None if it was not. None: nothing is to be sent.
    """
    now = engine.clock.now()
    with database.durable():
        database.lock_until_commit(Lock.HOUSEHOLD)
        instance = Instance.get_or_none(id=errand.instance_id)
        if instance is None or errand.stop_asked:
            return None
        queue = Queue.get_or_none(id=errand.run.queue_id) if errand.run else None
        if errand.run and (errand.run.is_dry or (queue and queue.is_dry)):
            return Gate("dry", NOW_DRY, None)
        items = items_of(errand, now)
        household = Household.current()
        ledger = Ledger(household, now, packs.cost(items) if items else 1, ahead_of(queue, now))
        gate = closed(instance, household, now, ledger) or (queue and outside_hours(queue, now))
        if gate:
            return gate
        if found is None and items and is_due(items, now):
            return Doubted(items)
        if kept_apart(errand, items, now):
            return None
        if items:
            return announce(errand, items, now, engine.replica)
        rejudge(Item.id.in_(errand.item_ids), Policy.current(), now)
        leave_out(errand, found or {}, now)
        return None


async def _spaced(engine: Engine, errand: Errand) -> bool:
    """Waits for the spacing after the instance's last search; False when the program stops."""
    instance = Instance.get_or_none(id=errand.instance_id)
    latest = Search.latest_on(errand.instance_id)
    if instance is None or latest is None:
        return instance is not None
    jitter = random.uniform(1, 1 + JITTER)
    spacing = timedelta(seconds=max(instance.spacing_seconds, SHORTEST_SPACING) * jitter)
    now = engine.clock.now()
    due = min(latest.arrived_by + spacing, now + spacing)
    if due <= now:
        return True
    if errand.run is not None:
        errand.run.wait(due)
    return await engine.clock.sleep((due - now).total_seconds())


async def _send(engine: Engine, announced: Announced) -> Gate | None:
    search, items, befores, _ = announced
    client, first = engine.client(items[0].instance), items[0]
    send = partial(client.search, first.arr_id)
    if search.is_pack:
        send = partial(client.search_season, first.series_id, first.season)
    fence = Fence(announced)
    try:
        command = await patiently(engine.clock, partial(fence.let_through, send), _never_left)
    except Stalled as stalled:
        withdraw(engine, search, items, befores, str(stalled))
        return None
    except Fault as fault:
        return await _not_taken(engine, search, items, fault, befores)
    _taken(engine, search, items, command)
    await follow(engine, search, items, command)
    return None


def _never_left(fault: Fault) -> bool:
    """Whether the request never left; only then may a command be sent once more."""
    return fault.status is None and not fault.may_have_arrived


def _taken(engine: Engine, search: Search, items: Sequence[Item], command: Command) -> None:
    instance = items[0].instance
    began_at = command.started or command.queued or engine.client(instance).server_time
    now = engine.clock.now()
    search.sent(command.id, began_at, now)
    worked(instance, now, "sending")


async def _not_taken(
    engine: Engine,
    search: Search,
    items: Sequence[Item],
    fault: Fault,
    befores: Sequence[Before],
) -> Gate | None:
    """Handles a POST without a usable answer: looks for the command, and never sends it twice.

    The application's own refusal is about the item. Any other fault is about the connection: it
    is noted on the instance, whose searches then wait.
    """
    if fault.by_application and fault.status in OF_THE_ITEM:
        settle(engine, search, items, Verdict("failed", fault.sentence))
        return None
    its_error = fault.by_application and fault.status == HTTPStatus.INTERNAL_SERVER_ERROR
    outcome = "failed" if its_error else None
    if not _never_left(fault):
        search.change(sent_at=engine.clock.now())
        try:
            command = await look_for(engine, search, items, fault)
        except Fault:
            outcome = "unknown" if fault.may_have_arrived else None
        else:
            if command:
                _taken(engine, search, items, command)
                await follow(engine, search, items, command)
                return None
    if outcome:
        settle(engine, search, items, Verdict(outcome, fault.sentence))
    else:
        withdraw(engine, search, items, befores, fault.sentence)
    instance = items[0].instance
    note_fault(instance, "sending", fault, engine.clock.now())
    return Gate(fault.code, fault.sentence, instance.retry_at)
