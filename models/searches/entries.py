"""The history as one list: searches, and runs that searched nothing, latest first.

A page begins at a place in that list and not at a number, so that the last page is read as fast
as the first, and nothing is shown twice when searches are added meanwhile.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple, Self

from peewee import Expression, ModelSelect

from models.database.fields import from_ms, to_ms
from models.searches import Search
from models.searches.history import SearchFilter, idle_runs, searches, with_items, within
from models.searches.runs import Run

PAGE = 50
# A text has no index: a page looks for it in so many searches, then says how far back that was.
LOOKED = 50_000
WRITTEN = re.compile(r"(\d{1,15})([rs])(\d{1,15})", re.ASCII)

HistoryEntry = Search | Run


class HistoryPlace(NamedTuple):
    """The place of an entry: its moment in epoch ms, whether it is a search, and its id."""

    at: int
    is_search: bool
    id: int

    @classmethod
    def of(cls, entry: HistoryEntry) -> Self:
        if isinstance(entry, Search):
            return cls(to_ms(entry.created_at), True, entry.id)
        return cls(to_ms(entry.started_at), False, entry.id)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The place as it stands in an address; None for anything else."""
        found = WRITTEN.fullmatch(text)
        return cls(int(found[1]), found[2] == "s", int(found[3])) if found else None

    def __str__(self) -> str:
        return f"{self.at}{'s' if self.is_search else 'r'}{self.id}"


class Entries(NamedTuple):
    """One page of the list; `newer` and `older` are where the pages beside it end and begin.

    `looked_to` is how far back a text was looked for, where there are older searches.
    """

    shown: list[HistoryEntry]
    newer: HistoryPlace | None
    older: HistoryPlace | None
    looked_to: datetime | None = None


class Walk(NamedTuple):
    """A walk along the list from a place, or from the latest entry; `limit` bounds its length."""

    place: HistoryPlace | None
    latest_first: bool
    limit: int

    def over(self, rows: ModelSelect, table: type[HistoryEntry]) -> list[HistoryEntry]:
        """The nearest rows of one table, nearest first."""
        return list(self.within(rows, table))

    def within(self, rows: ModelSelect, table: type[HistoryEntry]) -> ModelSelect:
        moment = Search.created_at if table is Search else Run.started_at
        columns: list[Any] = [moment, table.id]
        if self.place is not None:
            rows = rows.where(self._beyond(self.place, columns, is_search=table is Search))
        order = [each.desc() if self.latest_first else each.asc() for each in columns]
        return rows.order_by(*order).limit(self.limit)

    def _beyond(self, place: HistoryPlace, columns: list[Any], *, is_search: bool) -> Expression:
        """The first bound is what an index can use; searches stand before runs of that moment."""
        moment, number = columns
        at = from_ms(place.at)
        if is_search == place.is_search:
            if self.latest_first:
                return (moment <= at) & ((moment < at) | (number < place.id))
            return (moment >= at) & ((moment > at) | (number > place.id))
        if self.latest_first:
            return moment <= at if place.is_search else moment < at
        return moment > at if place.is_search else moment >= at


def read(
    wanted: SearchFilter,
    at: datetime,
    *,
    before: HistoryPlace | None = None,
    after: HistoryPlace | None = None,
    limit: int = PAGE,
) -> Entries:
    """The entries before a place, or the nearest ones after it; without either, the latest.

    A text is looked for in LOOKED searches at most: run it on the reader thread.
    """
    if wanted.text:
        return _with_text(wanted, at, before, limit)
    if before is None and after is not None:
        return _newer(wanted, at, after, limit)
    return _older(wanted, at, before, limit)


def _older(wanted: SearchFilter, at: datetime, before: HistoryPlace | None, limit: int) -> Entries:
    found = _found(wanted, at, Walk(before, latest_first=True, limit=limit + 1))
    kept = _with_items(found[:limit])
    return Entries(
        shown=kept,
        newer=HistoryPlace.of(kept[0]) if kept and before else None,
        older=HistoryPlace.of(kept[-1]) if len(found) > limit else None,
    )


def _newer(wanted: SearchFilter, at: datetime, after: HistoryPlace, limit: int) -> Entries:
    found = _found(wanted, at, Walk(after, latest_first=False, limit=limit + 1))
    if len(found) <= limit:
        return _older(wanted, at, None, limit)
    kept = _with_items(found[limit - 1 :: -1])
    return Entries(kept, newer=HistoryPlace.of(kept[0]), older=HistoryPlace.of(kept[-1]))


def _with_text(
    wanted: SearchFilter, at: datetime, before: HistoryPlace | None, limit: int
) -> Entries:
    """It has no way to newer pages: from where a page was reached, nobody knows."""
    walk = Walk(before, latest_first=True, limit=1)
    beyond = walk.within(within(Search.select(Search.created_at), wanted), Search).offset(LOOKED)
    last: datetime | None = beyond.scalar()
    near = wanted if last is None else wanted._replace(since=last)
    found = _older(near, at, before, limit)._replace(newer=None)
    if last is None or found.older:
        return found
    return found._replace(older=HistoryPlace(to_ms(last), is_search=False, id=0), looked_to=last)


def chunks_of(wanted: SearchFilter, at: datetime, size: int) -> Iterator[list[HistoryEntry]]:
    """All entries, some at a time; each chunk, which may be empty, is read when it is asked for."""
    place: HistoryPlace | None = None
    while True:
        found = read(wanted, at, before=place, limit=size)
        yield found.shown
        place = found.older
        if place is None:
            return


def _found(wanted: SearchFilter, at: datetime, walk: Walk) -> list[HistoryEntry]:
    found: list[HistoryEntry] = []
    if wanted.takes_searches:
        found += walk.over(searches(wanted, at), Search)
    if wanted.takes_runs:
        found += walk.over(idle_runs(wanted), Run)
    return sorted(found, key=HistoryPlace.of, reverse=walk.latest_first)[: walk.limit]


def _with_items(entries: list[HistoryEntry]) -> list[HistoryEntry]:
    with_items([entry for entry in entries if isinstance(entry, Search)])
    return entries
