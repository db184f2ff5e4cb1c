"""Queues that want the same budget: each gets its share, and none starves."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from jobs.demo.sizes import Size
from jobs.engine import Engine
from jobs.engine.lanes import Lane
from jobs.runs.gating import is_still_held
from jobs.scheduler import Scheduler
from models.budgets.shares import stand_in_line
from models.database.fields import to_ms
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.arr import FakeArr, Response
from tests.fakes.clock import FastClock
from tests.models.budgets.test_budgets import spend
from tests.timing import every

pytestmark = pytest.mark.long

STEP = timedelta(minutes=15)


@pytest.fixture
def plenty(engine: Engine, clock: FastClock) -> FakeArr:
    """A server behind `living_room` that wants more than a day's budget."""
    fake = FakeArr("sonarr", size=Size(300, 100, searched=0, history=0), now=clock.now)
    engine.door.inside = {"sonarr": fake, "radarr": fake}
    return fake


def rival(queue: Queue, name: str = "Rival", **facts: object) -> Queue:
    """Another queue on the same instances."""
    made = Queue.create(
        owner=queue.owner,
        name=name,
        key=name.lower(),
        created_at=queue.created_at,
        **{"strategy": "missing", "batch_size": 5, "schedule_json": every(120)} | facts,
    )
    made.serve(queue.instances)
    return made


async def during(hours: int, engine: Engine, queues: list[Queue]) -> Counter[str]:
    """How many searches each queue sent."""
    scheduler = Scheduler(engine)
    end = engine.clock.now() + timedelta(hours=hours)
    for queue in queues:
        queue.start(engine.clock.now())
    while engine.clock.now() < end:
        await scheduler.tick()
        while engine.busy:
            await asyncio.sleep(0)
        engine.clock.advance(seconds=STEP.total_seconds())
    return Counter(row.queue_name for row in Search.select().where(Search.cost > 0))


async def test_two_equal_queues_share_a_small_budget_evenly_and_only_their_moments_write_a_run(
    engine: Engine, nightly: Queue, living_room: Instance, plenty: FakeArr
) -> None:
    """Each has six moments, and once or twice an hour there is room for a search of one."""
    living_room.change(hourly_budget=2, daily_budget=1000)
    sent = await during(12, engine, [nightly, rival(nightly)])
    assert sum(sent.values()) >= 22
    assert 0.6 <= sent["Nightly"] / sent["Rival"] <= 1.6
    assert Run.select().count() <= 2 * 6 + sum(sent.values()) + 4


async def test_a_queue_of_three_times_the_weight_gets_about_three_times_as_much(
    engine: Engine, nightly: Queue, living_room: Instance, plenty: FakeArr
) -> None:
    living_room.change(hourly_budget=2, daily_budget=1000)
    nightly.change(weight=3)
    sent = await during(12, engine, [nightly, rival(nightly)])
    assert sent["Rival"] >= 5
    assert 2.4 <= sent["Nightly"] / sent["Rival"] <= 3.6


async def test_a_greedy_queue_does_not_starve_a_modest_one(
    engine: Engine, nightly: Queue, living_room: Instance, plenty: FakeArr
) -> None:
    """One asks for fifty every quarter of an hour, the other for two every four hours."""
    living_room.change(hourly_budget=3, daily_budget=1000)
    nightly.change(batch_size=50, schedule_json=every(15))
    modest = rival(nightly, "Modest", batch_size=2, schedule_json=every(240))
    sent = await during(12, engine, [nightly, modest])
    assert sent["Modest"] >= 4
    assert sent["Nightly"] >= sent["Modest"]


async def test_the_day_budget_of_the_household_is_shared_between_instances(
    engine: Engine, nightly: Queue, living_room: Instance, cinema: Instance, clock: FastClock
) -> None:
    size = Size(200, 50, searched=0, history=0)
    fakes = {name: FakeArr(name, size=size, now=clock.now) for name in ("sonarr", "radarr")}
    engine.door.inside = fakes
    Household.current().change(hourly_budget=4)
    films = rival(nightly, "Films")
    films.serve([cinema])
    sent = await during(8, engine, [nightly, films])
    assert 0.6 <= sent["Nightly"] / sent["Films"] <= 1.6


