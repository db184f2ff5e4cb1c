"""The trend: what searches brought by day, week or month of a period."""

from datetime import date
from typing import NamedTuple

from peewee import fn

from models.yields.keys import date_of, day_number, month_number
from models.yields.lines import YieldLine
from models.yields.periods import DAY, first_day
from models.yields.table import COLUMNS, FIRST_DAY, Yield

# How many of the latest months are shown of all time.
MONTHS_SHOWN = 36
FIRST_MONTH = 100_000


class Step(NamedTuple):
    """The figures from `first` to `last`, both days included."""

    first: date
    last: date
    line: YieldLine


def steps(period: str, today: date, *, demo: bool) -> list[Step]:
    """The steps of a period, oldest first: days, weeks that end today, or months."""
    first = first_day(period, today)
    if period in ("7", "30", "90"):
        assert first is not None
        size = 7 if period == "90" else 1
        return _of_days(first, today, size, _figures(day_number(first), day_number(today), demo))
    until = month_number(today)
    counted = _figures(FIRST_MONTH if first is None else month_number(first), until, demo)
    since = month_number(first) if first else min(counted, default=until)
    months = [each for each in range(since, until + 1) if 1 <= each % 100 <= 12]
    return [
        Step(_first_of(each), _first_of(_after(each)) - DAY, _line(counted.get(each)))
        for each in months[-MONTHS_SHOWN:]
    ]


def halves(some: list[Step]) -> tuple[YieldLine, YieldLine]:
    """The figures of the earlier and of the later half."""
    middle = len(some) // 2
    first, second = some[:middle], some[middle:]
    return _added([each.line for each in first]), _added([each.line for each in second])


def _of_days(
    first: date, today: date, size: int, counted: dict[int, tuple[int, ...]]
) -> list[Step]:
    found = []
    last = today
    while last >= first:
        begin = max(last - (size - 1) * DAY, first)
        days = [begin + number * DAY for number in range((last - begin).days + 1)]
        parts = [_line(counted.get(day_number(day))) for day in days]
        found.append(Step(begin, last, _added(parts)))
        last = begin - DAY
    return found[::-1]


def _figures(low: int, high: int, demo: bool) -> dict[int, tuple[int, ...]]:
    """The figures by the number of the day or month, in the order of COLUMNS."""
    sums = [fn.SUM(getattr(Yield, column)) for column in COLUMNS]
    rows = (
        Yield.select(Yield.period, *sums)
        .where(Yield.demo == demo, Yield.dimension == "total", Yield.period.between(low, high))
        .group_by(Yield.period)
    )
    found = {period: tuple(figures) for period, *figures in rows.tuples()}
    return {each: found[each] for each in found if (each >= FIRST_DAY) == (high >= FIRST_DAY)}


def _line(figures: tuple[int, ...] | None) -> YieldLine:
    return YieldLine("all", "All", False, *(figures or ()))


def _added(lines: list[YieldLine]) -> YieldLine:
    return _line(tuple(map(sum, zip(*(each[3:] for each in lines), strict=True))))


def _first_of(month: int) -> date:
    return date_of(month * 100 + 1)


def _after(month: int) -> int:
    return month + 1 if month % 100 < 12 else month + 89
