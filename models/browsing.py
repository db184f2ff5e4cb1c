"""The backlog as people look through it: filtered, grouped by series and season, page by page."""

import operator
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import Any, NamedTuple

from peewee import SQL, Expression, ModelCompoundSelectQuery, ModelSelect, fn

from models.applications import Kind
from models.backlog import Item, Tally
from models.backlog.eligibility import Reason
from models.backlog.exclusions import Exclusion
from models.batches.packs import mode_on, why_none
from models.instances import Instance
from models.yields.departures import arrivals

PAGE = 50
COUNTED = 1000
# Groups first, then what stands alone; the index items_by_title has them in this order.
COLUMNS = {
    "alone": Item.series_id.is_null(),
    "sort_title": Item.sort_title,
    "instance_id": Item.instance,
    "series_id": Item.series_id,
    "season": Item.season,
    "episode": Item.episode,
    "id": Item.id,
}


def in_order(columns: Iterable[Any]) -> list[Any]:
    """What sorts by these, NULL as the smallest of the numbers."""
    alone, title, instance, *numbers, item_id = columns
    return [alone, title, instance, *(each.asc(nulls="first") for each in numbers), item_id]


ORDER = in_order(COLUMNS.values())


class ItemFilter(NamedTuple):
    """What is None or empty filters nothing, but what has left the lists is shown only by name."""

    instance: int | None = None
    want: str | None = None
    reason: Reason | None = None
    series: int | None = None
    text: str = ""

    @property
    def of_one_series(self) -> bool:
        return self.series is not None and self.instance is not None

    @property
    def is_counted(self) -> bool:
        """Whether the tallies know how many there are."""
        return self.series is None and not self.text


class Group(NamedTuple):
    """Items of one kind that belong together.

    A series with its seasons, or the movies of one letter, with the one season None. Only the
    first is of one `instance`.
    """

    kind: Kind
    title: str
    series_id: int | None
    instance: Instance | None
    seasons: dict[int | None, list[Item]]


class FoundItems(NamedTuple):
    """One page. `total` is exact unless `is_more`; `exclusions` are by the item's id.

    `counts`: how many there are for each reason, of the instance and want; {} where no tally tells.
    `no_packs` says of seasons of a series why they are not searched as packs, by their number; on
    other lists it is empty. `arrivals` says of items, by their ids, when they were imported, where
    that was after their list was last synced.
    """

    groups: list[Group]
    exclusions: dict[int, list[Exclusion]]
    first: int
    shown: int
    total: int
    counts: dict[Reason, int]
    is_more: bool
    has_more: bool
    no_packs: dict[int | None, str]
    arrivals: dict[int, datetime]


def read(wanted: ItemFilter, page: int, now: datetime) -> FoundItems:
    """`page` counts from 1. A text is looked for in all that is wanted: for the reader thread."""
    start = (page - 1) * PAGE
    chosen = _in_order(wanted) if wanted.is_counted else _sorted(wanted)
    ids = [item_id for *_, item_id in chosen.limit(PAGE + 1).offset(start).tuples()]
    rows = Item.select(Item, Instance).join(Instance).where(Item.id.in_(ids[:PAGE]))
    items = list(rows.order_by(*ORDER))
    has_more = len(ids) > PAGE
    counts = by_reason(wanted) if wanted.is_counted else {}
    if wanted.is_counted:
        total = sum(counts.get(reason, 0) for reason in _reasons(wanted))
    else:
        total = _count(wanted) if has_more or (start and not ids) else start + len(ids)
    return FoundItems(
        groups=_groups(items),
        exclusions=Exclusion.upon(items, now),
        arrivals=arrivals(items),
        first=start + 1,
        shown=len(items),
        total=min(total, COUNTED) if not wanted.is_counted else total,
        counts=counts,
        is_more=not wanted.is_counted and total > COUNTED,
        has_more=has_more,
        no_packs=_no_packs(items, now) if wanted.of_one_series else {},
    )


def _no_packs(items: Iterable[Item], now: datetime) -> dict[int | None, str]:
    seasons = {item.season: item for item in items}
    found = {
        number: why_none(item, mode_on(item.instance), now) for number, item in seasons.items()
    }
    return {number: why for number, why in found.items() if why}


def _in_order(wanted: ItemFilter) -> ModelCompoundSelectQuery | ModelSelect:
    """Each reason's part of the index is in order already: the database merges them as it reads."""
    columns = [column.alias(name) for name, column in COLUMNS.items()]
    parts = [
        Item.select(*columns).where(Item.reason == reason, *_where(wanted))
        for reason in _reasons(wanted)
    ]
    return reduce(operator.add, parts).order_by(*in_order(SQL(name) for name in COLUMNS))


def _sorted(wanted: ItemFilter) -> ModelSelect:
    return _unordered(wanted).order_by(*ORDER)


def _unordered(wanted: ItemFilter) -> ModelSelect:
    """The sum keeps SQLite from the index by reason: a series, or all texts, are read faster."""
    number: Any = Item.reason
    reasons = (number + 0).in_(_reasons(wanted))
    return Item.select(Item.id).where(reasons, *_where(wanted))


def by_reason(wanted: ItemFilter) -> dict[Reason, int]:
    """From the tallies: how many there are for each reason, of the instance and want."""
    rows = Tally.select(Tally.reason, fn.SUM(Tally.items)).group_by(Tally.reason)
    if wanted.instance is not None:
        rows = rows.where(Tally.instance == wanted.instance)
    if wanted.want is not None:
        rows = rows.where(Tally.want == wanted.want)
    return {Reason(reason): items for reason, items in rows.tuples()}


def _reasons(wanted: ItemFilter) -> list[Reason]:
    if wanted.reason is not None:
        return [wanted.reason]
    return [reason for reason in Reason if reason is not Reason.LEFT]


def _count(wanted: ItemFilter) -> int:
    """No further than it takes to say that there are more."""
    return _unordered(wanted).limit(COUNTED + 1).count()


def _where(wanted: ItemFilter) -> Iterable[Expression]:
    """But for the reason."""
    if wanted.instance is not None:
        yield Item.instance == wanted.instance
    if wanted.want is not None:
        yield Item.want == wanted.want
    if wanted.series is not None:
        yield Item.series_id == wanted.series
    if wanted.text:
        yield Item.title.contains(wanted.text) | Item.series_title.contains(wanted.text)


def _groups(items: Iterable[Item]) -> list[Group]:
    found: dict[Any, Group] = {}
    for item in items:
        kind, series_id, instance = item.kind, item.series_id, item.instance
        if kind.group:
            new = Group(kind, item.series_name, series_id, instance, {})
            group = found.setdefault((instance.id, series_id), new)
        else:
            letter = item.sort_title[:1].upper()
            title = letter if letter.isalpha() else "0–9"
            group = found.setdefault((kind.name, title), Group(kind, title, None, None, {}))
        group.seasons.setdefault(item.season, []).append(item)
    return list(found.values())
