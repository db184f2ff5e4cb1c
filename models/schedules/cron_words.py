"""A cron expression in words; cronsim's own words are kept where they cannot mislead."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from cronsim import CronSim

from models.schedules.hours import DAY_MINUTES, clock_of

WHOLE = (range(60), range(24), range(1, 32), range(1, 13), range(7))
FEW = 6
THREE, EVERY_DAY = "At 03:00", " every day"
# cronsim says "every second day" for these, which is wrong for an uneven step.
EVEN = re.compile(r"\*/([1-9][0-9]?)")
SUNDAY = 7


def in_words(text: str, times: Sequence[int]) -> str:
    """The expression in words; `times` are the minutes of the day that it means."""
    fields = text.upper().split()
    days = _days(fields)
    if said := _times(times):
        return said if said.startswith("Every") and days == EVERY_DAY else said + days
    plain = [_plain(fields, 0), _plain(fields, 1), "*", "*", "*"]
    said = _explained(plain).removesuffix(EVERY_DAY)
    return said if days == EVERY_DAY else said + days


def _times(times: Sequence[int]) -> str:
    """The times in words; "" for many times without equal gaps."""
    clocks = [f"{clock_of(minute):%H:%M}" for minute in times]
    if len(clocks) == 1:
        return f"At {clocks[0]}"
    if len(times) <= FEW:
        return f"At {', '.join(clocks[:-1])} and {clocks[-1]}"
    gaps = {later - earlier for earlier, later in pairwise([*times, times[0] + DAY_MINUTES])}
    if len(gaps) > 1:
        return ""
    gap, first = gaps.pop(), times[0]
    every = f"{gap // 60} hours" if gap > 60 else "hour" if gap == 60 else f"{gap} minutes"
    return f"Every {every}" + (f" from {clocks[0]}" if first else "")


def _days(fields: Sequence[str]) -> str:
    """The days in words. Where both day fields are set, either is enough, unless one has a star."""
    day, month, weekday = (_plain(fields, number) for number in (2, 3, 4))
    both = day != "*" and weekday != "*"
    if fields[2].startswith("*") or fields[4].startswith("*"):
        said = _after_three(day, month, weekday if day == "*" else "*")
        return f"{said}, if it is{_after_three('*', '*', weekday)}" if both else said
    if not both:
        return _after_three("*", month, "*")
    before, _, after = _after_three(day, month, weekday).rpartition(" and on ")
    return f"{before} or on {after}"


def _after_three(day: str, month: str, weekday: str) -> str:
    return _explained(["0", "3", day, month, weekday]).removeprefix(THREE)


def _explained(fields: Sequence[str]) -> str:
    said = CronSim(" ".join(fields), datetime(2000, 1, 1)).explain()
    return re.sub(r"\b(\d+)th\b", lambda found: _ordinal(int(found[1])), said)


def _plain(fields: Sequence[str], number: int) -> str:
    """The field in the form that cronsim explains best: a star for all, and only even steps."""
    field, whole = fields[number], WHOLE[number]
    values = _values(field, number)
    if values is None:
        return field
    if values >= set(whole):
        return "*"
    step = EVEN.fullmatch(field)
    is_even = bool(step) and number < 2 and len(whole) % int(field[2:]) == 0
    is_long = bool(step) and len(values) > FEW
    is_said_well = "/" not in field and len(field.split(",")) <= len(values)
    if is_even or is_long or is_said_well:
        return field
    return ",".join(map(str, sorted(values)))


def _values(field: str, number: int) -> set[int] | None:
    """The numbers that a field means; None if it is not about numbers alone, such as L."""
    alone = ["0", "0", "*", "*", "*"]
    alone[number] = field
    read = CronSim(" ".join(alone), datetime(2000, 1, 1))
    found: Iterable[object] = (
        read.minutes,
        read.hours,
        read.days,
        read.months,
        read.weekdays,
    )[number]
    numbers = [each for each in found if isinstance(each, int) and each >= 0]
    if len(numbers) < len(list(found)):
        return None
    return {each % SUNDAY if number == 4 else each for each in numbers}


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
