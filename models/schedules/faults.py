"""Checks a schedule that a person typed: too often, never, or not readable."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, pairwise
from math import gcd

from models.schedules import Schedule
from models.schedules.cron import CronFault
from models.schedules.hours import DAY_MINUTES, bounds, clock_of, within
from models.schedules.kinds import SHORTEST, Calendar
from models.schedules.words import between, every, listed

LONGEST = 31 * DAY_MINUTES
OUT_OF_BOUNDS = (
    "A queue runs every 15 minutes at the most, every 31 days at the least. For example: 2 hours."
)
NO_TIME = "Write at least one time. For example: 03:00, 15:00."
NO_DAY = "Choose at least one day."
NO_HOURS = (
    "These hours begin and end at the same time. Leave both empty for the whole day, or write two "
    "times, for example 22:00 and 07:00."
)
EXAMPLES = {
    "cron": "For example, */15 * * * * is every quarter of an hour.",
    "times": "For example: 03:00, 15:00.",
}
TOO_RARE = (
    "The next such day is more than ten years away. For example, 0 3 L * * is the last of a month."
)
NEVER_INSIDE = (
    "It would never run: on each of its days the clock leaves these hours out. For example, it can "
    "run an hour later."
)
ENOUGH_DAYS = 3000

Faults = dict[str, str]


def faults_of(schedule: Schedule, since: datetime) -> Faults:
    """Sentences by field name; {} for a schedule that has moments from `since` on.

    A fault of one window has its number after "hours", counted from 0; "hours" is all of them.
    """
    if found := dict(_of_windows(schedule)):
        return found
    if schedule.kind == "every":
        return dict(_of_spans(schedule))
    if schedule.kind != "cron" and not schedule.times:
        return {"times": NO_TIME}
    if schedule.kind == "weekly" and not schedule.weekdays:
        return {"weekdays": NO_DAY}
    found = dict(_of_the_calendar(schedule, since.astimezone(UTC).date()))
    never = not found and next(schedule.moments(since, anchor=since, salt=0), None) is None
    return {"hours": NEVER_INSIDE} if never and schedule.known_zone else found


def _of_windows(schedule: Schedule) -> Iterator[tuple[str, str]]:
    empty = [number for number, (begin, until) in enumerate(schedule.hours) if begin == until]
    if empty:
        yield f"hours {empty[0]}", NO_HOURS
        return
    for (_, first), (number, second) in combinations(enumerate(schedule.hours), 2):
        if _overlap(first, second):
            (begin, until), (other, end) = first, second
            yield (
                f"hours {number}",
                f"{other} to {end} overlaps with {begin} to {until}. Make one window of both, or "
                "let one begin where the other ends.",
            )


def _overlap(first: tuple[str, str], second: tuple[str, str]) -> bool:
    (begin, until), (other, end) = bounds(first), bounds(second)
    return within(other, begin, until) or within(begin, other, end)


def _of_spans(schedule: Schedule) -> Iterator[tuple[str, str]]:
    minutes = schedule.every_minutes
    if not SHORTEST <= minutes <= LONGEST:
        yield "every", OUT_OF_BOUNDS
    elif not _always_meets(schedule):
        yield (
            "hours",
            f"{every(minutes)} may never come {between(schedule)}. Choose daily, at a time between "
            "them, or a shorter span.",
        )


def _always_meets(schedule: Schedule) -> bool:
    """Whether an interval meets its hours, from whichever minute it counts."""
    step = gcd(schedule.every_minutes, DAY_MINUTES)
    open_minutes = (each for each in range(DAY_MINUTES) if schedule.is_allowed(each))
    return len({minute % step for minute in open_minutes}) == step


def _of_the_calendar(schedule: Schedule, since: date) -> Iterator[tuple[str, str]]:
    field = "cron" if schedule.kind == "cron" else "times"
    try:
        calendar = Calendar.of(schedule)
    except CronFault as fault:
        yield field, str(fault)
        return
    if not calendar.times:
        never = f"It would never run: {_meant(schedule)} not {between(schedule)}."
        begin = schedule.hours[0][0] if schedule.hours else ""
        yield "hours", f"{never} {_inside(schedule.kind, begin)}"
    elif next(calendar.days(since), None) is None:
        yield field, TOO_RARE
    elif close := _too_close(calendar, since):
        yield field, f"{close} {EXAMPLES[field]}"


def _inside(kind: str, begin: str) -> str:
    if kind != "cron":
        return f"For example, {begin} is."
    hour, _, minute = begin.partition(":")
    return f"For example, {int(minute)} {int(hour)} * * * is at {begin}."


def _meant(schedule: Schedule) -> str:
    if schedule.kind == "cron":
        return "the times of this expression are"
    return f"{listed(sorted(schedule.times))} {'is' if len(schedule.times) == 1 else 'are'}"


def _too_close(calendar: Calendar, since: date) -> str:
    """The sentence about the first two times that are too close, also over midnight."""
    pairs = list(pairwise(calendar.times))
    over_night = (calendar.times[-1], calendar.times[0] + DAY_MINUTES)
    if over_night[1] - over_night[0] < SHORTEST and _knows_neighbours(calendar, since):
        pairs.append(over_night)
    for first, second in pairs:
        if second - first < SHORTEST:
            unit = "minute" if second - first == 1 else "minutes"
            return (
                f"{clock_of(first):%H:%M} and {clock_of(second % DAY_MINUTES):%H:%M} are "
                f"{second - first} {unit} apart: a queue runs every {SHORTEST} minutes at the most."
            )
    return ""


def _knows_neighbours(calendar: Calendar, since: date) -> bool:
    """Whether it ever runs on two days in a row."""
    days = zip(range(ENOUGH_DAYS), pairwise(calendar.days(since)), strict=False)
    return any(second - first == timedelta(days=1) for _, (first, second) in days)
