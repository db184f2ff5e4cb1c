"""Checks a schedule that a person typed: too often, never, or not readable."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import gcd

from models.schedules import Schedule
from models.schedules.cron import CronFault
from models.schedules.hours import DAY_MINUTES, clock_of, minute_of
from models.schedules.kinds import SHORTEST, Calendar
from models.schedules.words import every, listed

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
    """Sentences by field name; {} for a schedule that has moments from `since` on."""
    if schedule.hours and schedule.hours[0] == schedule.hours[1]:
        return {"hours": NO_HOURS}
    if schedule.kind == "every":
        return dict(_of_spans(schedule))
    if schedule.kind != "cron" and not schedule.times:
        return {"times": NO_TIME}
    if schedule.kind == "weekly" and not schedule.weekdays:
        return {"weekdays": NO_DAY}
    found = dict(_of_the_calendar(schedule, since.astimezone(UTC).date()))
    never = not found and next(schedule.moments(since, anchor=since, salt=0), None) is None
    return {"hours": NEVER_INSIDE} if never and schedule.known_zone else found


def _of_spans(schedule: Schedule) -> Iterator[tuple[str, str]]:
    minutes = schedule.every_minutes
    if not SHORTEST <= minutes <= LONGEST:
        yield "every", OUT_OF_BOUNDS
    elif schedule.hours:
        begin, until = (minute_of(text) for text in schedule.hours)
        length = (until - begin) % DAY_MINUTES
        if gcd(minutes, DAY_MINUTES) > length:
            yield (
                "hours",
                f"{every(minutes)} may never come between {schedule.hours[0]} and "
                f"{schedule.hours[1]}. Choose daily, at a time between them, or a shorter span.",
            )


def _of_the_calendar(schedule: Schedule, since: date) -> Iterator[tuple[str, str]]:
    field = "cron" if schedule.kind == "cron" else "times"
    try:
        calendar = Calendar.of(schedule)
    except CronFault as fault:
        yield field, str(fault)
        return
    if not calendar.times:
        begin, until = schedule.hours or ("", "")
        never = f"It would never run: {_meant(schedule)} not between {begin} and {until}."
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
