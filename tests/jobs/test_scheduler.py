"""The tick: what is due is claimed and begun, once."""

import asyncio
from datetime import timedelta

import pytest

from jobs.engine import Engine
from jobs.scheduler import Scheduler
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches.runs import Run
from tests.asking import begin
from tests.conftest import START
from tests.fakes.arr import FakeArr, Response
from tests.fakes.clock import FastClock


@pytest.fixture
def scheduler(engine: Engine) -> Scheduler:
    return Scheduler(engine)


async def settle(engine: Engine) -> None:
    """Until all that was begun has ended."""
    while engine.busy:
        await asyncio.sleep(0)


async def test_a_due_queue_runs_once_and_moves_on(
    scheduler: Scheduler, engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.start(START)
    await scheduler.tick()
    await scheduler.tick()
    await settle(engine)
    assert Run.select().count() == 1
    assert len(sonarr.commands) == 5
    assert Queue.get_by_id(nightly.id).next_run_at == START + timedelta(hours=2)


async def test_a_queue_that_nobody_started_never_runs(
    scheduler: Scheduler, engine: Engine, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    clock.advance(days=3)
    await scheduler.tick()
    await settle(engine)
    assert sonarr.commands == []


async def test_a_paused_queue_waits(
    scheduler: Scheduler, engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.start(START)
    nightly.pause(START)
    await scheduler.tick()
    await settle(engine)
    assert sonarr.commands == []


async def test_nothing_is_begun_while_everything_is_on_hold(
    scheduler: Scheduler, engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    Household.current().change(held_at=START)
    nightly.start(START)
    await scheduler.tick()
    await settle(engine)
    assert sonarr.commands == []
    assert Queue.get_by_id(nightly.id).next_run_at == START


async def test_many_missed_moments_are_one_run(
    scheduler: Scheduler, engine: Engine, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    nightly.start(START)
    clock.advance(hours=13)
    await scheduler.tick()
    await settle(engine)
    assert Run.select().count() == 1
    assert Queue.get_by_id(nightly.id).next_run_at == START + timedelta(hours=14)


async def test_a_clock_set_back_neither_repeats_nor_loses_a_run(
    scheduler: Scheduler, engine: Engine, nightly: Queue, clock: FastClock
) -> None:
    nightly.start(START)
    await scheduler.tick()
    await settle(engine)
    clock.present = START - timedelta(hours=1)
    await scheduler.tick()
    await settle(engine)
    assert Run.select().count() == 1
    assert Queue.get_by_id(nightly.id).next_run_at == START + timedelta(hours=2)


async def test_only_runs_after_the_first_are_called_on_schedule(
    scheduler: Scheduler, engine: Engine, nightly: Queue, clock: FastClock
) -> None:
    nightly.start(START)
    await scheduler.tick()
    await settle(engine)
    clock.present = START + timedelta(hours=2)
    await scheduler.tick()
    await settle(engine)
    runs = Run.select().order_by(Run.id)
    assert [run.how for run in runs] == ["first run", "on schedule"]


async def test_a_queue_still_running_is_not_begun_again(
    scheduler: Scheduler, engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.start(START)
    assert await begin(scheduler, nightly, trigger="person")
    assert (await begin(scheduler, nightly, trigger="schedule")) is None
    await settle(engine)
    assert len(sonarr.commands) == 5


async def test_items_wake_as_time_passes(
    scheduler: Scheduler, engine: Engine, living_room: Instance, clock: FastClock
) -> None:
    await sync(engine, living_room)
    item = Item.select().where(Item.reason == Reason.ELIGIBLE).first()
    until = clock.now() + timedelta(days=7)
    item.change(cooldown_until=until, reason=Reason.COOLDOWN, eligible_at=until)
    await scheduler.tick()
    await settle(engine)
    assert Item.get_by_id(item.id).reason == Reason.COOLDOWN
    clock.present = until
    await scheduler.tick()
    await settle(engine)
    assert Item.get_by_id(item.id).reason == Reason.ELIGIBLE
    await settle(engine)


async def test_an_instance_that_came_back_is_noticed(
    scheduler: Scheduler, engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    sonarr.before = lambda seen: Response(503, {"errorMessage": "starting"})
    await sync(engine, living_room)
    assert living_room.fault_code == "starting"
    sonarr.before = None
    await scheduler.tick()
    await settle(engine)
    assert Instance.get_by_id(living_room.id).fault is not None
    clock.advance(minutes=1)
    await scheduler.tick()
    await settle(engine)
    assert Instance.get_by_id(living_room.id).fault is None


async def test_an_idle_day_takes_few_requests(
    scheduler: Scheduler, engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    await sync(engine, living_room)
    sonarr.log.clear()
    for _ in range(24 * 12):
        clock.advance(minutes=5)
        await scheduler.tick()
        await settle(engine)
    assert len(sonarr.log) <= 200


async def test_a_stop_finishes_the_search_in_flight_and_begins_no_other(
    scheduler: Scheduler, engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    def stop(seen: object) -> Response | None:
        if getattr(seen, "method", "") == "POST":
            engine.clock.stopping.set()
        return None

    sonarr.before = stop
    await begin(scheduler, nightly, trigger="person")
    await settle(engine)
    await scheduler.stop()
    run = Run.get()
    assert len(sonarr.commands) == 1
    assert (run.state, run.note) == ("interrupted", "The program was stopped.")
    assert [search.outcome for search in run.searches] == ["nothing"]
