"""The periods of the yield page, and the roll-ups that make up each."""

from datetime import date, timedelta

from models.yields.keys import EVER, day_number, month_number

PERIODS = {
    "7": "7 days",
    "30": "30 days",
    "90": "90 days",
    "year": "12 months",
    "all": "All time",
}
USUAL = "30"
DAY = timedelta(days=1)

Ranges = list[tuple[int, int]]


def first_day(period: str, today: date) -> date | None:
    """The first day of a period that ends today; 12 months begin with a whole one. None for all."""
    if period == "all":
        return None
    if period == "year":
        a_year_ago = today.replace(year=today.year - 1, day=1)
        return (a_year_ago + 31 * DAY).replace(day=1)
    return today - (int(period) - 1) * DAY


def ranges(period: str, today: date) -> Ranges:
    """The ranges of roll-ups that make up the period; each day is in exactly one."""
    first = first_day(period, today)
    if first is None:
        return [(EVER, EVER)]
    if period == "year":
        return [(month_number(first), month_number(today))]
    months = [
        month
        for month in range(month_number(first), month_number(today) + 1)
        if _is_whole(month, first, today)
    ]
    if not months:
        return [(day_number(first), day_number(today))]
    return [
        (day_number(first), months[0] * 100 - 1),
        (months[0], months[-1]),
        (months[-1] * 100 + 99, day_number(today)),
    ]


def _is_whole(month: int, first: date, today: date) -> bool:
    """Whether the whole month is in the period; numbers such as 202513 are no months."""
    begins = month * 100 + 1 >= day_number(first)
    return 1 <= month % 100 <= 12 and begins and month < month_number(today)
