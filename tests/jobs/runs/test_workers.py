"""A worker that dies is noticed, logged, shown, and restarted; the tick goes on."""

import asyncio
from datetime import timedelta

import pytest

from jobs.engine import Engine
from jobs.runs import carry_out
from jobs.scheduler import Scheduler
from jobs.sync import sync
from models.backlog.snapshots import Snapshot
from models.instances import Instance
from models.instances.faults import InstanceFault
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.asking import begin
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock
from tests.fakes.traps import trap, unwritable
from tests.jobs.faults.acting import now
from tests.timing import every

BROKEN = "Something went wrong in the program itself; its log says what."


@pytest.fixture
def scheduler(engine: Engine) -> Scheduler:
    return Scheduler(engine)


async def tick(scheduler: Scheduler) -> None:
    await scheduler.tick()
    while scheduler.engine.busy:
        await asyncio.sleep(0)


async def dies() -> None:
    raise RuntimeError("a bug")


async def test_a_worker_that_dies_leaves_a_sentence_on_its_instance(
    engine: Engine, living_room: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    engine.spawn("care-1", dies(), about=living_room)
    while engine.busy:
        await asyncio.sleep(0)
    row = now(living_room)
    assert (row.fault_code, row.fault) == ("broken", BROKEN)
    assert row.retry_at == engine.clock.now() + timedelta(seconds=30)
    assert "care-1 failed" in caplog.text
    assert "a bug" in caplog.text


async def test_a_full_disk_is_no_fault_of_the_instance_and_fills_no_log(
    engine: Engine, living_room: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    async def writes() -> None:
        with unwritable():
            living_room.change(downloads=7)

    engine.spawn("care-1", writes(), about=living_room)
    while engine.busy:
        await asyncio.sleep(0)
    assert now(living_room).fault is None
    assert "care-1 was not done, as the database could not be written: " in caplog.text
    assert "Traceback" not in caplog.text


async def test_an_instance_whose_worker_died_is_cared_for_again(
    scheduler: Scheduler, engine: Engine, living_room: Instance, clock: FastClock
) -> None:
    engine.spawn("sync-1", dies(), about=living_room)
    for _ in range(3):
        await tick(scheduler)
        clock.advance(minutes=1)
    row = now(living_room)
    assert row.fault is None
    assert row.synced_at is not None


@pytest.mark.long
async def test_a_sync_that_always_dies_is_tried_with_back_off_and_others_are_synced(
    scheduler: Scheduler,
    living_room: Instance,
    cinema: Instance,
    sonarr: FakeArr,
    clock: FastClock,
) -> None:
    """A bug that one library meets must not fetch it four times a minute."""
    trap("INSERT", "items", when=f"NEW.instance_id = {living_room.id}")
    for _ in range(8 * 60):
        await tick(scheduler)
        clock.advance(minutes=1)
    readings = [seen for seen in sonarr.log if "wanted" in seen.path]
    assert 3 <= len(readings) <= 25
    assert now(cinema).synced_at is not None
    assert InstanceFault.get(kind="program").failures >= 3


async def test_a_run_that_nobody_carries_out_is_ended_and_said_to_be(
    scheduler: Scheduler, engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    run = Run.start(nightly, engine.clock.now(), trigger="schedule", owner=engine.replica)
    assert run
    await tick(scheduler)
    run = Run.get_by_id(run.id)
    assert (run.state, run.note) == ("interrupted", BROKEN)
    assert Run.start(nightly, engine.clock.now(), trigger="schedule", owner=engine.replica)


async def test_a_run_that_is_carried_out_is_left_alone(
    scheduler: Scheduler, engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    run = await begin(scheduler, nightly, trigger="person")
    assert run is not None
    await scheduler.tick()
    while engine.busy:
        await asyncio.sleep(0)
    assert Run.get_by_id(run.id).state == "finished"


async def test_a_search_that_nobody_follows_is_followed_to_its_end(
    scheduler: Scheduler, engine: Engine, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    await sync(engine, nightly.instances[0])
    run = Run.start(nightly, clock.now(), trigger="person")
    assert run
    worker = engine.spawn(f"run-{run.id}", carry_out(engine, run))
    while not Search.select().exists():
        await asyncio.sleep(0)
    worker.cancel()
    while engine.busy:
        await asyncio.sleep(0)
    assert Search.get().state in ("sending", "sent")
    await tick(scheduler)
    assert (Search.get().state, Run.get().state) == ("done", "interrupted")
    assert len(sonarr.commands) == 1


async def test_a_search_that_is_followed_is_not_followed_twice(
    scheduler: Scheduler, engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(batch_size=1)
    await sync(engine, nightly.instances[0])
    await begin(scheduler, nightly, trigger="person")
    while engine.busy:
        await scheduler.tick()
        await asyncio.sleep(0)
    assert len(sonarr.commands) == 1
    assert not engine.runs("recovery-1")
    assert Search.get().outcome == "nothing"


async def test_a_queue_that_cannot_be_begun_spares_the_other_queues(
    scheduler: Scheduler,
    engine: Engine,
    nightly: Queue,
    cinema: Instance,
    radarr: FakeArr,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = Queue.create(
        owner=nightly.owner,
        name="Films",
        key="films",
        strategy="missing",
        batch_size=1,
        schedule_json=every(60),
        created_at=engine.clock.now(),
    )
    other.serve([cinema])
    nightly.start(engine.clock.now() - timedelta(minutes=1))
    trap("UPDATE", "queues", when=f"NEW.id = {nightly.id}")
    other.start(engine.clock.now())
    await tick(scheduler)
    assert len(radarr.commands) == 1
    assert "queue-1 failed" in caplog.text


async def test_what_breaks_on_one_instance_lets_the_others_finish_their_share(
    engine: Engine,
    scheduler: Scheduler,
    nightly: Queue,
    living_room: Instance,
    cinema: Instance,
    sonarr: FakeArr,
    radarr: FakeArr,
) -> None:
    nightly.serve([living_room, cinema])
    nightly.change(batch_size=20)
    for instance in (living_room, cinema):
        await sync(engine, instance)
    trap("INSERT", "searches", when=f"NEW.instance_id = {living_room.id}")
    run = await begin(scheduler, nightly)
    assert run is not None
    while engine.busy:
        await asyncio.sleep(0)
    assert sonarr.commands == []
    assert len(radarr.commands) >= 1
    assert all(search.state == "done" for search in Search.select())
    assert (Run.get_by_id(run.id).state, Run.get_by_id(run.id).note) == ("interrupted", BROKEN)


async def test_a_snapshot_table_in_trouble_does_not_stop_the_tick(
    scheduler: Scheduler, engine: Engine, living_room: Instance, nightly: Queue
) -> None:
    await sync(engine, living_room)
    Snapshot._meta.database.execute_sql("DROP TABLE snapshots")
    living_room.change(synced_at=None)
    nightly.start(engine.clock.now())
    await tick(scheduler)
    assert now(living_room).fault_code == "broken"
    assert Run.select().exists()
