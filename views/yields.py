"""The yield: is it worth it, what works, and what to change."""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from models.database import database
from models.database.fields import now
from models.instances import Instance
from models.yields.intervals import Interval
from models.yields.lines import YieldLine
from models.yields.periods import PERIODS, USUAL
from models.yields.report import SHOWN, YieldReport, read
from models.yields.trend import Step
from views.web.charts import Axis, Column, Label, columns, round_top, scale
from views.web.endpoint import query
from views.web.limits import A_BACKLOG
from views.web.marks import reads
from views.web.render import render
from views.web.words import percent

# An interval wider than this does not stretch the axis: it ends at the edge.
WIDEST = 0.3
LABELS = 6
# The part of the picture of the hours that they take; the rest is for the texts of its scale.
HOURS_WIDE = 95


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


@reads(limit=A_BACKLOG)
async def show(request: Request) -> Response:
    """Without a query string: 30 days, and real instances, or the demo's if there are no others."""
    period = query(request, "period")
    period = period if period in PERIODS else USUAL
    only_demo = _only_demo()
    demo = only_demo or query(request, "library") == "demo"
    report = await database.aside(lambda: read(period, now(), demo=demo))
    return render(
        request,
        "yield/show.html",
        report=report,
        trend=_trend(report.steps),
        dots={dimension: _dots(report, dimension) for dimension in SHOWN},
        hour_width=HOURS_WIDE / 24,
        hour_labels=[Label(each * HOURS_WIDE / 24, f"{each:02}:00") for each in (0, 6, 12, 18)],
        periods=PERIODS,
        only_demo=only_demo,
        address=_address,
        step_words=step_words,
    )


def step_words(step: Step) -> str:
    """The day, week or month of a step: "4 May", "4 to 10 May", "May 2026"."""
    first, last = step.first, step.last
    if first == last:
        return f"{first.day} {first:%b}"
    if first.day == 1 and (last - first).days >= 27:
        return f"{first:%b %Y}"
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {first:%b}"
    return f"{begin} to {last.day} {last:%b}"


def _trend(steps: list[Step]) -> Trend:
    top = round_top(max((each.line.searches for each in steps), default=0))
    stacks = [
        (
            f"{step_words(each)}: {each.line.grabbed:,} grabbed of {each.line.searches:,}",
            each.line.outcomes,
        )
        for each in steps
    ]
    drawn = columns(stacks, top)
    every = max(ceil(len(steps) / LABELS), 1)
    labels = [
        Label(round(column.x + column.width / 2, 2), step_words(step).partition(" to ")[0])
        for number, (column, step) in enumerate(zip(drawn, steps, strict=True))
        if number % every == 0
    ]
    return Trend(drawn, scale(top), labels)


def _dots(report: YieldReport, dimension: str) -> Dots:
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


def _only_demo() -> bool:
    kinds = {demo for (demo,) in Instance.select(Instance.demo).distinct().tuples()}
    return kinds == {True}


def _address(period: str, demo: bool) -> str:
    values = {"period": period} | ({"library": "demo"} if demo else {})
    return "/yield?" + urlencode(values)
