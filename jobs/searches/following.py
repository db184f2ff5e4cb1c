"""Follows a sent command to its end, or looks for it when the answer was lost."""

import itertools
from collections.abc import Sequence
from datetime import timedelta

from jobs.arr import Client, Command, Fault
from jobs.engine import Engine
from jobs.engine.retries import note_fault, patiently
from jobs.searches.errands import settle
from jobs.searches.outcomes import Verdict, judge
from models.backlog import Item
from models.database.fields import to_ms
from models.instances.faults import worked
from models.searches import Search

# Seconds.
POLLS = (2.0, 4.0, 8.0, 15.0, 30.0)
LAST_POLLS = 60.0
LOOK_AGAIN = 5.0
LONGEST_SEARCH = timedelta(minutes=30)
# After this many refused polls in a row the command is no longer followed.
REFUSED_POLLS = 3
# A command queued at most this long before ours was sent can be ours.
SAME_COMMAND_MS = 5_000
CANCELLED = Verdict("failed", "Cancelled before it began.")


async def follow(
    engine: Engine, search: Search, items: Sequence[Item], command: Command | None
) -> None:
    """Asks until the command has ended, for at most half an hour, and writes the outcome."""
    client = engine.client(items[0].instance)
    deadline = engine.clock.now() + LONGEST_SEARCH
    waits = itertools.chain(POLLS, itertools.repeat(LAST_POLLS))
    refused = 0
    while command and not command.finished and engine.clock.now() < deadline:
        await engine.clock.rest(next(waits))
        if search.run and search.run.asked_to_stop() and await _cancelled(client, command):
            settle(engine, search, items, CANCELLED)
            return
        try:
            command = await client.command(command.id)
        except Fault as fault:
            if not _turns_us_away(fault):
                continue
            if not refused:
                note_fault(items[0].instance, "following", fault, engine.clock.now())
            refused += 1
            if refused == REFUSED_POLLS:
                settle(engine, search, items, Verdict("unknown", fault.sentence))
                return
        else:
            refused = 0
            worked(items[0].instance, engine.clock.now(), "following")
    settle(engine, search, items, await judge(client, engine.clock, search, items, command))


async def look_for(
    engine: Engine, search: Search, items: Sequence[Item], fault: Fault
) -> Command | None:
    """Looks for the command whose POST had this fault; None if the instance has not taken it.

    After an answer that refused the POST, one look is enough (a proxy may have given it);
    otherwise it looks twice. Raises a Fault when the commands cannot be read.
    """
    if not fault.may_have_arrived:
        return await find(engine, search, items, patient=False)
    if command := await find(engine, search, items):
        return command
    await engine.clock.rest(LOOK_AGAIN)
    return await find(engine, search, items)


async def find(
    engine: Engine, search: Search, items: Sequence[Item], *, patient: bool = True
) -> Command | None:
    """Our command, if the instance still knows it. Raises a Fault."""
    instance = items[0].instance
    client = engine.client(instance)
    sent_at = to_ms(search.created_at) + instance.clock_ahead_ms
    asked = patiently(engine.clock, client.commands) if patient else client.commands()
    for command in await asked:
        recent = (command.queued or 0) >= sent_at - SAME_COMMAND_MS
        if is_ours(command, search, items) and (recent or not command.finished):
            return command
    return None


def is_ours(command: Command, search: Search, items: Sequence[Item]) -> bool:
    """Whether the command asks for what the search asked for."""
    first = items[0]
    if search.is_pack:
        return command.season == (first.series_id, first.season)
    return command.arr_ids == (first.arr_id,) and command.season is None


def _turns_us_away(fault: Fault) -> bool:
    """Whether the instance refuses us for good: an answer that asking again will not change."""
    return fault.status is not None and fault.status < 500 and fault.code != "rate_limited"


async def _cancelled(client: Client, command: Command) -> bool:
    try:
        return command.status == "queued" and await client.cancel(command.id)
    except Fault:
        return False
