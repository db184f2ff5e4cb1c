"""Queues: the row is the schedule."""

from datetime import UTC, datetime, timedelta

import pytest

from models.backlog import Item
from models.backlog.eligibility import Reason
from models.batches import Batch
from models.database import database
from models.instances import Instance
from models.queues import Queue
from tests.conftest import START
from tests.timing import daily, every, plan


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_a_queue_waits_until_somebody_starts_it(nightly: Queue) -> None:
    assert nightly.state == "waiting"
    assert not Queue.due(START).exists()
    nightly.start(START)
    assert Queue.due(START).exists()
    assert nightly.state == "scheduled"


def test_the_following_moment_stays_in_step(nightly: Queue) -> None:
    nightly.start(START)
    assert nightly.following(START + minutes(3)) == START + minutes(120)
    assert nightly.following(START + minutes(500)) == START + minutes(600)


def test_a_moment_can_be_claimed_once(nightly: Queue) -> None:
    nightly.start(START)
    other = Queue.get_by_id(nightly.id)
    assert nightly.claim(START)
    assert not other.claim(START)


def test_a_paused_queue_cannot_be_claimed(nightly: Queue) -> None:
    nightly.start(START)
    other = Queue.get_by_id(nightly.id)
    other.pause(START)
    assert not nightly.claim(START)


def test_moments_that_passed_during_a_pause_are_gone(nightly: Queue) -> None:
    nightly.start(START)
    nightly.pause(START)
    nightly.resume(START + minutes(130))
    assert nightly.next_run_at == START + minutes(240)


def test_a_changed_schedule_counts_from_the_same_beginning(nightly: Queue) -> None:
    nightly.start(START)
    nightly.claim(START)
    nightly.change(schedule_json=every(30))
    nightly.reschedule(START + minutes(1))
    assert nightly.next_run_at == START + minutes(30)
    nightly.change(schedule_json=daily("03:00"))
    nightly.reschedule(START + minutes(1))
    assert nightly.next_run_at == datetime(2026, 5, 5, 1, 0, tzinfo=UTC)


def test_a_first_run_that_was_agreed_to_survives_a_change_of_the_schedule(nightly: Queue) -> None:
    nightly.start(START + minutes(600))
    nightly.change(schedule_json=daily("15:00"))
    nightly.reschedule(START)
    assert nightly.next_run_at == START + minutes(600)


def test_a_queue_that_nobody_started_has_no_moment_after_a_change(nightly: Queue) -> None:
    nightly.reschedule(START)
    nightly.resume(START)
    assert nightly.next_run_at is None


def test_a_held_run_is_tried_again_sooner_but_never_later(nightly: Queue) -> None:
    nightly.start(START)
    nightly.claim(START)
    nightly.try_again(START + minutes(10))
    nightly.try_again(START + minutes(300))
    queue = Queue.get_by_id(nightly.id)
    assert (queue.retry_at, queue.due_at) == (START + minutes(10), START + minutes(10))
    assert queue.next_run_at == START + minutes(120)


def test_a_retry_is_used_once_and_leaves_the_schedule_alone(nightly: Queue) -> None:
    nightly.start(START)
    nightly.claim(START)
    nightly.try_again(START + minutes(10))
    first, second = Queue.get_by_id(nightly.id), Queue.get_by_id(nightly.id)
    assert not Queue.due(START + minutes(9)).exists()
    assert Queue.due(START + minutes(10)).exists()
    assert first.claim(START + minutes(10))
    assert not second.claim(START + minutes(10))
    queue = Queue.get_by_id(nightly.id)
    assert (queue.retry_at, queue.next_run_at) == (None, START + minutes(120))


def test_a_moment_of_the_schedule_needs_no_retry_any_more(nightly: Queue) -> None:
    nightly.start(START)
    nightly.try_again(START - minutes(1))
    nightly = Queue.get_by_id(nightly.id)
    assert nightly.claim(START)
    assert nightly.retry_at is None


def test_the_next_moment_of_all_queues_counts_retries_and_no_paused_queue(nightly: Queue) -> None:
    assert Queue.next_due() is None
    nightly.start(START)
    nightly.claim(START)
    assert Queue.next_due() == START + minutes(120)
    nightly.try_again(START + minutes(10))
    assert Queue.next_due() == START + minutes(10)
    nightly.pause(START)
    assert Queue.next_due() is None


