"""The plan of the house: made once, kept for a while, made anew when something has changed."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from jobs.demo import Size
from jobs.engine import Engine
from jobs.plans import Plans
from jobs.scheduler import Scheduler
from jobs.sync import sync
from models.instances import Instance
from models.planning.plans import Served
from models.queues import Queue
from models.searches import Search
from models.users import User
from tests.conftest import START
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock
from tests.timing import every, plan
from tests.wanted import wanted

LATER = START + timedelta(minutes=11)


@pytest.fixture
def plans(engine: Engine, nightly: Queue, living_room: Instance) -> Plans:
    """Of the nightly queue, running, and 130 items."""
    nightly.start(START)
    living_room.change(synced_at=START - timedelta(days=1))
    for _ in range(130):
        wanted(living_room)
    return Plans(engine)


async def test_a_plan_is_kept_for_ten_minutes(plans: Plans, living_room: Instance) -> None:
    plan, is_being_made = await plans.of_house(START)
    assert plan and not is_being_made
    wanted(living_room)
    assert (await plans.of_house(START + timedelta(minutes=9)))[0] is plan
    later, _ = await plans.of_house(LATER)
    assert later and later.outlooks[1].items == 131


async def test_a_changed_setting_makes_it_anew_from_the_same_count(
    plans: Plans, nightly: Queue, living_room: Instance
) -> None:
    before, _ = await plans.of_house(START)
    wanted(living_room)
    nightly.change(batch_size=10)
    after, _ = await plans.of_house(START)
    assert before and after and after.at == before.at
    assert after.outlooks[1].batch == 10
    assert after.outlooks[1].items == 130


async def test_whoever_does_not_wait_gets_the_latest(plans: Plans, nightly: Queue) -> None:
    assert await plans.glance(nightly, START) == (None, None)
    plan, _ = await plans.of_house(START)
    assert await plans.glance(nightly, START) == (plan, plan and plan.outlooks[1])


async def test_a_queue_in_its_form_is_planned_beside_the_others(
    plans: Plans, nightly: Queue, living_room: Instance
) -> None:
    typed = Queue(**nightly.__data__ | {"id": None, "next_run_at": None, "started_at": None})
    draft = await plans.of_one(Served(typed, [living_room]), START)
    assert draft.outlook.number == 0
    assert set(draft.plan.outlooks) == {0, 1}
    more, oftener = draft.changes
    assert (more.kind, more.value) == ("batch_size", 10)
    assert (oftener.kind, oftener.value) == ("schedule", "Every hour")
    assert more.outlook.days and draft.outlook.days and more.outlook.days < draft.outlook.days


async def test_a_changed_schedule_is_planned_as_saving_it_would_leave_it(
    plans: Plans, nightly: Queue, living_room: Instance
) -> None:
    weekly = plan(kind="weekly", weekdays=(6,), times=("03:00",))
    nightly.change(schedule=weekly, last_moment_at=START - timedelta(days=1))
    nightly.plan_anew(START)
    draft = await plans.of_one(Served(nightly, [living_room]), START)
    (daily,) = (each.outlook for each in draft.changes if each.kind == "schedule")
    assert (daily.runs_a_day, round(daily.a_day), daily.bound.kind) == (1, 5, "schedule")


async def test_a_queue_that_is_changed_is_planned_once(plans: Plans, nightly: Queue) -> None:
    typed = Queue(**nightly.__data__ | {"schedule": every(15), "batch_size": 50})
    draft = await plans.of_one(Served(typed, nightly.instances), START)
    assert set(draft.plan.outlooks) == {1}
    assert draft.outlook.runs_a_day == pytest.approx(96)
    assert not draft.changes


@pytest.mark.parametrize("daily_budget", [100, 24])
async def test_the_plan_is_what_the_engine_then_does(
    daily_budget: int,
    engine: Engine,
    nightly: Queue,
    living_room: Instance,
    clock: FastClock,
    alice: User,
) -> None:
    """For two days, with a second queue on the same budget."""
    fake = FakeArr("sonarr", size=Size(400, 300, searched=0, history=0), now=clock.now)
    engine.transport.demo = {"sonarr": fake, "radarr": fake}
    await sync(engine, living_room)
    living_room.change(daily_budget=daily_budget)
    nightly.start(clock.now())
    rival = Queue.create(**nightly.__data__ | {"id": None, "name": "B", "key": "b"})
    rival.change(strategy="cutoff", batch_size=4)
    rival.serve([living_room])
    plan, _ = await Plans(engine).of_house(clock.now())
    assert plan
    sent = await _played(engine, clock, hours=48)
    for queue in (nightly, rival):
        a_day = sent[queue.name] / 2
        assert plan.outlooks[queue.id].a_day == pytest.approx(a_day, rel=0.25), queue.name
    assert sum(sent.values()) / 2 == pytest.approx(plan.house.a_day, rel=0.15)


async def _played(engine: Engine, clock: FastClock, hours: int) -> Counter[str]:
    scheduler, end = Scheduler(engine), clock.now() + timedelta(hours=hours)
    while clock.now() < end:
        await scheduler.tick()
        while engine.busy:
            await asyncio.sleep(0)
        clock.advance(seconds=100)
    return Counter(row.queue_name for row in Search.select().where(Search.cost > 0))
