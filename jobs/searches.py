"""One search: sent in its turn, followed to its end, and never sent twice."""

import itertools
import random
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from jobs.arr import Client, Command, Fault
from jobs.engine import Engine
from jobs.errands import Before, Errand, announce, items_of, settle, withdraw
from jobs.outcomes import Verdict, judge
from jobs.retries import note_fault, patiently
from models import packs
from models.backlog import Item
from models.budgets import Ledger
from models.eligibility import Policy
from models.fields import to_ms
from models.gates import Gate, closed, outside_hours
from models.house import House
from models.instances import Instance
from models.judging import rejudge
from models.queues import Queue
from models.searches import Search
from models.shares import ahead_of

POLLS = (2.0, 4.0, 8.0, 15.0, 30.0)
LAST_POLLS = 60.0
JITTER = 0.1
# Whatever a row says: a spacing of nothing would be a loop without pause.
SHORTEST_SPACING = 1
LONGEST_SEARCH = timedelta(minutes=30)
# A command queued at most this long before ours was sent can be ours.
SAME_COMMAND_MS = 5_000
# Answers that say that nothing was begun.
UNTOUCHED = frozenset(
    {
        "wrong_key",
        "starting",
        "rate_limited",
        "redirect",
        "url_base_missing",
        "sign_in_page",
        "not_arr",
    }
)
REFUSED = frozenset({"rejected", "not_found"})
CANCELLED = Verdict("failed", "Cancelled before it began.")


async def run_errand(engine: Engine, errand: Errand) -> Gate | None:
    """In its instance's turn; the gate that was closed, if one was.

    Items that may not be searched any more are left out.
    """
    async with engine.lane(errand.instance_id).turn(errand.share):
        if not await _spaced(engine, errand):
            return None
        now = engine.clock.now()
        instance = Instance.get_or_none(id=errand.instance_id)
        if instance is None or errand.stop_asked:
            return None
        items = items_of(errand, now)
        house = House.current()
        queue = Queue.get_or_none(id=errand.run.queue_id) if errand.run else None
        ledger = Ledger(house, now, packs.cost(items) if items else 1, ahead_of(queue, now))
        gate = closed(instance, house, now, ledger) or (queue and outside_hours(queue, now))
        if gate:
            return gate
        if not items:
            rejudge(Item.id.in_(errand.item_ids), Policy.of(House.current()), now)
            return None
        search, befores = announce(errand, items, now)
        errand.tell(f"Searching {search.title}")
        return await _send(engine, search, items, befores)


async def follow(
    engine: Engine, search: Search, items: Sequence[Item], command: Command | None
) -> None:
    """Asks until the command has ended, for at most half an hour, and writes the outcome."""
    client = engine.client(items[0].instance)
    deadline = engine.clock.now() + LONGEST_SEARCH
    waits = itertools.chain(POLLS, itertools.repeat(LAST_POLLS))
    while command and not command.finished and engine.clock.now() < deadline:
        await engine.clock.rest(next(waits))
        if search.run and search.run.asked_to_stop() and await _cancelled(client, command):
            settle(engine, search, items, CANCELLED)
            return
        try:
            command = await client.command(command.id)
        except Fault:
            continue
    settle(engine, search, items, await judge(client, engine.clock, search, items, command))


async def find(engine: Engine, search: Search, items: Sequence[Item]) -> Command | None:
    """Our command among those that the instance still knows. Raises a Fault."""
    instance = items[0].instance
    client = engine.client(instance)
    sent_at = to_ms(search.created_at) + instance.clock_ahead_ms
    for command in await patiently(engine.clock, client.commands):
        recent = (command.queued or 0) >= sent_at - SAME_COMMAND_MS
        if is_ours(command, search, items) and (recent or not command.finished):
            return command
    return None


def is_ours(command: Command, search: Search, items: Sequence[Item]) -> bool:
    """Whether the command asks for what the search asked for."""
    first = items[0]
    if search.kind == "season":
        return command.season == (first.series_id, first.season)
    return command.arr_ids == (first.arr_id,) and command.season is None


async def _spaced(engine: Engine, errand: Errand) -> bool:
    """Waits until the spacing since the instance's last search is over; False on a stop."""
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


async def _send(
    engine: Engine, search: Search, items: Sequence[Item], befores: Sequence[Before]
) -> Gate | None:
    client, first = engine.client(items[0].instance), items[0]
    send = partial(client.search, first.arr_id)
    if search.kind == "season":
        send = partial(client.search_season, first.series_id, first.season)
    try:
        command = await patiently(engine.clock, send, _was_not_begun)
    except Fault as fault:
        return await _not_taken(engine, search, items, fault, befores)
    _taken(engine, search, client, command)
    await follow(engine, search, items, command)
    return None


def _was_not_begun(fault: Fault) -> bool:
    return not fault.may_have_arrived or fault.code in UNTOUCHED


def _taken(engine: Engine, search: Search, client: Client, command: Command) -> None:
    began_at = command.started or command.queued or client.server_time
    search.sent(command.id, began_at, engine.clock.now())


async def _not_taken(
    engine: Engine,
    search: Search,
    items: Sequence[Item],
    fault: Fault,
    befores: Sequence[Before],
) -> Gate | None:
    """Never a second POST: the command is looked for, and only then given up."""
    instance = items[0].instance
    if fault.code in REFUSED:
        settle(engine, search, items, Verdict("failed", fault.sentence))
        return None
    if fault.code in UNTOUCHED or not fault.may_have_arrived:
        withdraw(engine, search, items, befores, fault.sentence)
    else:
        search.change(sent_at=engine.clock.now())
        if command := await _look_for(engine, search, items):
            _taken(engine, search, engine.client(instance), command)
            await follow(engine, search, items, command)
            return None
        outcome = "failed" if fault.code == "server_error" else "unknown"
        settle(engine, search, items, Verdict(outcome, fault.sentence))
    note_fault(instance, fault, engine.clock.now())
    return Gate(fault.code, fault.sentence, instance.retry_at)


async def _look_for(engine: Engine, search: Search, items: Sequence[Item]) -> Command | None:
    try:
        return await find(engine, search, items)
    except Fault:
        return None


async def _cancelled(client: Client, command: Command) -> bool:
    try:
        return command.status == "queued" and await client.cancel(command.id)
    except Fault:
        return False
