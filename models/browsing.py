"""The backlog as people browse it: filtered, grouped by series and season, page by page."""

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
# Groups come first, then single items; the index items_by_title has them in this order.
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
    """The terms that sort by these columns; NULL is the smallest number."""
    alone, title, instance, *numbers, item_id = columns
    return [alone, title, instance, *(each.asc(nulls="first") for each in numbers), item_id]


ORDER = in_order(COLUMNS.values())


class ItemFilter(NamedTuple):
    """What to show; a field that is None or "" filters nothing.

    Items that have left their list are shown only if `reason` names that.
    """

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
        """Whether the tallies know how many items there are."""
        return self.series is None and not self.text


class Group(NamedTuple):
    """Items of one kind that belong together.

    It is a series with its seasons, or the movies of one letter with the one season None.
    `instance` and `series_id` are set for a series only.
    """

    kind: Kind
    title: str
    series_id: int | None
    instance: Instance | None
    seasons: dict[int | None, list[Item]]


class FoundItems(NamedTuple):
    """One page of the backlog.

    `first` is the number of its first item, from 1; `shown` is how many items it has.
    `total` is exact unless `is_more` is True.
    `exclusions` are by item id.
    `counts` are the items of the instance and want by reason; {} where no tally tells.
    `no_packs` says, by season number, why seasons of the one series shown are not packs.
    `arrivals` says, by item id, when it was imported, if that was after the last sync of its list.
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
    """One page of the backlog; `page` counts from 1.

    A text is looked for in all wanted items: run it on the reader thread.
    """
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
    """Items in order; the database merges the parts of the index, which are sorted already."""
    columns = [column.alias(name) for name, column in COLUMNS.items()]
    parts = [
        Item.select(*columns).where(Item.reason == reason, *_where(wanted))
        for reason in _reasons(wanted)
    ]
    return reduce(operator.add, parts).order_by(*in_order(SQL(name) for name in COLUMNS))


def _sorted(wanted: ItemFilter) -> ModelSelect:
    return _unordered(wanted).order_by(*ORDER)


def _unordered(wanted: ItemFilter) -> ModelSelect:
    """Items in no order, for a series or a text.

    `reason + 0` keeps SQLite from the index by reason, which would be slower here.
    """
    number: Any = Item.reason
    reasons = (number + 0).in_(_reasons(wanted))
    return Item.select(Item.id).where(reasons, *_where(wanted))


def by_reason(wanted: ItemFilter) -> dict[Reason, int]:
    """How many items of the instance and want there are for each reason, from the tallies."""
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
    """How many items there are; counting stops where "more than" is certain."""
    return _unordered(wanted).limit(COUNTED + 1).count()


def _where(wanted: ItemFilter) -> Iterable[Expression]:
    """The conditions of the filter, except the reason."""
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
