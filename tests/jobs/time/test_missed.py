"""Moments that nobody met: made up for once, soon, one queue after the other, if at all."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from models.household import Household
from models.instances import Instance
from models.queues import Queue, QueueInstance
from models.searches.runs import Run
from tests.asking import begin
from tests.conftest import START
from tests.jobs.time.conftest import Days
from tests.timing import daily, every

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def running(days: Days, nightly: Queue) -> Days:
    """The nightly queue has run once, at START, and would run again every two hours."""
    nightly.start(START)
    await days.tick()
    return days


@pytest.mark.parametrize("hours", [3, 13, 24 * 40 + 1])
async def test_moments_missed_while_the_program_was_down_are_one_run_soon_after_the_start(
    hours: int, running: Days
) -> None:
    back = START + hours * HOUR
    await running.restart(back)
    assert running.runs == [START]
    await running.until(back + 30 * MINUTE)
    assert running.runs == [START, back + MINUTE]
    await running.until(back + HOUR)
    assert running.runs == [START, back + MINUTE, back + HOUR]


async def test_a_restart_that_missed_no_moment_begins_nothing(running: Days) -> None:
    for minute in range(3, 118, 5):
        await running.restart(START + minute * MINUTE)
        await running.until(START + (minute + 2) * MINUTE)
    assert running.runs == [START]
    await running.until(START + 2 * HOUR)
    assert running.runs == [START, START + 2 * HOUR]


async def test_queues_that_missed_their_moments_make_up_for_them_one_after_the_other(
    running: Days, nightly: Queue, beside: Callable[..., Queue]
) -> None:
    for name in ("A", "B", "C"):
        beside(name).start(START)
    await running.tick()
    back = START + 5 * HOUR
    await running.restart(back)
    await running.until(back + 30 * MINUTE)
    assert running.runs[4:] == [back + number * MINUTE for number in (1, 2, 3, 4)]
    assert len({run.queue_id for run in Run.select().where(Run.started_at >= back)}) == 4


async def test_a_queue_that_wants_no_missed_run_waits_for_its_next_moment(
    running: Days, nightly: Queue
) -> None:
    nightly.change(schedule_json=every(120, catch_up=False))
    await running.restart(START + 5 * HOUR)
    await running.until(START + 6 * HOUR)
    assert running.runs == [START, START + 6 * HOUR]


@pytest.mark.parametrize(("wants", "runs"), [(True, 2), (False, 1)])
async def test_a_moment_missed_by_seconds_in_a_restart_was_missed_all_the_same(
    wants: bool, runs: int, running: Days, nightly: Queue
) -> None:
    nightly.change(schedule_json=every(120, catch_up=wants))
    await running.restart(START + 2 * HOUR + timedelta(seconds=20))
    await running.until(START + 3 * HOUR)
    assert len(running.runs) == runs


@pytest.mark.parametrize("wants", [True, False])
async def test_a_first_run_that_was_agreed_to_is_never_lost(
    wants: bool, days: Days, nightly: Queue
) -> None:
    nightly.change(schedule_json=daily("15:00", catch_up=wants))
    nightly.start(START + HOUR)
    await days.restart(START + 2 * HOUR)
    await days.until(START + 3 * HOUR)
    assert days.runs == [START + 2 * HOUR + MINUTE]


async def test_restarts_one_after_the_other_make_up_for_a_moment_once(running: Days) -> None:
    back = START + 5 * HOUR
    for seconds in range(0, 300, 20):
        await running.restart(back + timedelta(seconds=seconds))
    await running.until(back + 40 * MINUTE)
    for minutes in (41, 42, 43):
        await running.restart(back + minutes * MINUTE)
    await running.until(back + 50 * MINUTE)
    assert len(running.runs) == 2


async def test_a_moment_missed_just_before_the_next_is_left_to_that(running: Days) -> None:
    await running.restart(START + 4 * HOUR - 10 * MINUTE)
    await running.until(START + 5 * HOUR)
    assert running.runs == [START, START + 4 * HOUR]


@pytest.mark.parametrize("hours", [3, 24 * 40 + 1])
async def test_a_machine_that_slept_makes_up_for_its_moments_once(
    hours: int, running: Days
) -> None:
    awake = START + hours * HOUR
    running.jump(awake)
    await running.until(awake + 30 * MINUTE)
    assert running.runs == [START, awake]


async def test_a_tick_that_came_a_little_late_runs_at_once(running: Days) -> None:
    running.jump(START + 2 * HOUR + timedelta(seconds=90))
    await running.tick()
    assert running.runs == [START, START + 2 * HOUR + MINUTE]


@pytest.mark.parametrize("wants", [True, False])
async def test_what_was_missed_on_hold_is_made_up_for_when_searches_go_on(
    wants: bool, running: Days, nightly: Queue, beside: Callable[..., Queue]
) -> None:
    other = beside("Other")
    other.start(START)
    await running.tick()
    for queue in (nightly, other):
        queue.change(schedule_json=every(120, catch_up=wants))
    Household.current().change(held_at=START)
    goes_on = START + 9 * HOUR
    await running.until(goes_on)
    assert running.runs == [START, START]
    Household.current().change(held_at=None)
    await running.until(goes_on + 30 * MINUTE)
    made_up = [goes_on, goes_on + MINUTE] if wants else []
    assert running.runs == [START, START, *made_up]
    await running.until(goes_on + HOUR)
    assert running.runs[2:] == [*made_up, goes_on + HOUR, goes_on + HOUR]


async def test_a_restart_on_hold_begins_nothing_before_searches_go_on(running: Days) -> None:
    Household.current().change(held_at=START)
    await running.restart(START + 5 * HOUR)
    await running.until(START + 7 * HOUR)
    assert running.runs == [START]
    Household.current().change(held_at=None)
    await running.until(START + 7 * HOUR + 10 * MINUTE)
    assert running.runs == [START, START + 7 * HOUR]


async def test_what_was_missed_in_a_pause_is_gone(running: Days, nightly: Queue) -> None:
    nightly = Queue.get_by_id(nightly.id)
    nightly.pause(START)
    await running.restart(START + 5 * HOUR)
    Queue.get_by_id(nightly.id).resume(START + 5 * HOUR)
    await running.restart(START + 5 * HOUR + 2 * MINUTE)
    await running.until(START + 6 * HOUR)
    assert running.runs == [START, START + 6 * HOUR]


async def test_a_queue_without_instances_runs_again_from_its_next_moment_once_it_has_one(
    running: Days, nightly: Queue, living_room: Instance
) -> None:
    QueueInstance.delete().execute()
    await running.until(START + 5 * HOUR)
    assert running.runs == [START]
    Queue.get_by_id(nightly.id).alter(running.clock.now(), {"name": "Evening"}, [living_room.id])
    await running.until(START + 6 * HOUR)
    assert running.runs == [START, START + 6 * HOUR]


async def test_a_missed_run_waits_for_the_hours_of_its_queue(
    days: Days, nightly: Queue, beside: Callable[..., Queue]
) -> None:
    """They begin at 22:00, which is 20:00 UTC."""
    nights = daily("03:00", hours=("22:00", "07:00"))
    for queue in (nightly, beside("Other")):
        queue.change(schedule_json=nights)
        queue.start(START)
    opens = START.replace(hour=20)
    await days.until(opens)
    await days.restart(START + DAY)
    await days.until(opens + DAY + HOUR)
    assert days.runs[:2] == [opens, opens]
    assert days.runs[2:] == [opens + DAY + MINUTE, opens + DAY + 2 * MINUTE]


async def test_a_killed_run_is_not_begun_again_by_the_restart(days: Days, nightly: Queue) -> None:
    nightly.start(START)
    assert nightly.claim(START)
    assert Run.start(nightly, START, trigger="schedule")
    await days.restart(START + 10 * MINUTE)
    await days.until(START + 2 * HOUR)
    assert days.runs == [START, START + 2 * HOUR]
    assert [run.state for run in Run.select().order_by(Run.id)] == ["interrupted", "finished"]


async def test_a_held_run_whose_retry_passed_while_down_is_tried_once(running: Days) -> None:
    queue = Queue.get()
    queue.try_again(START + 20 * MINUTE)
    await running.restart(START + HOUR)
    await running.until(START + 100 * MINUTE)
    assert running.runs == [START, START + HOUR + MINUTE]
    assert Queue.get().next_run_at == START + 2 * HOUR


async def test_a_run_by_hand_makes_up_for_what_was_missed(running: Days) -> None:
    back = START + 5 * HOUR
    await running.restart(back)
    assert await begin(running.scheduler, Queue.get())
    while running.engine.busy:
        await asyncio.sleep(0)
    await running.until(back + 30 * MINUTE)
    assert running.runs == [START, back]
