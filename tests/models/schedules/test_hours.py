"""The hours in which a queue may run, by the clock of its zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from models.schedules import Schedule

BERLIN = ZoneInfo("Europe/Berlin")
ANCHOR = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def between(begin: str, until: str, **facts: object) -> Schedule:
    return Schedule(**{"time_zone": "Europe/Berlin", "hours": (begin, until)} | facts)


@pytest.mark.parametrize(
    ("clock", "is_open"),
    [
        ("21:59", False),
        ("22:00", True),
        ("23:59", True),
        ("00:00", True),
        ("06:59", True),
        ("07:00", False),
    ],
)
def test_hours_over_midnight_begin_in_the_evening_and_end_in_the_morning(
    clock: str, is_open: bool
) -> None:
    at = datetime.fromisoformat(f"2026-05-04T{clock}:00+02:00")
    assert between("22:00", "07:00").is_open(at) is is_open


def test_without_hours_it_is_always_open() -> None:
    plan = Schedule(time_zone="Europe/Berlin")
    assert plan.is_open(ANCHOR)
    assert plan.opens_at(ANCHOR) == ANCHOR


def test_while_they_last_hours_begin_now_and_else_at_their_next_beginning() -> None:
    plan = between("22:00", "07:00")
    night = datetime(2026, 5, 4, 23, 0, tzinfo=UTC)
    assert plan.opens_at(night) == night
    assert plan.opens_at(ANCHOR) == datetime(2026, 5, 4, 20, 0, tzinfo=UTC)


SEVERAL = (("22:00", "02:00"), ("06:00", "07:00"), ("12:30", "13:30"))


def test_several_windows_are_open_one_after_the_other() -> None:
    plan = Schedule(time_zone="Europe/Berlin", hours=SEVERAL, every_minutes=30)
    begin = datetime(2026, 5, 4, 16, 0, tzinfo=UTC)
    moments = plan.moments(begin, anchor=begin, salt=1)
    shown = [f"{next(moments).at.astimezone(BERLIN):%H:%M}" for _ in range(13)]
    assert shown == [
        *("22:00", "22:30", "23:00", "23:30", "00:00", "00:30", "01:00", "01:30"),
        *("06:00", "06:30", "12:30", "13:00", "22:00"),
    ]
    assert plan.runs_a_day(begin, anchor=begin, salt=1) == 12
    assert plan.opens_at(ANCHOR) == datetime(2026, 5, 4, 20, 0, tzinfo=UTC)
    assert plan.opens_at(datetime(2026, 5, 5, 1, 0, tzinfo=UTC)).hour == 4


def test_jitter_leads_out_of_no_window() -> None:
    hours = (("03:00", "03:05"), ("12:00", "12:05"))
    plan = Schedule(
        kind="daily",
        times=("03:03", "12:04"),
        hours=hours,
        jitter_minutes=15,
        time_zone="Europe/Berlin",
    )
    for salt in range(20):
        moments = plan.moments(ANCHOR, anchor=ANCHOR, salt=salt)
        assert all(plan.is_open(next(moments).at) for _ in range(6))


@pytest.mark.parametrize(
    ("stored", "read"), [("null", ()), ('["22:00","07:00"]', (("22:00", "07:00"),))]
)
def test_a_row_from_before_there_were_several_windows_is_read(stored: str, read: object) -> None:
    plan = Schedule.model_validate_json(f'{{"time_zone":"UTC","hours":{stored}}}')
    assert plan.hours == read
    assert Schedule.model_validate_json(plan.model_dump_json()) == plan


def test_there_are_at_most_four_windows() -> None:
    with pytest.raises(ValidationError):
        Schedule(time_zone="UTC", hours=[(f"0{hour}:00", f"0{hour}:30") for hour in range(5)])


def test_hours_that_begin_in_the_gap_begin_at_its_end() -> None:
    plan = between("02:30", "05:00")
    at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert plan.opens_at(at) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_hours_that_the_clock_leaves_out_begin_a_day_later() -> None:
    plan = between("02:10", "02:50")
    at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert plan.opens_at(at) == datetime(2026, 3, 30, 0, 10, tzinfo=UTC)


def test_what_would_come_outside_its_hours_does_not_exist() -> None:
    plan = between("22:00", "02:00", every_minutes=120)
    moments = plan.moments(ANCHOR, anchor=ANCHOR, salt=1)
    hours = [next(moments).at.hour for _ in range(4)]
    assert hours == [20, 22, 20, 22]


def test_a_time_in_the_gap_does_not_run_after_its_hours_have_ended() -> None:
    plan = between("22:00", "02:45", kind="daily", times=("02:30",))
    at = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    assert plan.following(at, anchor=ANCHOR, salt=1) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_schedule_that_is_never_inside_its_hours_has_no_moment() -> None:
    daily = between("04:00", "05:00", kind="daily", times=("03:00",))
    spans = between("22:00", "02:00", every_minutes=24 * 60)
    for plan in (daily, spans):
        assert plan.following(ANCHOR, anchor=ANCHOR, salt=1) is None
        assert plan.runs_a_day(ANCHOR, anchor=ANCHOR, salt=1) == 0


def test_in_a_zone_that_is_not_known_hours_are_never_open() -> None:
    plan = between("00:00", "23:59", time_zone="Atlantis/Centre")
    assert not plan.is_open(ANCHOR)
    assert plan.opens_at(ANCHOR) == ANCHOR + timedelta(days=1)
    assert plan.following(ANCHOR, anchor=ANCHOR, salt=1) is None


@pytest.mark.parametrize(
    ("until", "hour", "is_open"),
    [("02:15", 0, True), ("02:15", 1, False), ("04:00", 1, True), ("02:00", 0, False)],
)
def test_hours_that_have_ended_do_not_begin_again_as_the_clock_goes_back(
    until: str, hour: int, is_open: bool
) -> None:
    """It shows 02:05 twice in that night."""
    at = datetime(2026, 10, 25, hour, 5, tzinfo=UTC)
    assert between("22:00", until).is_open(at) is is_open
