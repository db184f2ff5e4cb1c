"""Words for a schedule."""

from collections.abc import Sequence

from models.schedules.cron import Cron, CronFault
from models.schedules.hours import DAY_MINUTES
from models.schedules.terms import Terms

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def of(schedule: Terms) -> str:
    """The schedule in words: "Mondays and Fridays at 03:00, between 22:00 and 07:00"."""
    return f"{_kind(schedule)}, {between(schedule)}" if schedule.hours else _kind(schedule)


def between(schedule: Terms) -> str:
    """Its hours: "between 22:00 and 07:00 or between 12:00 and 13:00"."""
    return listed([f"between {begin} and {until}" for begin, until in schedule.hours], "or")


def _kind(schedule: Terms) -> str:
    if schedule.kind == "every":
        return every(schedule.every_minutes)
    if schedule.kind == "cron":
        try:
            return Cron.read(schedule.cron).words
        except CronFault:
            return f"Cron “{schedule.cron}”, which cannot be read"
    times = f"at {listed(sorted(schedule.times))}"
    if schedule.kind == "daily" or len(set(schedule.weekdays)) == 7:
        return f"Daily {times}"
    return f"{_weekdays(sorted(set(schedule.weekdays)))} {times}"


def every(minutes: int) -> str:
    """An interval in the largest whole unit: "Every 2 hours", "Every day"."""
    for unit, size in (("day", DAY_MINUTES), ("hour", 60), ("minute", 1)):
        if minutes % size == 0:
            count = minutes // size
            return f"Every {unit}" if count == 1 else f"Every {count} {unit}s"
    raise AssertionError("every number of minutes is whole in minutes")


def _weekdays(days: Sequence[int]) -> str:
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return f"{DAYS[days[0]]}s to {DAYS[days[-1]]}s"
    return listed([f"{DAYS[day]}s" for day in days]) or "On no day"


def listed(names: Sequence[str], word: str = "and") -> str:
    """A list in words: "a, b and c"."""
    *first, last = names or [""]
    return f"{', '.join(first)} {word} {last}" if first else last
