"""The backlog as people browse it: filtered, sorted, page by page."""

import operator
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from string import ascii_lowercase
from typing import Any, NamedTuple

from peewee import Expression, ModelSelect, fn

from models.backlog import Item, Tally
from models.backlog.eligibility import Reason
from models.backlog.exclusions import Exclusion
from models.batches.packs import mode_on, why_none
from models.browsing.sorts import USUAL, begins_with, parts, terms
from models.database import database
from models.instances import Instance
from models.yields.departures import arrivals

PAGE = 50
# A page further on would read too much of the index; letters and filters lead there.
LAST_PAGE = 1000
COUNTED = 1000
COUNTED_BY_INDEX = 20_000
LETTERS = (*ascii_lowercase, "0")


class ItemFilter(NamedTuple):
    """What to show, and in which order; a field that is None or "" filters nothing.

    Items that have left their list are shown only if `reason` names that.
    `letter` is one of LETTERS, and counts only where titles are sorted.
    """

    instance: int | None = None
    want: str | None = None
    reason: Reason | None = None
    series: int | None = None
    text: str = ""
    letter: str = ""
    sort: str = USUAL
    descending: bool = False

    @property
    def of_one_series(self) -> bool:
        return self.series is not None and self.instance is not None

    @property
    def by_letter(self) -> str:
        return self.letter if self.sort == USUAL else ""

    @property
    def is_indexed(self) -> bool:
        """Whether an index holds the items in order."""
        return self.series is None and not self.text

    @property
    def is_counted(self) -> bool:
        """Whether the tallies know how many items there are."""
        return self.is_indexed and not self.by_letter

    @property
    def is_plain(self) -> bool:
        """Whether every wanted item of the instances is shown."""
        return (self.want, self.reason, self.text) == (None, None, "")

    @property
    def reasons(self) -> list[Reason]:
        if self.reason is not None:
            return [self.reason]
        return [reason for reason in Reason if reason is not Reason.LEFT]