async def test_a_queue_whose_instance_is_down_keeps_no_budget_from_others(
    engine: Engine, nightly: Queue, living_room: Instance, cinema: Instance, clock: FastClock
) -> None:
    size = Size(200, 50, searched=0, history=0)
    fakes = {name: FakeArr(name, size=size, now=clock.now) for name in ("sonarr", "radarr")}
    fakes["sonarr"].before = lambda seen: Response(503, b"starting")
    engine.door.inside = fakes
    Household.current().change(hourly_budget=10)
    nightly.change(batch_size=20)
    films = rival(nightly, "Films", batch_size=3, schedule_json=every(30))
    films.serve([cinema])
    sent = await during(6, engine, [nightly, films])
    assert sent["Nightly"] == 0
    assert sent["Films"] >= 6 * 2 * 3


async def test_what_one_moment_left_keeps_its_place_and_is_searched(
    engine: Engine, nightly: Queue, living_room: Instance, plenty: FakeArr
) -> None:
    """One asks for four a day, the other for fifty every quarter of an hour."""
    living_room.change(hourly_budget=3, daily_budget=1000)
    nightly.change(batch_size=50, schedule_json=every(15))
    seldom = rival(nightly, "Seldom", strategy="cutoff", batch_size=4, schedule_json=every(24 * 60))
    sent = await during(8, engine, [nightly, seldom])
    assert sent["Seldom"] == 4


@pytest.fixture
def waiting(nightly: Queue, living_room: Instance) -> Queue:
    """Its run was held by the budget of the hour, which has room again in forty minutes."""
    nightly.change(
        started_at=START, next_run_at=START + timedelta(hours=2), retry_at=START, batch_size=5
    )
    living_room.change(hourly_budget=2, checked_at=START)
    stand_in_line(nightly, {living_room.id: 1})
    spend(living_room, timedelta(minutes=20), timedelta(minutes=15))
    return nightly


def now_of(queue: Queue) -> Queue:
    return Queue.get_by_id(queue.id)


def test_an_attempt_is_put_off_to_when_there_is_room(waiting: Queue) -> None:
    assert is_still_held(waiting, START)
    assert now_of(waiting).retry_at == START + timedelta(minutes=40)
    waiting.change(next_run_at=START + timedelta(minutes=30), retry_at=START)
    assert is_still_held(waiting, START)
    assert now_of(waiting).retry_at is None


@pytest.mark.parametrize(
    "facts",
    [
        {"next_run_at": START},
        {"schedule_json": every(120, hours=("22:00", "07:00"))},
    ],
)
def test_a_moment_of_the_schedule_has_its_run_whatever_the_budget(
    facts: dict[str, object], waiting: Queue
) -> None:
    waiting.change(**facts)
    assert not is_still_held(waiting, START)


@pytest.mark.parametrize("facts", [{"hourly_budget": 3}, {"fault": "down"}, {"disabled_at": START}])
def test_a_run_begins_when_there_is_room_or_something_else_to_say(
    facts: dict[str, object], waiting: Queue, living_room: Instance
) -> None:
    living_room.change(**facts)
    assert not is_still_held(waiting, START)


def test_who_never_stood_in_line_is_not_put_off(waiting: Queue) -> None:
    stand_in_line(waiting, {})
    assert not is_still_held(waiting, START)


async def test_no_hour_and_no_day_holds_more_than_its_budget(
    engine: Engine, nightly: Queue, living_room: Instance, plenty: FakeArr
) -> None:
    living_room.change(hourly_budget=3, daily_budget=20)
    await during(26, engine, [nightly, rival(nightly)])
    times = sorted(to_ms(row.created_at) for row in Search.select())
    for span, limit in ((3_600_000, 3), (86_400_000, 20)):
        for start in times:
            assert sum(start <= at < start + span for at in times) <= limit


async def test_the_least_served_has_the_next_turn_in_a_lane() -> None:
    lane, order = Lane(), []

    async def work(name: str, share: float) -> None:
        async with lane.turn(share):
            order.append(name)
            await asyncio.sleep(0)

    await asyncio.gather(work("first", 9), work("much", 5), work("least", 0), work("some", 2))
    assert order == ["first", "least", "some", "much"]


async def test_a_waiter_that_gives_up_leaves_its_turn_to_the_next() -> None:
    lane, order = Lane(), []

    async def work(name: str) -> None:
        async with lane.turn():
            order.append(name)
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(work(name)) for name in ("a", "b", "c")]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == ["a", "c"]
    assert not lane.busy


async def test_a_worker_that_dies_in_its_turn_frees_the_lane() -> None:
    lane = Lane()
    with pytest.raises(RuntimeError):
        async with lane.turn():
            raise RuntimeError
    assert not lane.busy
