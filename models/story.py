"""The story of an item: what happened to it, and what is known to come, as a line of time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from models.backlog import Item
from models.backlog.eligibility import OWN_SEARCH_LASTS, Reason
from models.backlog.exclusions import Exclusion
from models.database.fields import MILLISECOND
from models.explain import Explanation
from models.queues import Queue
from models.queues.filters import FIRST_READING
from models.searches import Search

# How far its lastSearchTime may be from a search of ours that moved it.
OWN_SEARCH = OWN_SEARCH_LASTS * MILLISECOND


class Milestone(NamedTuple):
    """One moment of the story.

    `kind` is released, listed, elsewhere, searched, excluded, imported or left for what happened;
    run or ends for what is to come: the next run that may take it, the end of its reason.
    `search`, `exclusion` and `queue` are set where the moment is about one.
    """

    at: datetime
    kind: str
    search: Search | None = None
    exclusion: Exclusion | None = None
    queue: Queue | None = None


def story(
    why: Explanation, searches: Sequence[Search], imported: datetime | None, now: datetime
) -> list[Milestone]:
    """The moments, the latest first; those to come stand before all that happened."""
    found = [*_happened(why.item, searches, imported), *_decided(why.exclusions)]
    found += _to_come(why, now)
    return sorted(found, key=lambda moment: moment.at, reverse=True)


def was_there_first(item: Item) -> bool:
    """Whether the item was listed already when its instance was first synced."""
    since: datetime = item.instance.created_at
    return bool(item.first_seen_at <= since + FIRST_READING)


def _happened(
    item: Item, searches: Iterable[Search], imported: datetime | None
) -> Iterable[Milestone]:
    yield Milestone(item.first_seen_at, "listed")
    if item.aired_at:
        yield Milestone(item.aired_at, "released")
    ours = [search.created_at for search in searches]
    elsewhere = item.arr_searched_at
    if elsewhere and not any(abs(elsewhere - at) <= OWN_SEARCH for at in ours):
        yield Milestone(elsewhere, "elsewhere")
    for search in searches:
        yield Milestone(search.created_at, "searched", search=search)
    if imported:
        yield Milestone(imported, "imported")
    if item.left_at:
        yield Milestone(item.left_at, "left")


def _decided(exclusions: Iterable[Exclusion]) -> Iterable[Milestone]:
    for exclusion in exclusions:
        yield Milestone(exclusion.created_at, "excluded", exclusion=exclusion)


def _to_come(why: Explanation, now: datetime) -> Iterable[Milestone]:
    if why.reason in (Reason.COOLDOWN, Reason.EXCLUDED, Reason.UNRELEASED) and why.until:
        yield Milestone(why.until, "ends")
    soon = [turn.queue for turn in why.turns if turn.place and turn.queue.due_at]
    ahead = [queue for queue in soon if queue.due_at > now]
    if ahead:
        first = min(ahead, key=lambda queue: queue.due_at)
        yield Milestone(first.due_at, "run", queue=first)