class FoundItems(NamedTuple):
    """One page of the backlog.

    `first` is the number of its first item, from 1.
    `total` is exact unless `is_more` is True.
    `exclusions` are by item id.
    `counts` are the items of the instance and want by reason; {} where no tally tells.
    `no_packs` says, by season number, why seasons of the one series shown are not packs.
    `arrivals` says, by item id, when it was imported, if that was after the last sync of its list.
    """

    items: list[Item]
    exclusions: dict[int, list[Exclusion]]
    first: int
    total: int
    counts: dict[Reason, int]
    is_more: bool
    has_more: bool
    no_packs: dict[int | None, str]
    arrivals: dict[int, datetime]

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1

    @property
    def page(self) -> int:
        """The number of this page, from 1."""
        return self.first // PAGE + 1

    @property
    def last_page(self) -> int:
        """The last page that can be asked for, however many there are."""
        return LAST_PAGE

    @property
    def pages(self) -> int:
        """How many pages can be asked for."""
        return min(max(-(-self.total // PAGE), self.page), LAST_PAGE)


def read(wanted: ItemFilter, page: int, now: datetime) -> FoundItems:
    """One page of the backlog; `page` counts from 1, and one too far on is the last.

    A text is looked for in all wanted items: run it on the reader thread.
    """
    page = min(page, LAST_PAGE)
    start = (page - 1) * PAGE
    chosen = in_order(wanted, most=start + PAGE + 1).offset(start)
    ids = [item_id for *_, item_id in chosen.tuples()]
    items = _rows(ids[:PAGE])
    has_more = len(ids) > PAGE
    counts = by_reason(wanted) if wanted.is_indexed else {}
    total, is_more = _total(wanted, counts, start + len(ids), has_more or (start and not ids))
    if not ids and (last := max(-(-total // PAGE), 1)) < page:
        return read(wanted, last, now)
    return FoundItems(
        items=items,
        exclusions=Exclusion.upon(items, now),
        arrivals=arrivals(items),
        first=start + 1,
        total=total,
        counts=counts,
        is_more=is_more,
        has_more=has_more,
        no_packs=_no_packs(items, now) if wanted.of_one_series else {},
    )


def in_order(wanted: ItemFilter, *conditions: Expression, most: int) -> Any:
    """The first items of the filter, in its order; the last column is the id.

    Items of several parts of an index are sorted already: the database merges them.
    """
    if not wanted.is_indexed:
        order = terms(wanted.sort, descending=wanted.descending)
        return _unordered(wanted).where(*conditions).order_by(*order).limit(most)
    found = _parts(wanted, *conditions)
    # SQLite would sort a part anew by a rank, which is the same in all of it.
    if database.merges_short_lists or wanted.sort == "turn":
        order = terms(wanted.sort, descending=wanted.descending, within=True)
        found = [each.order_by(*order).limit(most) for each in found]
    merged = terms(wanted.sort, descending=wanted.descending, merged=True)
    return reduce(operator.add, found).order_by(*merged).limit(most)


def by_reason(wanted: ItemFilter) -> dict[Reason, int]:
    """How many items of the instance and want there are for each reason, from the tallies."""
    rows = Tally.select(Tally.reason, fn.SUM(Tally.items)).group_by(Tally.reason)
    if wanted.instance is not None:
        rows = rows.where(Tally.instance == wanted.instance)
    if wanted.want is not None:
        rows = rows.where(Tally.want == wanted.want)
    return {Reason(reason): items for reason, items in rows.tuples() if items}


def _rows(ids: list[int]) -> list[Item]:
    """The items with their instances, in the order of their ids."""
    rows = Item.select(Item, Instance).join(Instance).where(Item.id.in_(ids))
    found = {item.id: item for item in rows}
    return [found[item_id] for item_id in ids if item_id in found]


def _total(
    wanted: ItemFilter, counts: dict[Reason, int], reached: int, is_beyond: object
) -> tuple[int, bool]:
    """How many items there are, and whether there are more; counting stops where that is sure."""
    if wanted.is_counted:
        return sum(counts.get(reason, 0) for reason in wanted.reasons), False
    if not is_beyond:
        return reached, False
    most = COUNTED_BY_INDEX if wanted.is_indexed else COUNTED
    parts_of = _parts(wanted) if wanted.is_indexed else [_unordered(wanted)]
    total = sum(each.limit(most + 1).count() for each in parts_of)
    return min(total, most), total > most


def _no_packs(items: Iterable[Item], now: datetime) -> dict[int | None, str]:
    seasons = {item.season: item for item in items}
    found = {
        number: why_none(item, mode_on(item.instance), now) for number, item in seasons.items()
    }
    return {number: why for number, why in found.items() if why}


def _parts(wanted: ItemFilter, *more: Expression) -> list[ModelSelect]:
    """The items of each part of the index."""
    conditions = (*_where(wanted), *more)
    return [
        Item.select(*part.columns(wanted.sort)).where(
            Item.reason == part.reason, *part.where, *conditions
        )
        for part in parts(wanted.sort, wanted.reasons, wanted.by_letter)
    ]


def _unordered(wanted: ItemFilter) -> ModelSelect:
    """Items in no order, for a series or a text.

    `reason + 0` keeps SQLite from the index by reason, which would be slower here.
    """
    number: Any = Item.reason
    found = Item.select(Item.id).where((number + 0).in_(wanted.reasons), *_where(wanted))
    return found.where(begins_with(wanted.by_letter)) if wanted.by_letter else found


def _where(wanted: ItemFilter) -> Iterable[Expression]:
    """The conditions of the filter, except the reason and the letter."""
    if wanted.instance is not None:
        yield Item.instance == wanted.instance
    if wanted.want is not None:
        yield Item.want == wanted.want
    if wanted.series is not None:
        yield Item.series_id == wanted.series
    if wanted.text:
        yield Item.title.contains(wanted.text) | Item.series_title.contains(wanted.text)
