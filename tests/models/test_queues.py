"""Queues: the row is the schedule."""

from datetime import timedelta

from models.backlog import Item
from models.batches import Batch
from models.eligibility import Reason
from models.instances import Instance
from models.queues import Queue
from tests.conftest import START


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


def test_a_shorter_interval_counts_from_now(nightly: Queue) -> None:
    nightly.start(START)
    nightly.claim(START)
    nightly.every_minutes = 30
    nightly.reschedule(START + minutes(1))
    assert nightly.next_run_at == START + minutes(31)


def test_a_held_run_is_tried_again_sooner_but_never_later(nightly: Queue) -> None:
    nightly.start(START)
    nightly.claim(START)
    nightly.try_again(START + minutes(10))
    assert Queue.get_by_id(nightly.id).next_run_at == START + minutes(10)
    nightly.try_again(START + minutes(300))
    assert Queue.get_by_id(nightly.id).next_run_at == START + minutes(10)


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


def test_a_batch_uses_its_index(nightly: Queue, living_room: Instance) -> None:
    sql, params = Batch(nightly, START).query(living_room, "missing").sql()
    plan = Item._meta.database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", params).fetchall()
    assert "items_due" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


def test_the_pace_is_that_of_the_schedule_or_of_the_budget(
    nightly: Queue, living_room: Instance
) -> None:
    assert nightly.days_for(60) == 1
    nightly.change(batch_size=50, every_minutes=15)
    assert nightly.days_for(4800) == 48
    living_room.change(daily_budget=1000)
    assert nightly.days_for(4800) == 4.8