def test_a_retry_that_passed_during_a_pause_is_gone_and_one_to_come_stays(nightly: Queue) -> None:
    nightly.start(START)
    nightly.claim(START)
    for retry, kept in ((10, None), (30, START + minutes(30))):
        nightly.change(retry_at=START + minutes(retry))
        nightly.pause(START)
        nightly.resume(START + minutes(20))
        assert nightly.retry_at == kept


def test_a_first_run_waits_for_the_hours_of_its_queue(nightly: Queue) -> None:
    nightly.change(schedule_json=every(120, hours=("22:00", "07:00")))
    opens = datetime(2026, 5, 4, 20, 0, tzinfo=UTC)
    assert nightly.start(START) == opens
    assert (nightly.next_run_at, nightly.started_at) == (opens, opens)
    assert nightly.following(opens) == opens + minutes(120)


@pytest.mark.parametrize(
    ("schedule", "sentence"),
    [
        (daily("03:00", time_zone="Mars/Olympus"), "“Mars/Olympus” is not known"),
        (daily("12:00", hours=("22:00", "07:00")), "between 22:00 and 07:00"),
        (plan(kind="cron", cron="0 0 31 2 *"), "no next run"),
    ],
)
def test_a_queue_without_a_moment_to_come_says_why(
    schedule: str, sentence: str, nightly: Queue
) -> None:
    nightly.change(schedule_json=schedule)
    assert nightly.obstacle is None
    nightly.start(START)
    assert nightly.claim(nightly.next_run_at)
    assert nightly.next_run_at is None
    assert nightly.state == "stuck"
    assert nightly.obstacle is not None
    assert sentence in nightly.obstacle.sentence


def test_a_schedule_is_told_with_its_zone_where_that_is_not_the_readers(nightly: Queue) -> None:
    assert nightly.when("UTC") == "Every 2 hours"
    nightly.change(schedule_json=daily("03:00"))
    assert nightly.when("Europe/Berlin") == "Daily at 03:00"
    assert nightly.when("UTC") == "Daily at 03:00 (Europe/Berlin)"


def test_ids_are_never_given_twice(nightly: Queue) -> None:
    fields = nightly.__data__ | {"id": None}
    nightly.delete_instance()
    assert Queue.create(**fields).id > nightly.id


def item(instance: Instance, arr_id: int, **facts: object) -> Item:
    known: dict[str, object] = {
        "want": "missing",
        "title": f"Item {arr_id}",
        "sort_title": "item",
        "available": True,
        "monitored": True,
        "slug": "x",
        "first_seen_at": START,
        "random_key": 100 - arr_id,
        "reason_at": START,
        "reason": Reason.ELIGIBLE,
    }
    return Item.create(instance=instance, arr_id=arr_id, **known | facts)


def test_a_batch_takes_the_least_recently_searched_first(
    nightly: Queue, living_room: Instance
) -> None:
    item(living_room, 1, searched_at=START - minutes(5))
    item(living_room, 2, searched_at=START - minutes(9))
    item(living_room, 3)
    item(living_room, 4, reason=Reason.COOLDOWN)
    item(living_room, 5, want="upgrade")
    assert [pick.items[0].arr_id for pick in Batch(nightly, START).picks()] == [3, 2, 1]


def test_a_batch_of_several_instances_is_one_order(
    nightly: Queue, living_room: Instance, cinema: Instance
) -> None:
    nightly.serve([living_room, cinema])
    nightly.change(batch_size=3)
    for arr_id in (1, 2, 3):
        item(living_room, arr_id, searched_at=START - minutes(arr_id))
        item(cinema, arr_id, searched_at=START - minutes(arr_id + 0.5))
    items = [pick.items[0] for pick in Batch(nightly, START).picks()]
    chosen = [(each.instance.name, each.arr_id) for each in items]
    assert chosen == [("Cinema", 3), ("Living room", 3), ("Cinema", 2)]


@pytest.mark.embedded("asks SQLite for its plan of an empty table")
def test_a_batch_uses_its_index(nightly: Queue, living_room: Instance) -> None:
    plan = database.plan_of(Batch(nightly, START).query(living_room, "missing"))
    assert "items_due" in str(plan)
    assert "TEMP B-TREE" not in str(plan)
