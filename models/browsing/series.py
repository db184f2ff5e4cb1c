"""Series as grids: every wanted episode is a cell of its season."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from peewee import Expression

from models.backlog import Item
from models.backlog.eligibility import Reason
from models.backlog.seasons import Season
from models.browsing import ItemFilter, in_order
from models.instances import Instance

KEY = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
# Cells of one page, and the most that are shown of one series.
CELLS = 800
LONGEST = 2000
SHOWN = (
    Item.id,
    Item.season,
    Item.episode,
    Item.title,
    Item.want,
    Item.reason,
    Item.eligible_at,
)
OF_SERIES = (Item.instance, Item.series_id, Item.series_title)


class Cell(NamedTuple):
    """One wanted item of a series; `until` is when its reason ends by itself, if known."""

    id: int
    season: int | None
    episode: int | None
    title: str
    want: str
    reason: Reason
    until: datetime | None


class SeasonCells(NamedTuple):
    """A season's cells; `monitored` is how many of its episodes are monitored, if that is known."""

    number: int | None
    cells: list[Cell]
    monitored: int | None


class SeriesCells(NamedTuple):
    """A series with its seasons; `is_cut` is True where not all of its cells are here."""

    instance: Instance
    series_id: int
    title: str
    seasons: list[SeasonCells]
    is_cut: bool = False

    @property
    def key(self) -> str:
        return f"{self.instance.id}-{self.series_id}"

    @property
    def cells(self) -> Iterator[Cell]:
        return (cell for season in self.seasons for cell in season.cells)


class FoundSeries(NamedTuple):
    """One page of series; `after` is the key that the next page begins after, or None."""

    series: list[SeriesCells]
    after: str | None


def read_series(wanted: ItemFilter, after: str) -> FoundSeries:
    """Series by title, from the one after the key `after`: as many as CELLS cells fill.

    A series of more cells than that is shown alone, and cut. Run it on the reader thread.
    """
    wanted = wanted._replace(sort="title", descending=False)
    is_series = Item.series_id.is_null(False)
    chosen = in_order(wanted, is_series, *_later(after), most=CELLS + 1)
    ids = [item_id for *_, item_id in chosen.tuples()]
    found = _series(ids)
    if len(ids) <= CELLS:
        return FoundSeries(found, None)
    shown = found[:-1] or [found[0]._replace(is_cut=True)]
    return FoundSeries(shown, shown[-1].key)


def cells_of(instance: Instance, series_id: int) -> SeriesCells | None:
    """All wanted items of one series; None where there are none."""
    wanted = ItemFilter(instance=instance.id, series=series_id)
    ids = [item_id for (item_id,) in in_order(wanted, most=LONGEST + 1).tuples()]
    found = _series(ids[:LONGEST])
    return found[0]._replace(is_cut=len(ids) > LONGEST) if found else None


def _later(after: str) -> Iterator[Expression]:
    """Conditions for the items after those of a series, in the order of titles."""
    if not (found := KEY.fullmatch(after)):
        return
    instance, series = int(found[1]), int(found[2])
    same = (Item.instance == instance) & (Item.series_id == series)
    title = Item.select(Item.sort_title).where(same, Item.left_at.is_null()).limit(1).scalar()
    if title is not None:
        yield Item.sort_title >= title
        later = (Item.instance > instance) | (
            (Item.instance == instance) & (Item.series_id > series)
        )
        yield (Item.sort_title > title) | later


def _series(ids: list[int]) -> list[SeriesCells]:
    """The items as cells, in the order of their ids."""
    rows = Item.select(*SHOWN, *OF_SERIES).where(Item.id.in_(ids)).tuples()
    by_id = {row[0]: row for row in rows}
    found: dict[tuple[int, int], tuple[str, list[Cell]]] = {}
    for row in (by_id[item_id] for item_id in ids if item_id in by_id):
        *cell, instance, series_id, title = row
        _, cells = found.setdefault((instance, series_id), (title, []))
        cells.append(Cell(*cell))
    instances = {each.id: each for each in Instance.select()} if found else {}
    monitored = _monitored(found)
    return [
        SeriesCells(
            instances[instance],
            series_id,
            title or f"A {instances[instance].application.kind.group} without a title",
            list(_seasons(cells, monitored.get((instance, series_id), {}))),
        )
        for (instance, series_id), (title, cells) in found.items()
    ]


def _monitored(keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], dict[int, int]]:
    """For each series, how many episodes of each season are monitored."""
    wanted = set(keys)
    rows = Season.select(
        Season.instance, Season.series_id, Season.number, Season.monitored_episodes
    ).where(
        Season.instance.in_({instance for instance, _ in wanted}),
        Season.series_id.in_({series_id for _, series_id in wanted}),
    )
    found: dict[tuple[int, int], dict[int, int]] = {}
    for instance, series_id, number, monitored in rows.tuples() if wanted else ():
        found.setdefault((instance, series_id), {})[number] = monitored
    return found


def _seasons(cells: Iterable[Cell], monitored: dict[int, int]) -> Iterator[SeasonCells]:
    by_number: dict[int | None, list[Cell]] = {}
    for cell in cells:
        by_number.setdefault(cell.season, []).append(cell)
    for number, own in by_number.items():
        told = None if number is None else monitored.get(number)
        yield SeasonCells(number, own, told)
