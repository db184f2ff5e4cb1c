"""The moments of each kind of schedule, before jitter."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from math import gcd
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.schedules.cron import Cron, CronFault
from models.schedules.hours import DAY_MINUTES, clock_of, minute_of
from models.schedules.terms import Terms
from models.schedules.zones import instants, note_of, zone_of

SHORTEST = 15
HORIZON = timedelta(days=3660)
FEW_WEEKS, FOUR_YEARS = 28, 1461
# After so many steps an interval has met every minute of the day that it ever meets, in summer
# time and outside it.
MOST_STEPS = 2 * DAY_MINUTES

Nominal = tuple[datetime | None, str]


class Calendar(NamedTuple):
    """Times of day, in minutes and inside the hours, on certain days."""

    times: tuple[int, ...]
    cron: Cron | None = None
    weekdays: tuple[int, ...] = tuple(range(7))

    @classmethod
    def of(cls, schedule: Terms) -> "Calendar":
        """The times and days of a schedule. Raises CronFault."""
        cron = Cron.read(schedule.cron) if schedule.kind == "cron" else None
        times: Iterable[int] = cron.times if cron else map(minute_of, schedule.times)
        inside = {minute for minute in times if schedule.is_allowed(minute)}
        calendar = cls(tuple(sorted(inside)), cron)
        return (
            calendar._replace(weekdays=schedule.weekdays) if schedule.kind == "weekly" else calendar
        )

    def days(self, since: date) -> Iterator[date]:
        """The days from `since` on, for ten years."""
        if self.cron:
            yield from self.cron.days(since, since + HORIZON)
            return
        if self.weekdays:
            for ahead in range(HORIZON.days):
                day = since + timedelta(days=ahead)
                if day.weekday() in self.weekdays:
                    yield day

    def locals(self, since: date) -> Iterator[datetime]:
        """The moments as naive datetimes, as the clock of the zone shows them."""
        if self.times:
            for day in self.days(since):
                yield from (datetime.combine(day, clock_of(minute)) for minute in self.times)


def nominals(schedule: Terms, since: datetime, anchor: datetime) -> Iterator[Nominal]:
    """Moments after `since`, UTC, with a note where a change of the clock makes one odd."""
    zone = zone_of(schedule.time_zone)
    if schedule.kind == "every":
        for moment in _every(schedule, since, anchor):
            yield moment, ""
    elif zone:
        yield from _by_the_calendar(schedule, since, zone)


def _every(schedule: Terms, since: datetime, anchor: datetime) -> Iterator[datetime]:
    """The moments of an interval, in elapsed time: no change of the clock moves them."""
    period = timedelta(minutes=max(schedule.every_minutes, SHORTEST))
    moment = anchor + ((since - anchor) // period + 1) * period
    last, shut = since + HORIZON, 0
    while moment < last and shut < MOST_STEPS:
        if schedule.is_open(moment):
            shut = 0
            yield moment.astimezone(UTC)
        else:
            shut += 1
        moment += period


def _by_the_calendar(schedule: Terms, since: datetime, zone: ZoneInfo) -> Iterator[Nominal]:
    """The moments of local times, in order; times that the clock skips become the gap's end."""
    try:
        calendar = Calendar.of(schedule)
    except CronFault:
        return
    latest, shown = since, since.astimezone(zone).replace(tzinfo=None)
    for local in calendar.locals(shown.date()):
        if local < shown:
            continue
        moment = instants(local, zone)[0]
        if moment > latest and schedule.is_open(moment):
            latest = moment
            yield moment, note_of(local, zone)


def runs_a_day(schedule: Terms, at: datetime, anchor: datetime) -> float:
    """Runs a day, averaged over the next 28 days, or over four years if those have few runs."""
    if schedule.kind == "every":
        return _share_inside(schedule, anchor) * DAY_MINUTES / max(schedule.every_minutes, SHORTEST)
    zone = zone_of(schedule.time_zone)
    if zone is None:
        return 0
    try:
        calendar = Calendar.of(schedule)
    except CronFault:
        return 0
    today = at.astimezone(zone).date() + timedelta(days=1)
    for length in (FEW_WEEKS, FOUR_YEARS):
        end = today + timedelta(days=length)
        days = _count(calendar.days(today), end)
        if days >= 4:
            break
    return len(calendar.times) * days / length


def _count(days: Iterator[date], end: date) -> int:
    found = 0
    for day in days:
        if day >= end:
            break
        found += 1
    return found


def _share_inside(schedule: Terms, anchor: datetime) -> float:
    """The share of an interval's moments inside the hours, if the clock does not change."""
    if not schedule.hours:
        return 1
    zone = zone_of(schedule.time_zone)
    if zone is None:
        return 0
    local = anchor.astimezone(zone)
    first, period = local.hour * 60 + local.minute, max(schedule.every_minutes, SHORTEST)
    length = DAY_MINUTES // gcd(period, DAY_MINUTES)
    steps = ((first + step * period) % DAY_MINUTES for step in range(length))
    return sum(schedule.is_allowed(minute) for minute in steps) / length
