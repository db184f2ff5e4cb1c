"""Jitter: later by some minutes, the same ones each time that they are asked for."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest

from models.schedules import Moment, Schedule

ANCHOR = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
JITTER = timedelta(minutes=15)


def jittered(
    salt: int, after: datetime = ANCHOR, count: int = 200, **facts: object
) -> list[Moment]:
    usual: dict[str, object] = {
        "time_zone": "Europe/Berlin",
        "jitter_minutes": 15,
        "every_minutes": 15,
    }
    schedule = Schedule(**usual | facts)
    return list(islice(schedule.moments(after, anchor=ANCHOR, salt=salt), count))


def test_jitter_is_later_but_never_as_much_as_it_may_be_at_the_most() -> None:
    late = [moment.at - moment.nominal for moment in jittered(1)]
    assert min(late) >= timedelta() and max(late) < JITTER
    assert max(late) > timedelta(minutes=12) and min(late) < timedelta(minutes=3)


def test_jitter_is_the_same_from_wherever_one_looks() -> None:
    whole = [moment.at for moment in jittered(1)]
    for place, moment in enumerate(whole[:-1]):
        for after in (
            moment,
            moment + timedelta(seconds=1),
            whole[place + 1] - timedelta(seconds=1),
        ):
            assert jittered(1, after, 1)[0].at == whole[place + 1]


def test_two_queues_of_one_schedule_begin_at_different_minutes() -> None:
    same = sum(one.at == other.at for one, other in zip(jittered(1), jittered(2), strict=True))
    assert same < 10


def test_jitter_keeps_the_order_of_moments_that_are_as_close_as_they_may_be() -> None:
    assert all(one.at < other.nominal for one, other in pairwise(jittered(3)))


@pytest.mark.parametrize("salt", range(20))
def test_jitter_never_leaves_the_hours(salt: int) -> None:
    schedule = {"hours": ("22:00", "22:05"), "kind": "daily", "times": ("22:03",)}
    for moment in jittered(salt, count=20, **schedule):
        assert moment.at - moment.nominal < timedelta(minutes=2)


def test_after_the_spring_gap_jitter_does_not_pass_the_following_moment() -> None:
    """02:59 runs at 03:00 then, ten minutes before what runs at 03:10."""
    night = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    for salt in range(50):
        first, second = jittered(salt, night, 2, kind="daily", times=("02:30", "03:10"))
        assert first.nominal + timedelta(minutes=10) == second.nominal
        assert first.nominal <= first.at < second.nominal
