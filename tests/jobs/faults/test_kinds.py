"""Faults are kept by what failed: a success clears its own kind, and no other."""

from datetime import timedelta

import pytest

from jobs.arr import Fault
from jobs.engine import Engine
from jobs.engine.retries import note_fault
from jobs.runs.gating import try_again
from jobs.scheduler import Scheduler
from jobs.searches.fates import follow
from jobs.sync import probe, sync
from jobs.sync.conditions import ask
from models.instances import Instance
from models.instances.faults import ASKED, KINDS, InstanceFault, forget
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock
from tests.jobs.faults.acting import now, run

BROKEN_ROW = Response(500, {"message": "database disk image is malformed", "description": ""})


def note(engine: Engine, instance: Instance, kind: str) -> None:
    note_fault(instance, kind, Fault("timeout", f"The {kind} failed."), engine.clock.now())


def kinds() -> set[str]:
    return {row.kind for row in InstanceFault.select()}


def broken_list(seen: Seen) -> Response | None:
    return BROKEN_ROW if seen.path.endswith("wanted/missing") else None


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "status"])
async def test_a_good_probe_clears_no_other_fault(
    engine: Engine, living_room: Instance, clock: FastClock, kind: str
) -> None:
    began = clock.now()
    note(engine, living_room, kind)
    clock.advance(hours=1)
    await probe(engine, living_room)
    assert kinds() == {kind}
    assert (now(living_room).fault, now(living_room).faulty_since) == (
        f"The {kind} failed.",
        began,
    )


async def test_a_list_that_cannot_be_read_stays_a_fault_however_well_the_rest_answers(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    sonarr.before = broken_list
    began = clock.now()
    await sync(engine, living_room)
    for _ in range(3):
        clock.advance(minutes=20)
        await probe(engine, living_room)
        await ask(engine, living_room, anew=True)
        await try_again(engine, living_room)
    assert kinds() == {"lists"}
    row = now(living_room)
    assert row.state == "faulty" and "500" in row.fault
    assert row.faulty_since - began < timedelta(minutes=1)
    sonarr.before = None
    clock.advance(hours=1)
    await try_again(engine, living_room)
    assert (kinds(), now(living_room).fault) == (set(), None)


async def test_each_success_clears_its_own_kind(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    for kind in ("conditions", "history"):
        note(engine, living_room, kind)
    await ask(engine, living_room, anew=True)
    assert kinds() == {"history"}
    living_room.change(conditions_at=None)
    forget(living_room, engine.clock.now())
    assert (kinds(), living_room.fault) == (set(), None)
    note(engine, living_room, "lists")
    note(engine, living_room, "history")
    assert await sync(engine, living_room) is None
    assert kinds() == {"history"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ASKED])
async def test_what_only_its_use_can_tell_is_tried_when_the_time_has_come(
    engine: Engine, living_room: Instance, clock: FastClock, kind: str
) -> None:
    """Tried once more it fails: that is the second time, and it began with the first."""
    began = clock.now()
    note(engine, living_room, kind)
    await try_again(engine, living_room)
    assert now(living_room).fault
    clock.advance(seconds=31)
    await try_again(engine, living_room)
    assert now(living_room).fault is None
    note(engine, living_room, kind)
    row = now(living_room)
    assert row.faulty_since == began
    assert row.retry_at == clock.now() + timedelta(seconds=60)


async def test_the_fault_that_explains_the_others_is_the_one_that_is_shown(
    engine: Engine, living_room: Instance
) -> None:
    for kind in ("history", "sending", "lists", "status"):
        note(engine, living_room, kind)
    assert now(living_room).fault == "The status failed."
    await probe(engine, living_room)
    assert now(living_room).fault == "The lists failed."


async def test_a_command_that_is_taken_clears_the_fault_of_sending(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    sonarr.fail_next("/api/v3/command", status=403)
    assert (await run(engine, nightly)).state == "held"
    assert kinds() == {"sending"}
    clock.advance(seconds=31)
    await run(engine, nightly)
    assert kinds() == set()


async def test_one_passing_fault_costs_a_run_half_a_minute(
    engine: Engine, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    scheduler, began = Scheduler(engine), clock.now()
    nightly.start(began)
    sonarr.fail_next("/api/v3/command", status=502)
    while Search.select().where(Search.cost > 0).count() < 5:
        await scheduler.tick()
        while engine.busy:
            await clock.rest(0)
        clock.advance(seconds=5)
        assert clock.now() - began < timedelta(minutes=8)
    sent = [each.created_at for each in Search.select().order_by(Search.id)]
    assert Run.get().state == "finished"
    assert sent[1] - sent[0] <= timedelta(seconds=45)


async def test_one_garbled_answer_after_a_search_is_asked_for_again(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(batch_size=1)
    garbled = [Response(200, b'{"id": 7, "lastSea', {"Content-Type": "application/json"})]

    def garble(seen: Seen) -> Response | None:
        after = bool(sonarr.commands) and seen.method == "GET" and "/command" not in seen.path
        return garbled.pop() if after and garbled else None

    sonarr.before = garble
    await run(engine, nightly)
    assert (garbled, Search.get().outcome) == ([], "nothing")


async def test_a_history_that_answers_again_clears_its_fault(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr
) -> None:
    sonarr.find(*sonarr.world.items)
    nightly.change(batch_size=1)
    await run(engine, nightly)
    note(engine, living_room, "history")
    await follow(engine, living_room)
    assert kinds() == set()
