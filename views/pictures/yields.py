"""The pictures of the yield: the searches of each step of time, and shares with intervals."""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from models.yields.intervals import Interval
from models.yields.lines import YieldLine
from models.yields.report import YieldReport
from models.yields.trend import Step
from views.web.charts import Axis, Column, Label, columns, round_top, scale
from views.web.words import day_words, number, percent

# An interval wider than this does not stretch the axis: it ends at the edge.
WIDEST = 0.3
LABELS = 6


class Dot(NamedTuple):
    """A share with its interval; `at`, `low` and `high` are places on the axis."""

    line: YieldLine
    hits: int
    tries: int
    share: float | None
    interval: Interval | None
    at: float = 0.0
    low: float = 0.0
    high: float = 0.0


class Dots(NamedTuple):
    """The dots of one dimension; `top` is the share at the end of the axis."""

    lines: list[Dot]
    top: float
    usual: float | None

    @classmethod
    def of(cls, lines: Sequence[Dot], usual: float | None) -> "Dots":
        """Places the dots; `usual` is the share of all."""
        known = [each.interval for each in lines if each.interval]
        sure = [each.high for each in known if each.high - each.low < WIDEST]
        most = max([0.1, usual or 0, *sure, *(each.share or 0 for each in lines)])
        top = min(ceil(most * 10 - 1e-9) / 10, 1.0)
        at = Axis(0, top).at
        placed = [
            each._replace(
                at=at(each.share or 0), low=at(each.interval.low), high=at(each.interval.high)
            )
            if each.interval
            else each
            for each in lines
        ]
        return cls(placed, top, None if usual is None else at(usual))

    @property
    def scale(self) -> list[Label]:
        """The lines of an upright axis."""
        values = (self.top, self.top / 2)
        return [Label(Axis(self.top, 0).at(value), percent(value)) for value in values]


class Trend(NamedTuple):
    """The picture of the searches by day, week or month."""

    columns: list[Column]
    scale: list[Label]
    labels: list[Label]


def step_words(step: Step) -> str:
    """The day, week or month of a step: "4 May", "4 to 10 May", "May 2026"."""
    first, last = step.first, step.last
    if first == last:
        return day_words(first)
    if first.day == 1 and (last - first).days >= 27:
        return f"{first:%b %Y}"
    begin = str(first.day) if first.month == last.month else day_words(first)
    return f"{begin} to {day_words(last)}"


def trend_picture(steps: list[Step]) -> Trend:
    top = round_top(max((each.line.searches for each in steps), default=0))
    drawn = columns([(_title(each), each.line.outcomes) for each in steps], top)
    every = max(ceil(len(steps) / LABELS), 1)
    labels = [
        Label(round(column.x + column.width / 2, 2), step_words(step).partition(" to ")[0])
        for place, (column, step) in enumerate(zip(drawn, steps, strict=True))
        if place % every == 0
    ]
    return Trend(drawn, scale(top), labels)


def _title(step: Step) -> str:
    line = step.line
    return f"{step_words(step)}: {number(line.grabbed)} grabbed of {number(line.searches)}"


def dots_picture(report: YieldReport, dimension: str) -> Dots:
    if dimension == "indexer":
        imports = [_import(each) for each in report.tables[dimension]]
        return Dots.of(imports, report.total.import_rate)
    lines = report.hours if dimension == "hour" else report.tables[dimension]
    return Dots.of(
        [Dot(each, each.grabbed, each.answered, each.rate, each.interval) for each in lines],
        report.total.rate,
    )


def _import(line: YieldLine) -> Dot:
    return Dot(line, line.imported, line.settled, line.import_rate, line.import_interval)
