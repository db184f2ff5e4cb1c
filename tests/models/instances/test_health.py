"""How instances answered, by the half hour and by the day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.database import Database
from models.instances import Instance
from models.instances.health import (
    HALF_HOUR,
    Answers,
    HalfHour,
    Stretch,
    half_hour,
    health_of,
    last_day,
    last_month,
    streaks,
    whole,
)
from tests.conftest import START

DAY = timedelta(days=1)
WELL = Answers(answered=40, slow=1, silent=0, waited=8_000)
ROUGH = Answers(answered=19, slow=0, silent=1, waited=1_900)
MUTE = Answers(answered=2, silent=2)


def heard(instance: Instance, at: datetime, answers: Answers = WELL) -> None:
    HalfHour.add({(instance.id, half_hour(at)): answers})


def test_a_half_hour_begins_on_the_hour_or_half_past() -> None:
    assert half_hour(START + timedelta(minutes=29, seconds=59)) == START
    assert half_hour(START + timedelta(minutes=30)) == START + HALF_HOUR


def test_the_counts_of_several_replicas_add_up(living_room: Instance, cinema: Instance) -> None:
    for _ in range(3):
        HalfHour.add({(cinema.id, START): WELL, (living_room.id, START): ROUGH})
    assert HalfHour.select().count() == 2
    row = HalfHour.get(instance=cinema)
    assert (row.at, row.answered, row.slow, row.waited) == (START, 120, 3, 24_000)
    assert HalfHour.get(instance=living_room).silent == 3


def test_what_was_counted_of_a_deleted_instance_is_left_out(
    living_room: Instance, cinema: Instance
) -> None:
    cinema.delete_instance()
    HalfHour.add({(cinema.id, START): WELL, (living_room.id, START): WELL})
    assert [row.instance_id for row in HalfHour.select()] == [living_room.id]


def test_the_last_day_is_48_half_hours_with_the_present_one_last(
    living_room: Instance, cinema: Instance
) -> None:
    heard(living_room, START, MUTE)
    heard(living_room, START - HALF_HOUR, ROUGH)
    heard(living_room, START - DAY + HALF_HOUR)
    heard(living_room, START - DAY)
    found = last_day([living_room, cinema], START + timedelta(minutes=7))
    mine = found[living_room.id]
    assert [each.at for each in mine] == [START - (47 - n) * HALF_HOUR for n in range(48)]
    states = [each.state for each in mine]
    assert (states[0], states[-2:], set(states[1:-2])) == ("good", ["slow", "silent"], {"none"})
    assert (mine[0].answers, mine[0].mean_ms, mine[1].mean_ms) == (WELL, 200, None)
    assert {each.state for each in found[cinema.id]} == {"none"}
    assert whole(mine) == Answers(61, 1, 3, 9_900)


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        (Answers(answered=100, slow=4), "good"),
        (Answers(answered=100, slow=5), "slow"),
        (Answers(answered=98, slow=2, silent=2), "good"),
        (Answers(answered=95, silent=5), "slow"),
        (Answers(answered=6, silent=5), "slow"),
        (Answers(answered=5, silent=5), "silent"),
        (Answers(silent=1), "silent"),
    ],
)
def test_a_half_hour_is_good_slow_or_silent(
    living_room: Instance, answers: Answers, state: str
) -> None:
    heard(living_room, START, answers)
    (only,) = health_of([living_room], START, START + HALF_HOUR)[living_room.id]
    assert only.state == state


def test_a_day_is_judged_by_its_half_hours(living_room: Instance) -> None:
    for day, kinds in enumerate(((WELL, WELL), (WELL, WELL, MUTE), (WELL, MUTE), (ROUGH,))):
        for place, answers in enumerate(kinds):
            heard(living_room, START - day * DAY + place * HALF_HOUR, answers)
    days = last_month([living_room], START, UTC)[living_room.id]
    assert len(days) == 30
    assert [each.state for each in days[-4:]] == ["slow", "silent", "slow", "good"]
    assert days[-3].answers == Answers(42, 1, 2, 8_000)


def test_one_slow_half_hour_in_many_makes_no_slow_day_but_a_silent_one_does(
    living_room: Instance,
) -> None:
    for place in range(21):
        heard(living_room, START - DAY + place * HALF_HOUR, WELL if place else ROUGH)
        heard(living_room, START - 2 * DAY + place * HALF_HOUR, WELL if place else MUTE)
    days = last_month([living_room], START, UTC)[living_room.id]
    assert [each.state for each in days[-3:-1]] == ["slow", "good"]


def test_a_day_begins_at_midnight_where_the_reader_is(living_room: Instance) -> None:
    zone = ZoneInfo("Asia/Kolkata")
    midnight = datetime(2026, 5, 4, tzinfo=zone)
    heard(living_room, midnight)
    heard(living_room, midnight - HALF_HOUR, MUTE)
    days = last_month([living_room], START, zone)[living_room.id]
    assert [each.state for each in days[-2:]] == ["silent", "good"]
    assert days[-1].at == midnight


def test_neighbours_of_one_state_are_one_streak() -> None:
    states = ["good", "good", "silent", "good", "none", "none"]
    some = [Stretch(START, each, WELL if each == "good" else Answers()) for each in states]
    found = streaks(some)
    assert [(each.state, each.first, each.last) for each in found] == [
        *(("good", 0, 1), ("silent", 2, 2), ("good", 3, 3)),
        ("none", 4, 5),
    ]
    assert (found[0].answers.answered, found[0].mean_ms, found[1].mean_ms) == (80, 200, None)


def test_without_instances_nothing_is_found(db: Database) -> None:
    assert last_day([], START) == {}


def test_half_hours_are_kept_for_30_days(living_room: Instance) -> None:
    heard(living_room, START - 30 * DAY - HALF_HOUR)
    heard(living_room, START - 30 * DAY)
    assert HalfHour.forget(START) == 1
    assert HalfHour.get().at == START - 30 * DAY
