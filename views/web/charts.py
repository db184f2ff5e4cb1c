"""Geometry of charts: values become places in an SVG of any width.

Places are percent of the plot, from its left and from its top, so that texts and strokes keep
their size on every screen. `components/charts.html` draws them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import ceil, floor, log10
from typing import NamedTuple

from models.searches import OUTCOMES
from views.web.words import number

STEPS = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)
# The part of a column's place that it fills.
FILLED = 0.84

Point = tuple[float, float]


class Axis(NamedTuple):
    """A range of values; `first` lies at 0 %, `last` at 100 %, and nothing lies outside."""

    first: float
    last: float

    def at(self, value: float) -> float:
        span = self.last - self.first
        share = (value - self.first) / span if span else 0.0
        return round(100 * min(max(share, 0.0), 1.0), 2)


class TimeAxis(NamedTuple):
    """An axis of time."""

    first: datetime
    last: datetime

    def at(self, moment: datetime) -> float:
        return Axis(self.first.timestamp(), self.last.timestamp()).at(moment.timestamp())


class Label(NamedTuple):
    """A text at a place of an axis."""

    at: float
    text: str

    @property
    def anchor(self) -> str:
        """Which end of the text stands at its place, so that none is cut at an edge."""
        return "start" if self.at < 4 else "end" if self.at > 96 else "middle"


class Box(NamedTuple):
    """A rectangle; `state` is the word that gives it its colour."""

    state: str
    x: float
    y: float
    width: float
    height: float


class Column(NamedTuple):
    """The parts of one place on the x axis, one above the other; `title` is its tooltip."""

    title: str
    x: float
    width: float
    parts: list[Box]


def round_top(most: float) -> int:
    """The least round number that is not below `most`, and not below 1."""
    if most <= 10:
        return max(ceil(most), 1)
    power = 10 ** (floor(log10(most)) - 1)
    return next(step * power for step in STEPS if step * power >= most)


def scale(top: int) -> list[Label]:
    """The lines of a y axis from 0 to `top`, whose texts are their values."""
    values = [top] if top == 1 else [top, top // 2]
    return [Label(Axis(top, 0).at(value), number(value)) for value in values]


def columns(
    stacks: Sequence[tuple[str, dict[str, int]]],
    top: int,
    order: Iterable[str] = tuple(OUTCOMES),
) -> list[Column]:
    """A column for each title and its counts by state, side by side over the whole width.

    `order` are the states from the bottom of a column to its top.
    """
    place = 100 / max(len(stacks), 1)
    width = round(place * FILLED, 3)
    found = []
    for index, (title, counts) in enumerate(stacks):
        x, below, parts = round(index * place + (place - width) / 2, 3), 0, []
        for state in order:
            if count := counts.get(state, 0):
                upper = Axis(top, 0).at(below + count)
                parts.append(Box(state, x, upper, width, round(Axis(top, 0).at(below) - upper, 2)))
                below += count
        found.append(Column(title, round(index * place, 3), round(place, 3), parts))
    return found


def parts(counts: dict[str, int], order: Iterable[str]) -> list[Box]:
    """One bar of the whole width, cut by the share of each state; empty without a count."""
    whole, x, found = sum(counts.values()), 0.0, []
    for state in order:
        if count := counts.get(state, 0):
            width = 100 * count / whole
            found.append(Box(state, round(x, 2), 0, round(width, 2), 100))
            x += width
    return found


def line(points: Iterable[Point]) -> str:
    """The path of a line through the points."""
    return " ".join(f"{'L' if index else 'M'}{x} {y}" for index, (x, y) in enumerate(points))


def steps(points: Sequence[Point]) -> str:
    """The path of a line that keeps its height until the next point."""
    if not points:
        return ""
    (x, y), *others = points
    return f"M{x} {y}" + "".join(f"H{right}V{height}" for right, height in others)


def area(path: str, points: Sequence[Point]) -> str:
    """The path of what lies below a path through these points."""
    return f"{path}V100H{points[0][0]}Z" if points else ""


def strokes(places: Iterable[float]) -> str:
    """The path of upright strokes of the whole height, which cost less than one shape each."""
    return "".join(f"M{x} 0V100" for x in places)
