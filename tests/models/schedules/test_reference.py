"""Schedules held against a clock that is looked at every minute."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from models.schedules import Schedule

MINUTE = timedelta(minutes=1)
LOOKED = timedelta(days=2)
# Days before a change of the clock, and one of a zone that knows none.
NIGHTS = [
    ("Europe/Berlin", "2026-03-28"),
    ("Europe/Berlin", "2026-10-24"),
    ("America/New_York", "2026-03-07"),
    ("America/New_York", "2026-10-31"),
    ("Australia/Lord_Howe", "2026-04-04"),
    ("Australia/Lord_Howe", "2026-10-03"),
    ("Asia/Kolkata", "2026-06-01"),
    ("America/Sao_Paulo", "2018-02-17"),
    ("America/Sao_Paulo", "2018-11-03"),
    ("Africa/Casablanca", "2026-02-14"),
    ("Africa/Casablanca", "2026-03-21"),
]
Night = tuple[str, str]
Due = Callable[[datetime], bool]


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


night = st.sampled_from(NIGHTS)
minute = st.integers(0, 24 * 60 - 1) | st.integers(0, 4 * 60)
times = st.lists(minute.map(clock), min_size=1, max_size=6, unique=True).map(tuple)
weekdays = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(tuple)
windows = st.lists(minute, min_size=2, max_size=8, unique=True).map(sorted)
# Sorted times are windows side by side; turned by one, the last of them passes midnight.
turned = windows.flatmap(lambda times: st.sampled_from([times, times[1:] + times[:1]]))
hours = st.none() | turned.map(lambda times: list(zip(*[map(clock, times)] * 2, strict=False)))


def numbers(low: int, high: int) -> st.SearchStrategy[list[int]]:
    """For one field of cron; [] is a star."""
    some = st.lists(st.integers(low, high), max_size=4, unique=True)
    return st.just([]) | some


def by_looking(zone: ZoneInfo, since: datetime, until: datetime, due: Due) -> Iterator[datetime]:
    """What the clock shows for the first time, or jumps over, is run."""
    highest = since.astimezone(zone).replace(tzinfo=None)
    at = since
    while (at := at + MINUTE) < until:
        shown = at.astimezone(zone).replace(tzinfo=None)
        passed = (shown - highest) // MINUTE
        if any(due(highest + ahead * MINUTE) for ahead in range(1, passed + 1)):
            yield at
        highest = max(highest, shown)


def holds(schedule: Schedule, since: str, due: Due) -> None:
    begin = datetime.fromisoformat(since).replace(hour=12, tzinfo=UTC)
    until = begin + LOOKED

    def wanted(local: datetime) -> bool:
        return due(local) and (
            not schedule.hours or any(inside(f"{local:%H:%M}", each) for each in schedule.hours)
        )

    seen = by_looking(ZoneInfo(schedule.time_zone), begin, until, wanted)
    moments = schedule.moments(begin, anchor=begin, salt=1)
    ours = [moment.at for moment in takewhile(lambda moment: moment.at < until, moments)]
    assert ours == [at for at in seen if schedule.is_open(at)]


def inside(shown: str, between: tuple[str, str]) -> bool:
    begin, until = between
    return begin <= shown < until if begin < until else shown >= begin or shown < until


@given(night, times, hours)
@settings(max_examples=80, deadline=None)
def test_times_of_the_day_are_when_the_clock_shows_them(
    night: Night, times: tuple[str, ...], hours: tuple[str, str] | None
) -> None:
    zone, since = night
    schedule = Schedule(kind="daily", times=times, hours=hours, time_zone=zone)
    holds(schedule, since, lambda local: f"{local:%H:%M}" in times)


@given(night, times, weekdays, hours)
@settings(max_examples=80, deadline=None)
def test_days_of_the_week_are_those_of_the_zone(
    night: Night,
    times: tuple[str, ...],
    weekdays: tuple[int, ...],
    hours: tuple[str, str] | None,
) -> None:
    zone, since = night
    schedule = Schedule(kind="weekly", times=times, weekdays=weekdays, hours=hours, time_zone=zone)
    holds(
        schedule,
        since,
        lambda local: local.weekday() in weekdays and f"{local:%H:%M}" in times,
    )


@given(night, numbers(0, 59), numbers(0, 23), numbers(1, 31), numbers(1, 12), numbers(0, 7), hours)
@settings(max_examples=80, deadline=None)
def test_cron_is_what_its_fields_say(
    night: Night,
    minutes: list[int],
    of_day: list[int],
    days: list[int],
    months: list[int],
    of_week: list[int],
    hours: tuple[str, str] | None,
) -> None:
    zone, since = night
    fields = (minutes, of_day, days, months, of_week)
    text = " ".join(",".join(map(str, field)) or "*" for field in fields)
    schedule = Schedule(kind="cron", cron=text, hours=hours, time_zone=zone)

    def day_fits(local: datetime) -> bool:
        """With both restricted, either is enough."""
        by_month = local.day in days
        by_week = local.isoweekday() in of_week or local.isoweekday() % 7 in of_week
        if days and of_week:
            return by_month or by_week
        return (by_month or not days) and (by_week or not of_week)

    def due(local: datetime) -> bool:
        return (
            (not minutes or local.minute in minutes)
            and (not of_day or local.hour in of_day)
            and (not months or local.month in months)
            and day_fits(local)
        )

    if schedule.words.endswith("cannot be read"):
        assert not any(due(datetime(2024, 1, 1) + timedelta(hours=each)) for each in range(35_064))
    else:
        holds(schedule, since, due)


@given(night, st.integers(15, 3000), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_spans_take_no_notice_of_any_clock(night: Night, minutes: int, back: int) -> None:
    zone, since = night
    begin = datetime.fromisoformat(since).replace(hour=12, tzinfo=UTC)
    anchor = begin - timedelta(minutes=back)
    schedule = Schedule(every_minutes=minutes, time_zone=zone)
    moments = schedule.moments(begin, anchor=anchor, salt=1)
    ours = [moment.at for moment in takewhile(lambda moment: moment.at < begin + LOOKED, moments)]
    steps = range(1, LOOKED // MINUTE)
    assert ours == [begin + step * MINUTE for step in steps if (back + step) % minutes == 0]
