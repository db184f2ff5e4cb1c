"""Asks for items by id before they are searched, if their list may be out of date."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from jobs.arr import Sight
from jobs.engine import Engine
from jobs.engine.retries import patiently
from jobs.sync.conditions import ASK_AGAIN as DOWNLOADS_FOR
from models.applications import LISTS
from models.backlog import Item, Tally
from models.backlog.eligibility import Policy
from models.database.fields import from_ms, ms_or_none, to_ms
from models.instances import WantedList
from models.instances.faults import worked
from models.scores.items import can_be_bettered
from models.sync.mirror import Mirror

LIST_HOLDS_FOR = timedelta(minutes=30)
GONE = "{application} no longer has it"
ANOTHER = "{application} has something else under its number now"
HAS_FILE = "it has a file already"
HAS_NO_FILE = "its file is gone, so it is missing now"
GOOD_ENOUGH = "its file is good enough now"
BELOW_QUALITY = "its quality is below the cutoff now, so it is an upgrade"
OUT_OF_REACH = "no release could better its score now"
UNMONITORED = "it is no longer monitored"
DOWNLOADING = "it is downloading already"
SEARCHED = "it was searched meanwhile by another tool or a person"

# What was found by item id, where it differs from the list.
Found = dict[int, str]


def is_due(items: Sequence[Item], now: datetime) -> bool:
    """Whether a list of theirs was read more than 30 minutes ago, or not completely.

    What is wanted for its score is on no list.
    """
    for want in {item.want for item in items}:
        if want not in LISTS:
            return True
        row = WantedList.of(items[0].instance, want)
        if row.synced_at is None or row.synced_at < now - LIST_HOLDS_FOR or not row.whole:
            return True
    return False


async def look(engine: Engine, items: Sequence[Item]) -> Found:
    """Asks for the items and writes the answers on their rows; at most two requests.

    A movie that is wanted for its score takes a third one. Raises a Fault.
    """
    first, client = items[0], engine.client(items[0].instance)
    if len(items) > 1:
        ask = partial(client.see_season, first.series_id, first.season)
        seen = {sight.arr_id: sight for sight in await patiently(engine.clock, ask)}
    else:
        sight = await patiently(engine.clock, partial(client.see, first.arr_id))
        if sight and first.want == "score" and sight.score is None:
            score = await patiently(engine.clock, partial(client.score_of, first.arr_id))
            sight = sight._replace(score=score)
        seen = {sight.arr_id: sight} if sight else {}
    downloading = await _downloading(engine, items)
    now = engine.clock.now()
    worked(first.instance, now, "items")
    found = {}
    for item in items:
        if told := _learn(item, seen.get(item.arr_id), downloading, now):
            found[item.id] = told
    if found:
        Tally.recount(first.instance_id)
    return found


async def _downloading(engine: Engine, items: Sequence[Item]) -> set[int] | None:
    """The *arr ids of items that are downloading; None if the download queue was read just now."""
    first, client = items[0], engine.client(items[0].instance)
    asked_at = first.instance.conditions_at
    if asked_at and asked_at >= engine.clock.now() - DOWNLOADS_FOR:
        return None
    ask = partial(client.downloads_of, first.arr_id)
    if len(items) > 1:
        ask = partial(client.downloads_of_series, first.series_id)
    downloads = await patiently(engine.clock, ask)
    return {each.arr_id for each in downloads if each.unfinished and each.arr_id is not None}


def _learn(item: Item, sight: Sight | None, downloading: set[int] | None, at: datetime) -> str:
    """Writes what is new about the item; returns it in words, "" for nothing."""
    policy = Policy.current()
    if left := _why_left(item, sight):
        Mirror(item.instance, policy, at).leave([item.id])
        return left.format(application=item.instance.label)
    assert sight is not None
    changes: dict[str, Any] = {}
    told = ""
    searched = sight.searched_at and sight.searched_at - item.instance.clock_ahead_ms
    if searched and (ms_or_none(item.arr_searched_at) or 0) < searched <= to_ms(at):
        changes["arr_searched_at"] = from_ms(searched)
        told = SEARCHED
    if downloading is not None and item.downloading != (item.arr_id in downloading):
        changes["downloading"] = not item.downloading
        told = DOWNLOADING if changes["downloading"] else told
    if not sight.monitored:
        changes["monitored"] = False
        told = UNMONITORED
    if changes:
        item.judge(policy, to_ms(at), **changes)
    return told


def _why_left(item: Item, sight: Sight | None) -> str:
    if sight is None:
        return GONE
    if item.external_id and sight.external_id and item.external_id != sight.external_id:
        return ANOTHER
    if item.want == "missing":
        return HAS_FILE if sight.has_file else ""
    if sight.has_file is False:
        return HAS_NO_FILE
    if item.want == "score":
        return _why_no_better(item, sight)
    return GOOD_ENOUGH if sight.below_cutoff is False else ""


def _why_no_better(item: Item, sight: Sight) -> str:
    """Why no release could be taken for its score; its file may be another one since the scan."""
    if sight.below_cutoff:
        return BELOW_QUALITY
    profile_id = sight.profile_id or item.profile_id
    return "" if can_be_bettered(item.instance_id, profile_id, sight.score) else OUT_OF_REACH
