"""The judge of the schedules, which knows a calendar and the clocks of the zones."""

from datetime import UTC, datetime, timedelta

from tests.month.household import NIGHT, Plan, daily, every, weekly
from tests.month.moments import Ran, kept, nominal

BEGIN = datetime(2026, 10, 24, 0, 5, tzinfo=UTC)
END = BEGIN + timedelta(days=3)


def plan(schedule) -> Plan:
    return Plan("Nightly", ("Sonarr 1",), schedule, 5)


def ran(at: datetime, state: str = "finished") -> Ran:
    return Ran(at, at + timedelta(minutes=3), state)


def test_an_hour_that_comes_twice_counts_once_and_the_zone_goes_on() -> None:
    found = nominal(plan(daily("02:30")), BEGIN, END)
    assert [f"{at:%d %H:%M}" for at in found] == ["24 00:05", "24 00:30", "25 00:30", "26 01:30"]


def test_weekdays_and_hours_are_those_of_the_zone() -> None:
    found = nominal(plan(weekly((6,), "23:30", zone="Asia/Kolkata")), BEGIN, END)
    assert [f"{at:%a %H:%M}" for at in found] == ["Sat 00:05", "Sun 18:00"]
    by_night = nominal(plan(every(120, hours=NIGHT)), BEGIN, BEGIN + timedelta(days=1))
    assert [at.hour for at in by_night] == [0, 2, 4, 20, 22]


def test_a_moment_without_a_run_is_seen_and_so_is_a_run_without_a_moment() -> None:
    moments = nominal(plan(daily("02:30")), BEGIN, END)
    extra = ran(BEGIN + timedelta(hours=5))
    found = kept(plan(daily("02:30")), BEGIN, END, [*map(ran, moments[:-1]), extra], [])
    assert (found.moments, found.met) == (4, 3)
    assert [fault.partition(":")[2] for fault in found.faults] == [
        " no run at 26 Oct 01:30.",
        " a run at 24 Oct 05:05:00, for no reason.",
    ]


def test_what_was_held_is_tried_again_and_what_was_missed_is_made_up_for() -> None:
    first, second, third, last = nominal(plan(daily("02:30")), BEGIN, END)
    down = last - timedelta(minutes=5), last + timedelta(minutes=20)
    again = [ran(third + timedelta(minutes=30)), ran(down[1] + timedelta(minutes=2))]
    runs = [ran(first), ran(second), ran(third, "held"), *again]
    found = kept(plan(daily("02:30")), BEGIN, END, runs, [down])
    assert (found.met, found.while_down, found.faults) == (3, 1, [])
