"""The yield as a page shows it: in total and by each dimension, over one period."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import NamedTuple

from peewee import Expression, Field, fn

from models.household import Household
from models.instances import Instance
from models.yields.advice import Advice, advice
from models.yields.departures import Departure
from models.yields.intervals import apart
from models.yields.keys import EVER, NOT_TOLD, day_number, household_day
from models.yields.lines import HOURS, WORDS, Labels, YieldLine
from models.yields.periods import Ranges, first_day, ranges
from models.yields.table import COLUMNS, Yield
from models.yields.trend import Step, halves, steps

SHOWN = ("queue", "instance", "indexer", "strategy", "order", "age", "attempt", "hour")


class YieldReport(NamedTuple):
    """The yield of one period.

    `tables` are its lines by dimension.
    `steps` are the figures of all searches by day, week or month, oldest first.
    `advice` is what to change, where the figures hold it.
    `ours` and `others` are items that left the wanted lists, by our searches or without them.
    `has_any` is True once anything was counted.
    `has_demo` is True if the demo library has a yield.
    """

    period: str
    demo: bool
    total: YieldLine
    tables: dict[str, list[YieldLine]]
    steps: list[Step]
    advice: Advice | None
    ours: int
    others: int
    has_any: bool
    has_demo: bool

    @property
    def change(self) -> tuple[YieldLine, YieldLine] | None:
        """The earlier and the later half of the period, if their rates differ beyond chance."""
        both = halves(self.steps)
        return both if apart(both, lambda each: each.interval) else None

    def extremes(self, dimension: str) -> tuple[YieldLine, YieldLine] | None:
        """The surely best and the surely worst line of a dimension; an indexer by its imports."""
        lines = [each for each in self.tables[dimension] if each.key != NOT_TOLD]
        if dimension == "indexer":
            return apart(lines, lambda each: each.import_interval)
        return apart(lines, lambda each: each.interval)

    @property
    def hours(self) -> list[YieldLine]:
        """A line for each of the 24 hours of the day."""
        known = {line.key: line for line in self.tables["hour"]}
        return [known.get(key) or YieldLine(key, label) for key, label in HOURS.items()]


def read(period: str, now: datetime, *, demo: bool) -> YieldReport:
    """The report; it takes a few milliseconds, however long the history is."""
    today = household_day(now, Household.current())
    within = ranges(period, today)
    found = _counted(within, demo=demo)
    names = _names(demo=demo)
    tables = {
        dimension: _lines(dimension, found.get(dimension, {}), names.get(dimension, {}))
        for dimension in ("total", *SHOWN)
    }
    first = first_day(period, today)
    ours, others = _departed(day_number(first) if first else 0, day_number(today), demo=demo)
    (total,) = tables.pop("total") or [YieldLine("all", "All")]
    return YieldReport(
        period=period,
        demo=demo,
        total=total,
        tables=tables,
        steps=steps(period, today, demo=demo),
        advice=advice(tables),
        ours=ours,
        others=others,
        has_any="total" in names,
        has_demo=demo or Yield.select().where(Yield.demo).exists(),
    )


def _counted(within: Ranges, *, demo: bool) -> dict[str, dict[str, tuple[int, ...]]]:
    """The figures by dimension and key, in the order of COLUMNS."""
    sums = [fn.SUM(getattr(Yield, column)) for column in COLUMNS]
    rows = (
        Yield.select(Yield.dimension, Yield.key, *sums)
        .where(Yield.demo == demo, Yield.dimension.in_(("total", *SHOWN)))
        .where(_within(Yield.period, within))
        .group_by(Yield.dimension, Yield.key)
    )
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    for dimension, key, *figures in rows.tuples():
        found.setdefault(dimension, {})[key] = tuple(figures)
    return found


def _within(period: Field, within: Ranges) -> Expression:
    return reduce(or_, (period.between(low, high) for low, high in within))


def _names(*, demo: bool) -> dict[str, dict[str, str]]:
    """The latest names by dimension and key."""
    rows = Yield.select(Yield.dimension, Yield.key, Yield.name).where(
        Yield.demo == demo, Yield.dimension.in_(("total", *SHOWN)), Yield.period == EVER
    )
    found: dict[str, dict[str, str]] = {}
    for dimension, key, name in rows.tuples():
        found.setdefault(dimension, {})[key] = name
    return found


def _lines(
    dimension: str, counted: dict[str, tuple[int, ...]], names: dict[str, str]
) -> list[YieldLine]:
    """The lines of one dimension, in the order of its fixed words, or most searches first."""
    known = Labels.of(dimension, names)
    lines = [known.line(key, figures) for key, figures in counted.items() if any(figures)]
    if dimension in WORDS:
        places = list(known.words)
        return sorted(lines, key=lambda line: places.index(line.key))
    return sorted(lines, key=lambda line: (-line.searches, line.label.casefold()))


def _departed(first: int, last: int, *, demo: bool) -> tuple[int, int]:
    row = (
        Departure.select(fn.SUM(Departure.ours), fn.SUM(Departure.others))
        .join(Instance)
        .where(Instance.demo == demo, Departure.day.between(first, last))
    )
    ours, others = row.tuples()[0]
    return ours or 0, others or 0
