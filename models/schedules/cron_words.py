"""A cron expression as people say it. cronsim's own words are kept where they cannot mislead."""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from cronsim import CronSim

from models.schedules.hours import DAY, clock_of

FIRST = (0, 0, 1, 1, 0)
SIZES = (60, 24, 31, 12, 7)
FEW = 6
THREE = "At 03:00"
EVERY_DAY = " every day"
STEPS = re.compile(r"\*/(\d+)")


def in_words(text: str, times: Sequence[int]) -> str:
    """ "At 03:00 on Monday through Friday"; `times` are the minutes of the day that it means."""
    fields = text.split()
    days = _days(*fields[2:])
    if said := _times(times):
        return said if said.startswith("Every") and days == EVERY_DAY else said + days
    said = _explained([*fields[:2], "*", "*", "*"]).removesuffix(EVERY_DAY)
    return said if days == EVERY_DAY else said + days


def _times(times: Sequence[int]) -> str:
    """'' for many that are no simple row."""
    clocks = [f"{clock_of(minute):%H:%M}" for minute in times]
    if len(clocks) == 1:
        return f"At {clocks[0]}"
    if len(times) <= FEW:
        return f"At {', '.join(clocks[:-1])} and {clocks[-1]}"
    gaps = {later - earlier for earlier, later in pairwise([*times, times[0] + DAY])}
    if len(gaps) > 1:
        return ""
    gap, first = gaps.pop(), times[0]
    every = f"{gap // 60} hours" if gap > 60 else "hour" if gap == 60 else f"{gap} minutes"
    return f"Every {every}" + (f" from {clocks[0]}" if first else "")


def _days(day: str, month: str, weekday: str) -> str:
    """Of two rules for days, either one is enough, unless one begins with a star."""
    either = not day.startswith("*") and not weekday.startswith("*")
    fields = ["0", "3", day, month, weekday]
    if either or day == "*" or weekday == "*":
        fields = _spelt_out(fields)
    said = _explained(fields).removeprefix(THREE)
    before, both, after = said.rpartition(" and on ")
    return f"{before} or on {after}" if either and both else said


def _explained(fields: Sequence[str]) -> str:
    spelt = _spelt_out(fields) if fields[2:] == ["*"] * 3 else fields
    said = CronSim(" ".join(spelt), datetime(2000, 1, 1)).explain()
    return re.sub(r"\b(\d+)th\b", lambda found: _ordinal(int(found[1])), said)


def _spelt_out(fields: Sequence[str]) -> list[str]:
    """`*/45` are the minutes 0 and 45, and not every 45th."""
    return [_listed(number, field) for number, field in enumerate(fields)]


def _listed(number: int, field: str) -> str:
    found, size, first = STEPS.fullmatch(field), SIZES[number], FIRST[number]
    if not found or (first == 0 and size % int(found[1]) == 0):
        return field
    return ",".join(map(str, range(first, first + size, int(found[1]))))


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
