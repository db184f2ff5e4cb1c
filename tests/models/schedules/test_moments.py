"""When a schedule runs: spans, times of the day, weekdays, over every change of a clock."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest

from models.schedules import Schedule

ANCHOR = datetime(2026, 3, 1, 12, 7, 30, tzinfo=UTC)
SPRING = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)


def plan(kind: str, zone: str = "Europe/Berlin", **facts: object) -> Schedule:
    return Schedule(kind=kind, time_zone=zone, **facts)


def first(schedule: Schedule, after: datetime, count: int) -> list[datetime]:
    moments = schedule.moments(after, anchor=ANCHOR, salt=1)
    return [moment.at for moment in islice(moments, count)]


def clocks(schedule: Schedule, after: datetime, count: int) -> list[str]:
    """Day and time by UTC."""
    return [f"{moment:%d %H:%M}" for moment in first(schedule, after, count)]


def notes(schedule: Schedule, after: datetime, count: int) -> list[str]:
    moments = schedule.moments(after, anchor=ANCHOR, salt=1)
    return [moment.note for moment in islice(moments, count)]


def test_spans_are_counted_from_the_anchor() -> None:
    every = plan("every", every_minutes=45)
    assert first(every, ANCHOR, 2) == [
        ANCHOR + timedelta(minutes=45),
        ANCHOR + timedelta(minutes=90),
    ]
    late = ANCHOR + timedelta(days=400, minutes=1)
    (following,) = first(every, late, 1)
    assert (following - ANCHOR) % timedelta(minutes=45) == timedelta()
    assert late < following <= late + timedelta(minutes=45)


def test_spans_before_their_anchor_are_in_step_with_it_too() -> None:
    every = plan("every", every_minutes=60)
    assert first(every, ANCHOR - timedelta(hours=3), 2)[0] == ANCHOR - timedelta(hours=2)


@pytest.mark.parametrize("night", [SPRING, AUTUMN])
def test_no_change_of_the_clock_moves_a_span(night: datetime) -> None:
    moments = first(plan("every", every_minutes=120), night, 30)
    assert {after - before for before, after in pairwise(moments)} == {timedelta(hours=2)}


def test_a_moment_is_strictly_after_the_one_that_is_asked_about() -> None:
    daily = plan("daily", times=("03:00",))
    (moment,) = first(daily, ANCHOR, 1)
    assert first(daily, moment, 1) == [moment + timedelta(days=1)]
    assert first(daily, moment - timedelta(milliseconds=1), 1) == [moment]


def test_several_times_a_day_come_in_their_order() -> None:
    daily = plan("daily", times=("15:00", "03:00"))
    assert clocks(daily, ANCHOR, 3) == ["01 14:00", "02 02:00", "02 14:00"]


def test_a_week_has_the_days_that_were_chosen() -> None:
    weekly = plan("weekly", times=("03:00",), weekdays=(4, 0))
    assert [f"{moment:%a}" for moment in first(weekly, ANCHOR, 3)] == ["Mon", "Fri", "Mon"]


def test_the_days_are_those_of_its_own_zone() -> None:
    weekly = plan("weekly", "Asia/Kolkata", times=("02:00",), weekdays=(0,))
    assert f"{first(weekly, ANCHOR, 1)[0]:%a %H:%M}" == "Sun 20:30"


def test_a_time_in_the_spring_gap_runs_once_right_after_it() -> None:
    daily = plan("daily", times=("02:30",))
    assert clocks(daily, SPRING, 2) == ["29 01:00", "30 00:30"]
    assert notes(daily, SPRING, 1) == [
        "02:30 is left out as the clock goes forward; it runs right after."
    ]


def test_several_times_in_the_spring_gap_run_once_together() -> None:
    daily = plan("daily", times=("01:30", "02:00", "02:15", "02:59", "03:00", "04:00"))
    assert clocks(daily, SPRING, 4) == ["29 00:30", "29 01:00", "29 02:00", "29 23:30"]


def test_a_time_in_the_doubled_hour_of_autumn_runs_once_the_first_time() -> None:
    daily = plan("daily", times=("02:30",))
    assert clocks(daily, AUTUMN, 2) == ["25 00:30", "26 01:30"]
    assert notes(daily, AUTUMN, 2) == [
        "02:30 comes twice as the clock goes back; it runs the first time.",
        "The clock has gone back before this.",
    ]


def test_the_second_doubled_hour_does_not_run_what_the_first_one_ran() -> None:
    daily = plan("daily", times=("02:30",))
    in_the_second = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    assert clocks(daily, in_the_second, 1) == ["26 01:30"]


def test_cron_with_stars_follows_the_same_rule_in_both_nights() -> None:
    half_hourly = plan("cron", cron="*/30 * * * *")
    spring = datetime(2026, 3, 29, 0, 15, tzinfo=UTC)
    assert clocks(half_hourly, spring, 3) == ["29 00:30", "29 01:00", "29 01:30"]
    autumn = datetime(2026, 10, 24, 23, 45, tzinfo=UTC)
    assert clocks(half_hourly, autumn, 3) == ["25 00:00", "25 00:30", "25 02:00"]


def test_a_gap_of_half_an_hour_is_a_gap_too() -> None:
    daily = plan("daily", "Australia/Lord_Howe", times=("02:15",))
    after = datetime(2026, 10, 3, 12, 0, tzinfo=UTC)
    assert clocks(daily, after, 2) == ["03 15:30", "04 15:15"]


def test_a_day_that_a_zone_left_out_runs_once_at_the_next_midnight() -> None:
    daily = plan("daily", "Pacific/Apia", times=("03:00", "15:00"))
    after = datetime(2011, 12, 30, 9, 0, tzinfo=UTC)
    assert clocks(daily, after, 2) == ["30 10:00", "30 13:00"]


def test_changes_of_the_clock_are_marked_where_they_fall_between_two_moments() -> None:
    daily = plan("daily", times=("12:00",))
    assert notes(daily, SPRING, 3) == ["The clock has gone forward before this.", "", ""]


def test_the_end_of_february_comes_in_every_year() -> None:
    last = plan("cron", "UTC", cron="0 3 L 2 *")
    days = [f"{moment:%Y-%m-%d}" for moment in first(last, ANCHOR, 3)]
    assert days == ["2027-02-28", "2028-02-29", "2029-02-28"]


def test_the_29th_of_february_comes_in_leap_years() -> None:
    leap = plan("cron", "UTC", cron="0 3 29 2 *")
    assert [moment.year for moment in first(leap, ANCHOR, 2)] == [2028, 2032]


def test_a_month_without_a_31st_is_passed_over() -> None:
    monthly = plan("cron", "UTC", cron="0 3 31 * *")
    assert [moment.month for moment in first(monthly, ANCHOR, 4)] == [3, 5, 7, 8]


def test_after_the_rules_of_a_zone_changed_the_clock_still_shows_the_time() -> None:
    """Brazil gave up its summer time in 2019, Morocco keeps another one around Ramadan."""
    for zone, year in (
        ("America/Sao_Paulo", 2018),
        ("America/Sao_Paulo", 2026),
        ("Africa/Casablanca", 2026),
    ):
        daily = plan("daily", zone, times=("09:00",))
        moments = daily.moments(datetime(year, 1, 1, tzinfo=UTC), anchor=ANCHOR, salt=1)
        for moment in islice(moments, 400):
            assert f"{moment.at.astimezone(ZoneInfo(zone)):%H:%M}" == "09:00"


def test_a_zone_that_is_not_known_has_no_times_but_spans_of_true_time() -> None:
    lost = plan("daily", "Atlantis/Centre", times=("03:00",))
    assert not lost.known_zone
    assert first(lost, ANCHOR, 1) == []
    assert lost.following(ANCHOR, anchor=ANCHOR, salt=1) is None
    assert lost.runs_a_day(ANCHOR, anchor=ANCHOR, salt=1) == 0
    spans = plan("every", "Atlantis/Centre")
    assert first(spans, ANCHOR, 1) == [ANCHOR + timedelta(hours=2)]


@pytest.mark.parametrize(
    "name", ["", "Europe", "../etc/passwd", "/etc/localtime", "a\x00b", "x" * 300]
)
def test_what_is_no_name_of_a_zone_is_not_known(name: str) -> None:
    assert not plan("daily", name, times=("03:00",)).known_zone


def test_a_schedule_survives_its_row() -> None:
    kept = plan(
        "weekly",
        times=("03:00", "15:00"),
        weekdays=(0, 6),
        hours=("22:00", "07:00"),
        jitter_minutes=5,
    )
    assert Schedule.model_validate_json(kept.model_dump_json()) == kept


@pytest.mark.parametrize(
    ("facts", "runs"),
    [
        ({"kind": "every", "every_minutes": 120}, 12),
        ({"kind": "every", "every_minutes": 60, "hours": ("22:00", "07:00")}, 9),
        ({"kind": "every", "every_minutes": 7 * 24 * 60}, 1 / 7),
        ({"kind": "daily", "times": ("03:00", "15:00")}, 2),
        ({"kind": "daily", "times": ("03:00", "15:00"), "hours": ("22:00", "07:00")}, 1),
        ({"kind": "weekly", "times": ("03:00", "15:00"), "weekdays": (0, 2, 4)}, 6 / 7),
        ({"kind": "cron", "cron": "0 */6 * * 1-5"}, 20 / 7),
        ({"kind": "cron", "cron": "0 3 1 * *"}, 48 / 1461),
        ({"kind": "cron", "cron": "0 3 29 2 *"}, 1 / 1461),
        ({"kind": "cron", "cron": "not at all"}, 0),
    ],
)
def test_runs_a_day_are_an_average(facts: dict[str, object], runs: float) -> None:
    schedule = Schedule(time_zone="Europe/Berlin", **facts)
    assert schedule.runs_a_day(ANCHOR, anchor=ANCHOR, salt=1) == pytest.approx(runs)
