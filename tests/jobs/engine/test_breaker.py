"""The circuit breaker of an instance: when it opens, how it is asked meanwhile, when it closes."""

import itertools
from datetime import timedelta

import pytest

from jobs.engine import Engine
from jobs.scheduler import Scheduler
from jobs.sync import probe, sync
from models.happenings import Happening
from models.instances import Instance
from models.instances.faults import InstanceFault
from models.queues import Queue
from models.searches.runs import Run
from tests.fakes.arr import FakeArr, Response
from tests.fakes.clock import FastClock
from tests.jobs.faults.acting import now, run

GONE = Response(503, {"message": "starting"})


async def fail(engine: Engine, instance: Instance, sonarr: FakeArr, times: int) -> None:
    sonarr.before = lambda seen: GONE
    for _ in range(times):
        await probe(engine, instance)
    sonarr.before = None


@pytest.mark.parametrize("failures", [1, 2])
async def test_below_three_failures_one_good_answer_is_enough(
    engine: Engine, living_room: Instance, sonarr: FakeArr, failures: int
) -> None:
    await fail(engine, living_room, sonarr, failures)
    assert living_room.fault is not None
    assert await probe(engine, living_room) is None
    assert living_room.fault is None


async def test_after_three_failed_probes_it_takes_two_good_ones(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await fail(engine, living_room, sonarr, 3)
    await probe(engine, living_room)
    assert living_room.fault == "Living room answers again; searches go on after one more answer."
    assert living_room.retry_at == engine.clock.now() + timedelta(seconds=30)
    await probe(engine, living_room)
    assert (living_room.fault, living_room.faulty_since, living_room.retry_at) == (None,) * 3


async def test_a_failure_between_two_good_probes_begins_the_count_anew(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await fail(engine, living_room, sonarr, 3)
    await probe(engine, living_room)
    await fail(engine, living_room, sonarr, 1)
    await probe(engine, living_room)
    assert living_room.fault is not None
    await probe(engine, living_room)
    assert living_room.fault is None


async def test_probes_go_on_with_back_off_and_never_end(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    scheduler = Scheduler(engine)
    sonarr.before = lambda seen: GONE
    for _ in range(6 * 60):
        await scheduler.tick()
        while engine.busy:
            await clock.rest(0)
        clock.advance(minutes=1)
    gaps = [later.at - earlier.at for earlier, later in itertools.pairwise(sonarr.log)]
    assert gaps == sorted(gaps)
    assert timedelta(minutes=30) <= max(gaps) <= timedelta(minutes=31)
    assert 12 <= len(sonarr.log) <= 20


async def test_the_row_says_what_is_wrong_since_when_and_when_it_is_asked_again(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    began = clock.now()
    await fail(engine, living_room, sonarr, 1)
    clock.advance(minutes=3)
    await fail(engine, living_room, sonarr, 2)
    row = now(living_room)
    assert row.fault == "Living room (Sonarr) is starting up."
    assert row.faulty_since == began
    assert row.retry_at > clock.now()
    assert row.state == "faulty"


async def test_an_open_breaker_holds_the_run_and_never_pauses_the_queue(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    nightly.start(clock.now())
    nightly.claim(clock.now())
    await sync(engine, living_room)
    await fail(engine, living_room, sonarr, 5)
    held = await run(engine, nightly)
    queue = Queue.get_by_id(nightly.id)
    assert (held.state, held.note) == ("held", "Living room (Sonarr) is starting up.")
    assert queue.paused_at is None
    assert clock.now() < queue.due_at <= clock.now() + timedelta(minutes=30)


async def test_after_an_outage_searches_go_on_by_themselves(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    scheduler = Scheduler(engine)
    nightly.start(clock.now())
    sonarr.before = lambda seen: GONE
    for minute in range(180):
        if minute == 60:
            sonarr.before = None
        await scheduler.tick()
        while engine.busy:
            await clock.rest(0)
        clock.advance(minutes=1)
    assert Happening.select().where(Happening.kind == "run-held").count() == 1
    assert [each.state for each in Run.select()] == ["finished", "finished"]
    assert len(sonarr.commands) >= 5


async def test_a_person_who_tests_the_connection_twice_closes_it_at_once(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr
) -> None:
    await fail(engine, living_room, sonarr, 8)
    await probe(engine, living_room)
    await probe(engine, living_room)
    finished = await run(engine, nightly)
    assert finished.state == "finished"


async def test_an_instance_that_answers_probes_only_is_read_more_and_more_seldom(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    """Its status is fine, its lists are an error: that must not be asked twice a minute."""
    scheduler = Scheduler(engine)
    sonarr.before = lambda seen: Response(500, {}) if "wanted" in seen.path else None
    for _ in range(4 * 60):
        await scheduler.tick()
        while engine.busy:
            await clock.rest(0)
        clock.advance(minutes=1)
    readings = [seen for seen in sonarr.log if "wanted" in seen.path]
    assert 3 <= len(readings) <= 15
    assert len(sonarr.log) <= 150
    assert now(living_room).fault is not None


async def test_lists_that_can_be_read_again_wipe_the_slate(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await fail(engine, living_room, sonarr, 6)
    await probe(engine, living_room)
    await probe(engine, living_room)
    assert await sync(engine, living_room) is None
    assert not InstanceFault.select().exists()


async def test_what_other_tasks_counted_is_not_forgotten(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    """Two tasks each hold the row as they read it; both failures count."""
    other = now(living_room)
    await fail(engine, living_room, sonarr, 2)
    await fail(engine, other, sonarr, 1)
    assert InstanceFault.get().failures == 3
