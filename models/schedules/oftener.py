"""The schedule that somebody would take next who wants more runs."""

from datetime import datetime

from models.schedules import Schedule
from models.schedules.faults import faults_of
from models.schedules.hours import DAY, clock_of, minute_of
from models.schedules.kinds import Calendar

# Minutes after the times of the day that there are: the first shift that adds any is taken.
SHIFTS = (DAY // 2, DAY // 4, DAY // 8)


def oftener(schedule: Schedule, at: datetime) -> Schedule | None:
    """About twice as often; of some days of the week, each day. None where cron is to decide."""
    if schedule.kind == "cron":
        return None
    if schedule.kind == "every":
        half = schedule.model_copy(update={"every_minutes": schedule.every_minutes // 2})
        return None if faults_of(half, at) else half
    if schedule.kind == "weekly":
        return schedule.model_copy(update={"kind": "daily", "weekdays": ()})
    return next((more for shift in SHIFTS if (more := _with(schedule, shift, at))), None)


def _with(schedule: Schedule, shift: int, at: datetime) -> Schedule | None:
    times = {minute_of(each) for each in schedule.times}
    times |= {(each + shift) % DAY for each in times}
    clocks = tuple(f"{clock_of(each):%H:%M}" for each in sorted(times))
    more = schedule.model_copy(update={"times": clocks})
    is_more = not faults_of(more, at) and len(Calendar.of(more).times) > len(
        Calendar.of(schedule).times
    )
    return more if is_more else None
