"""Finds the outcome of a search, from the command's closing message and the history."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from jobs.arr import Client, Command, Fault, GrabRecord
from jobs.clock import Clock
from jobs.engine.retries import patiently
from models.backlog import Item
from models.searches import Search

# The instance tells its moments in whole seconds.
ROUNDING_MS = 2_000
# Seconds to wait after each look at a history that does not show a reported grab yet.
ASK_AGAIN = (5.0, 30.0, 0.0)


class Verdict(NamedTuple):
    """The outcome of a search: grabbed, nothing, no_indexer, failed, unknown or looked.

    `grabs` are the grabs that the history tells of.
    """

    outcome: str
    message: str = ""
    release: str | None = None
    indexer: str | None = None
    grabs: tuple[GrabRecord, ...] = ()

    @property
    def grabbed(self) -> frozenset[int]:
        """The *arr ids of the items that something was grabbed for."""
        return frozenset(grab.arr_id for grab in self.grabs)


async def judge(
    client: Client,
    clock: Clock,
    search: Search,
    items: Sequence[Item],
    command: Command | None,
) -> Verdict:
    """The outcome of a search; `command` is its last state, None when the instance forgot it."""
    name = items[0].instance.label
    if command and not command.finished:
        return Verdict("unknown", f"{name} was still searching after half an hour.")
    if command and command.failed:
        return Verdict("failed", f"{name} says that the search failed.")
    reports = command.reports if command else None
    try:
        if reports == 0:
            none_asked = await _none_asked(client, clock, search, items, command)
            return none_asked or Verdict("nothing")
        return await _grabbed(client, clock, search, items, command)
    except Fault as fault:
        return Verdict("unknown", fault.sentence)


async def _grabbed(
    client: Client,
    clock: Clock,
    search: Search,
    items: Sequence[Item],
    command: Command | None,
) -> Verdict:
    """The verdict on a search that was not reported as empty.

    If the closing message counts a report, the history should show the grab at once or soon.
    If the message says nothing, the history decides. If that shows no grab either, the verdict may
    still be that no indexer was asked, as long as the command is known.
    """
    reports = command.reports if command else None
    for pause in ASK_AGAIN if reports else ():
        with suppress(Fault):
            if grabs := await _grabs(client, clock, search, items):
                return _named(grabs)
        if not await clock.sleep(pause):
            break
    if reports:
        untold = _untold(search, items)
        return Verdict("grabbed", "The release is not in the history yet.", grabs=untold)
    if grabs := await _grabs(client, clock, search, items):
        return _named(grabs)
    none_asked = command and await _none_asked(client, clock, search, items, command)
    unknown = Verdict("unknown", f"{items[0].instance.label} did not say what the result was.")
    return none_asked or unknown


def _named(grabs: Sequence[GrabRecord]) -> Verdict:
    return Verdict("grabbed", "", grabs[-1].title, grabs[-1].indexer, tuple(grabs))


async def _grabs(
    client: Client, clock: Clock, search: Search, items: Sequence[Item]
) -> list[GrabRecord]:
    since, first = (search.began_at or 0) - ROUNDING_MS, items[0]
    ask = partial(client.grabs, since, first.arr_id)
    if search.is_pack:
        ask = partial(client.grabs_of_season, since, first.series_id, first.season)
    return await patiently(clock, ask)


def _untold(search: Search, items: Sequence[Item]) -> tuple[GrabRecord, ...]:
    """Grabs for a report that the history does not show; each item gets one.

    For a season it is not known which episodes were grabbed, so any of them that leaves its list
    now may have been brought by this search.
    """
    if search.began_at is None:
        return ()
    return tuple(GrabRecord(item.arr_id, "", "", search.began_at, None) for item in items)


async def _none_asked(
    client: Client,
    clock: Clock,
    search: Search,
    items: Sequence[Item],
    command: Command | None,
) -> Verdict | None:
    """The verdict no_indexer, if the message says so or lastSearchTime did not move.

    lastSearchTime moves at the end of a search that had at least one active indexer. None when an
    indexer was asked, and when this version of the application does not tell.
    """
    asked_none = Verdict("no_indexer", f"{items[0].instance.name} could not ask any indexer.")
    if command and command.asked_no_indexer:
        return asked_none
    if client.version is None:
        await patiently(clock, client.status)
    if client.tells_search_times:
        searched = await patiently(clock, lambda: client.last_searched(items[0].arr_id))
        if searched is None or searched < (search.began_at or 0) - ROUNDING_MS:
            return asked_none
    return None
