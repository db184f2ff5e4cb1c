"""One round of a queue: how many items it has to search, and how many are new each day."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from peewee import Case, Expression, fn

from models.backlog import Item
from models.backlog.eligibility import Reason
from models.batches.coverage import takes, what_it_takes
from models.database import database
from models.instances import Instance
from models.queues import Queue
from models.queues.filters import FIRST_READING

SEARCHABLE = (Reason.ELIGIBLE, Reason.COOLDOWN)
FRESH = timedelta(minutes=10)
NEW_DAYS = 30

Count = tuple[int, int]
# As Tally.by_instance returns them.
Tallies = Mapping[int, Mapping[tuple[str, Reason], int]]


class Round(NamedTuple):
    """One round of a queue.

    `items` are the eligible items and those in cooldown.
    `new_a_day` counts items first seen in the last 30 days, except those that left unsearched.
    `at` is when they were counted; None for just now.
    """

    items: int
    new_a_day: float
    at: datetime | None = None


class Rounds:
    """Counts what the tallies do not hold, on the reader thread, and keeps it for ten minutes.

    Items are counted again after a sync.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], tuple[datetime, Any]] = {}

    async def of(
        self, queue: Queue, instances: Iterable[Instance], tallies: Tallies, now: datetime
    ) -> Round:
        """The round of a queue, saved or not, on those of its instances that are enabled."""
        items = new = 0
        oldest = now
        running = [each for each in instances if not each.disabled_at]
        for instance in running:
            key = (instance.id, instance.synced_at, *what_it_takes(queue))
            at, (mine, came) = await self.kept(key, now, _count, queue, instance, now)
            items, new, oldest = items + mine, new + came, min(oldest, at)
        if is_plain(queue):
            return Round(_tallied(queue, running, tallies), new / NEW_DAYS)
        return Round(items, new / NEW_DAYS, oldest)

    async def left_over(
        self, instance: Instance, want: str, queues: list[Queue], now: datetime
    ) -> int:
        """How many searchable items none of these queues takes."""
        taken = tuple(what_it_takes(each) for each in queues)
        key = ("left over", instance.id, instance.synced_at, want, taken)
        _, found = await self.kept(key, now, _left_over, instance, want, queues, now)
        return int(found)

    async def kept(
        self, key: tuple[object, ...], now: datetime, count: Callable[..., Any], *args: Any
    ) -> tuple[datetime, Any]:
        """The kept or new result of `count`, with the moment when it was counted."""
        known = self._kept.get(key)
        if known and abs(now - known[0]) < FRESH:
            return known
        found = now, await database.aside(count, *args)
        kept = {each: old for each, old in self._kept.items() if abs(now - old[0]) < FRESH}
        self._kept = kept | {key: found}
        return found


def is_plain(queue: Queue) -> bool:
    """Whether it takes all items of its wants, so that the tallies know how many there are."""
    filters = queue.filters.model_dump(exclude={"wants"}, exclude_defaults=True)
    return not filters and queue.strategy != "recent" and queue.movie_release == "usual"


def _tallied(queue: Queue, instances: Iterable[Instance], tallies: Tallies) -> int:
    return sum(
        items
        for instance in instances
        for (want, reason), items in tallies.get(instance.id, {}).items()
        if want in queue.wants and reason in SEARCHABLE
    )


def _count(queue: Queue, instance: Instance, now: datetime) -> Count:
    """The items of the round (0 where the tallies know them), and the new items."""
    free = _searchable(queue, instance)
    mine = (Item.instance == instance, *takes(queue, instance, now))
    items = 0 if is_plain(queue) else Item.select().where(*mine, free).count()
    new = 0
    for want in queue.wants:
        since = max(now - timedelta(days=NEW_DAYS), _first_read(instance, want, now))
        came = (Item.want == want) & (Item.first_seen_at > since)
        counted = free | Item.searched_at.is_null(False)
        new += Item.select().where(*mine, came, counted).count()
    return items, new


def _searchable(queue: Queue, instance: Instance) -> Expression:
    free = Item.reason.in_(SEARCHABLE)
    if queue.is_early_on(instance):
        return free | ((Item.reason == Reason.UNRELEASED) & Item.early_at.is_null(False))
    return free


def _first_read(instance: Instance, want: str, now: datetime) -> datetime:
    """The end of the first sync of this list: items found by it are not new."""
    mine = (Item.instance == instance, Item.want == want)
    first = Item.select(fn.MIN(Item.first_seen_at)).where(*mine).scalar()
    return (first or now) + FIRST_READING


def _left_over(instance: Instance, want: str, queues: list[Queue], now: datetime) -> int:
    nobody = [_all_hold(takes(each, instance, now)) == 0 for each in queues]
    mine = (Item.instance == instance, Item.want == want, Item.reason.in_(SEARCHABLE))
    return Item.select().where(*mine, *nobody).count()


def _all_hold(conditions: Iterable[Expression]) -> Expression:
    """1 where all conditions hold, else 0, and never NULL."""
    both: Any = None
    for each in conditions:
        both = each if both is None else both & each
    return Case(None, [(both, 1)], 0)
