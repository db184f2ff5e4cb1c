"""Geometry of season grids: each wanted episode is a square at the place of its number."""

from collections.abc import Iterable
from typing import NamedTuple

from models.browsing.series import Cell, SeasonCells

# Squares of one line; places are in units of which a line has WIDTH.
A_LINE = 26
PITCH, SIZE = 14, 12
WIDTH = A_LINE * PITCH
# A season whose numbers go further is drawn without gaps.
FURTHEST = 20 * A_LINE


class Square(NamedTuple):
    """A cell and its place."""

    cell: Cell
    x: int
    y: int


class Grid(NamedTuple):
    """The squares of a season; `others` is the path of episodes that are not wanted."""

    squares: list[Square]
    others: str
    height: int


def grid_of(season: SeasonCells, *, is_whole: bool) -> Grid:
    """A season's grid. The other episodes are drawn where `is_whole`, which no filter shortens."""
    places = _places(season.cells)
    squares = [Square(cell, *_at(place)) for cell, place in zip(season.cells, places, strict=True)]
    last = max(places, default=0)
    told = min(season.monitored or 0, FURTHEST - 1)
    others = sorted(set(range(max(last, told - 1) + 1)) - set(places)) if is_whole else []
    lines = max([last, *others]) // A_LINE + 1
    return Grid(squares, "".join(map(_square, others)), lines * PITCH)


def _places(cells: Iterable[Cell]) -> list[int]:
    """The place of each cell, from 0: its number's, or the next free one without a number."""
    wanted = list(cells)
    numbers = [cell.episode for cell in wanted]
    told = [number for number in numbers if number is not None]
    is_usual = len(set(told)) == len(told) and all(0 < each <= FURTHEST for each in told)
    if not is_usual:
        return list(range(len(wanted)))
    free = iter(range(max(told, default=0), FURTHEST + len(wanted)))
    return [next(free) if number is None else number - 1 for number in numbers]


def _at(place: int) -> tuple[int, int]:
    return place % A_LINE * PITCH, place // A_LINE * PITCH


def _square(place: int) -> str:
    x, y = _at(place)
    return f"M{x} {y}h{SIZE}v{SIZE}h-{SIZE}z"
