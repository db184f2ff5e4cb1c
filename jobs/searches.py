"""One search, from the row that announces it to its outcome."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from jobs.arr import Client, Command, Fault
from jobs.engine import Engine
from jobs.outcomes import Verdict, judge
from jobs.retries import note_fault, patiently
from models import eligibility
from models.backlog import Item, Tally
from models.database import database
from models.eligibility import Policy, Reason, decide
from models.fields import moment_or_none, ms_or_none, to_ms
from models.gates import Gate, closed
from models.house import House
from models.instances import Instance
from models.runs import Run
from models.searches import Search

POLLS = (2.0, 4.0, 8.0, 15.0, 30.0)
LAST_POLLS = 60.0
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


async def search_next(engine: Engine, run: Run, instance_id: int, item_id: int) -> Gate | None:
    """Sends one item's search in its instance's turn, and follows it to its outcome.

    The gate that was closed, if one was. An item that may not be searched any more is left out.
    """
    async with engine.lane(instance_id):
        if not await _turn(engine, run, instance_id):
            return None
        item = _found(item_id)
        if item is None:
            return None
        now, house = engine.clock.now(), House.current()
        if gate := closed(item.instance, house, now):
            return gate
        reason, _ = decide(item.facts(), Policy.of(house), to_ms(now))
        if reason is not Reason.ELIGIBLE or run.asked_to_stop():
            return None
        run.tell(f"Searching {item.label}")
        before = {"searched_at": item.searched_at, "cooldown_until": item.cooldown_until}
        search = _announce(item, run, now)
        return await _send(engine, search, item, before)


async def follow(engine: Engine, search: Search, item: Item, command: Command | None) -> None:
    """Asks until the command has ended, for at most half an hour, and writes the outcome."""
    client = engine.client(item.instance)
    deadline = engine.clock.now() + LONGEST_SEARCH
    waits = itertools.chain(POLLS, itertools.repeat(LAST_POLLS))
    while command and not command.finished and engine.clock.now() < deadline:
        await engine.clock.rest(next(waits))
        if search.run and search.run.asked_to_stop() and await _cancelled(client, command):
            settle(search, item, Verdict("failed", "Cancelled before it began."), engine)
            return
        try:
            command = await client.command(command.id)
        except Fault:
            continue
    settle(search, item, await judge(client, engine.clock, search, item, command), engine)


def settle(search: Search, item: Item, verdict: Verdict, engine: Engine) -> None:
    """The outcome on the search's row, and what it teaches on the item's."""
    now, policy = engine.clock.now(), Policy.of(House.current())
    streak, until = eligibility.after(
        verdict.outcome,
        want=item.want,
        aired_at=ms_or_none(item.aired_at),
        searched_at=to_ms(search.created_at),
        streak=item.streak,
        policy=policy,
    )
    with database.atomic():
        search.change(state="done", finished_at=now, **verdict._asdict())
        item.judge(policy, to_ms(now), streak=streak, cooldown_until=moment_or_none(until))
    Tally.recount(item.instance_id)
    if verdict.outcome == "no_indexer":
        note_fault(item.instance, Fault("no_indexer", verdict.message), now)


async def find(engine: Engine, search: Search, item: Item) -> Command | None:
    """Our command among those that the instance still knows. Raises a Fault."""
    client = engine.client(item.instance)
    sent_at = to_ms(search.created_at) + item.instance.clock_ahead_ms
    for command in await patiently(engine.clock, client.commands):
        recent = (command.queued or 0) >= sent_at - SAME_COMMAND_MS
        if command.arr_ids == (item.arr_id,) and (recent or not command.finished):
            return command
    return None


def _found(item_id: int) -> Item | None:
    """None when a person has deleted its instance meanwhile."""
    return Item.select(Item, Instance).join(Instance).where(Item.id == item_id).first()


async def _turn(engine: Engine, run: Run, instance_id: int) -> bool:
    """Waits until the spacing since the instance's last search is over; False on a stop."""
    instance = Instance.get_or_none(id=instance_id)
    if instance is None:
        return False
    last = Search.select().where(Search.instance == instance, Search.cost > 0)
    latest = last.order_by(Search.created_at.desc()).first()
    if latest is None:
        return True
    due = latest.created_at + timedelta(seconds=instance.spacing_seconds)
    now = engine.clock.now()
    if due <= now:
        return True
    due = min(due, now + timedelta(seconds=instance.spacing_seconds))
    run.wait(due)
    return await engine.clock.sleep((due - now).total_seconds())


def _announce(item: Item, run: Run, at: datetime) -> Search:
    """The search is on the disk, with a cooldown as of an unknown outcome, before it is sent."""
    policy = Policy.of(House.current())
    _, until = eligibility.after(
        "unknown",
        want=item.want,
        aired_at=ms_or_none(item.aired_at),
        searched_at=to_ms(at),
        streak=item.streak,
        policy=policy,
    )
    with database.durable():
        search = Search.begin(item, run, at)
        item.judge(
            policy,
            to_ms(at),
            searched_at=at,
            cooldown_until=moment_or_none(until),
            attempts=item.attempts + 1,
        )
    return search


async def _send(engine: Engine, search: Search, item: Item, before: dict[str, Any]) -> Gate | None:
    client = engine.client(item.instance)
    try:
        command = await client.search(item.arr_id)
    except Fault as fault:
        return await _not_taken(engine, search, item, fault, before)
    _taken(engine, search, client, command)
    await follow(engine, search, item, command)
    return None


def _taken(engine: Engine, search: Search, client: Client, command: Command) -> None:
    began_at = command.started or command.queued or client.server_time
    search.sent(command.id, began_at, engine.clock.now())


async def _not_taken(
    engine: Engine, search: Search, item: Item, fault: Fault, before: dict[str, Any]
) -> Gate | None:
    """Never a second POST: the command is looked for, and only then given up."""
    if fault.code in REFUSED:
        settle(search, item, Verdict("failed", fault.sentence), engine)
        return None
    if fault.code in UNTOUCHED or not fault.may_have_arrived:
        _withdraw(engine, search, item, fault, before)
    else:
        command = await _look_for(engine, search, item)
        if command:
            _taken(engine, search, engine.client(item.instance), command)
            await follow(engine, search, item, command)
            return None
        outcome = "failed" if fault.code == "server_error" else "unknown"
        settle(search, item, Verdict(outcome, fault.sentence), engine)
    note_fault(item.instance, fault, engine.clock.now())
    return Gate(fault.code, fault.sentence, item.instance.retry_at)


async def _look_for(engine: Engine, search: Search, item: Item) -> Command | None:
    try:
        return await find(engine, search, item)
    except Fault:
        return None


def _withdraw(
    engine: Engine, search: Search, item: Item, fault: Fault, before: dict[str, Any]
) -> None:
    """It was never begun: it costs nothing, and the item is as it was."""
    now = engine.clock.now()
    with database.atomic():
        search.change(
            state="done", outcome="failed", cost=0, message=fault.sentence, finished_at=now
        )
        policy = Policy.of(House.current())
        item.judge(policy, to_ms(now), attempts=item.attempts - 1, **before)
    Tally.recount(item.instance_id)


async def _cancelled(client: Client, command: Command) -> bool:
    try:
        return command.status == "queued" and await client.cancel(command.id)
    except Fault:
        return False
