"""The turns of files whose scores are as good as any seen."""

from datetime import datetime, timedelta

import pytest

from models.backlog import Item
from models.batches import Batch
from models.batches.places import place_in
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches import Search
from tests.conftest import START
from tests.timing import every
from tests.wanted import wanted

DAY = timedelta(days=1)


@pytest.fixture
def queue(alice: User, cinema: Instance) -> Queue:
    made = Queue.create(
        owner=alice, name="Score", key="score", strategy="score", order="least_recent",
        batch_size=5, schedule_json=every(120), created_at=START,
    )  # fmt: skip
    made.serve([cinema])
    return made


def files(cinema: Instance, *gaps: int) -> list[Item]:
    return [wanted(cinema, want="score", gap=gap) for gap in gaps]


def searched(item: Item, number: int, at: datetime = START - DAY) -> None:
    for _ in range(number):
        Search.begin([item], None, at, 1).change(state="done")


def gaps(queue: Queue, **more: bool) -> list[int]:
    return [pick.items[0].gap for pick in Batch(queue, START, **more).picks()]


@pytest.mark.parametrize("order", ["least_recent", "farthest", "smart", "random"])
def test_one_of_them_comes_first_after_nineteen_others(
    order: str, queue: Queue, cinema: Instance
) -> None:
    queue.change(order=order)
    below, *_ = files(cinema, 9, 8, 7, 0, -3)
    searched(below, 18)
    assert sorted(gaps(queue)) == [0, 7, 8, 9]
    searched(below, 1)
    found = gaps(queue)
    assert found[0] == 0 and -3 not in found


def test_none_of_them_comes_before_that(queue: Queue, cinema: Instance) -> None:
    below, best, _ = files(cinema, 9, 0, 0)
    searched(below, 30)
    searched(best, 1)
    searched(below, 10)
    assert gaps(queue) == [9]


def test_what_was_never_sent_is_not_counted(queue: Queue, cinema: Instance) -> None:
    below, _ = files(cinema, 9, 0)
    searched(below, 19)
    Search.update(cost=0).execute()
    assert gaps(queue) == [9]


def test_where_nothing_else_is_wanted_it_is_one_a_day(queue: Queue, cinema: Instance) -> None:
    best, _ = files(cinema, 0, 0)
    assert gaps(queue) == [0]
    searched(best, 1, START - DAY / 2)
    assert gaps(queue) == []
    Search.update(created_at=START - DAY).execute()
    assert gaps(queue) == [0]
    searched(best, 1, START - 20 * DAY)
    Search.update(at_best=False).where(Search.created_at < START - DAY).execute()
    assert gaps(queue) == []


def test_a_run_that_ignores_cooldowns_takes_them_like_all_others(
    queue: Queue, cinema: Instance
) -> None:
    files(cinema, 9, 0, 0)
    assert sorted(gaps(queue, ignores_cooldown=True)) == [0, 0, 9]


def test_its_place_is_said_as_one_of_those_that_wait(queue: Queue, cinema: Instance) -> None:
    *_, best = files(cinema, 9, 0, 0)
    place = place_in(queue, best, START)
    assert (place.number, place.of, place.is_seldom) == (None, 2, True)
