"""The next schedule for a person who wants more runs."""

from collections.abc import Iterator
from datetime import datetime

from models.schedules import Schedule
from models.schedules.faults import faults_of
from models.schedules.hours import DAY_MINUTES, clock_of, minute_of

# Minutes to add to each time of day; the first shift that adds runs is taken.
SHIFTS = (DAY_MINUTES // 2, DAY_MINUTES // 4, DAY_MINUTES // 8)


def oftener(schedule: Schedule, at: datetime) -> Schedule | None:
    """A schedule that runs about twice as often; some weekdays become every day. None for cron."""
    found = (each for each in _denser(schedule) if _is_more(each, schedule, at))
    return next(found, None)


def _denser(schedule: Schedule) -> Iterator[Schedule]:
    if schedule.kind == "every":
        yield schedule.model_copy(update={"every_minutes": schedule.every_minutes // 2})
    elif schedule.kind == "weekly":
        yield schedule.model_copy(update={"kind": "daily", "weekdays": ()})
    elif schedule.kind == "daily":
        yield from (_with(schedule, shift) for shift in SHIFTS)


def _with(schedule: Schedule, shift: int) -> Schedule:
    times = {minute_of(each) for each in schedule.times}
    times |= {(each + shift) % DAY_MINUTES for each in times}
    clocks = tuple(f"{clock_of(each):%H:%M}" for each in sorted(times))
    return schedule.model_copy(update={"times": clocks})


def _is_more(denser: Schedule, schedule: Schedule, at: datetime) -> bool:
    if faults_of(denser, at):
        return False
    runs, before = (each.runs_a_day(at, anchor=at, salt=0) for each in (denser, schedule))
    return runs > before
