"""Noticing that something else searches the same instance."""

from datetime import timedelta

import pytest

from models.backlog.elsewhere import searched_elsewhere
from models.instances import Instance
from tests.conftest import START
from tests.wanted import wanted

DAY = timedelta(days=1)
NOW = START + 30 * DAY


def test_searches_that_were_not_ours_are_counted(living_room: Instance, cinema: Instance) -> None:
    for _ in range(5):
        wanted(living_room, arr_searched_at=NOW - DAY)
    wanted(living_room, arr_searched_at=NOW - DAY, searched_at=NOW - 3 * DAY)
    assert searched_elsewhere(living_room, NOW) == 6
    assert searched_elsewhere(cinema, NOW) == 0


@pytest.mark.parametrize(
    "facts",
    [
        {"arr_searched_at": None},
        {"arr_searched_at": NOW - 8 * DAY},
        {"arr_searched_at": NOW - DAY, "searched_at": NOW - DAY - timedelta(minutes=20)},
        {"arr_searched_at": NOW - DAY, "searched_at": NOW},
    ],
    ids=["never", "long ago", "the trace of ours", "before ours"],
)
def test_what_is_old_or_ours_does_not_count(facts: dict, living_room: Instance) -> None:
    for _ in range(10):
        wanted(living_room, **facts)
    assert searched_elsewhere(living_room, NOW) == 0


def test_a_few_are_somebody_looking_by_hand(living_room: Instance) -> None:
    for _ in range(3):
        wanted(living_room, arr_searched_at=NOW - DAY)
    assert searched_elsewhere(living_room, NOW) == 0


def test_what_was_searched_before_the_instance_was_ours_says_nothing(
    living_room: Instance,
) -> None:
    living_room.change(created_at=NOW - DAY / 2)
    for _ in range(10):
        wanted(living_room, arr_searched_at=NOW - DAY)
    assert searched_elsewhere(living_room, NOW) == 0


def test_the_demo_makes_up_its_past(living_room: Instance) -> None:
    living_room.change(demo=True)
    for _ in range(10):
        wanted(living_room, arr_searched_at=NOW - DAY)
    assert searched_elsewhere(living_room, NOW) == 0
