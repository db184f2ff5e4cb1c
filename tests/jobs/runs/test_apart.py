"""Runs over instances that want the same titles of the same indexers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from jobs.engine import Engine
from jobs.runs import carry_out
from jobs.scheduler import Scheduler
from jobs.searches import run_errand
from jobs.searches.errands import Errand
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.batches.apart import GAP
from models.database import Database
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.asking import People, begin
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock


@pytest.fixture
async def engine(
    db: Database, clock: FastClock, sonarr: FakeArr, radarr: FakeArr
) -> AsyncIterator[Engine]:
    more = {"upstairs": FakeArr("sonarr", now=clock.now), "ultra": FakeArr("radarr", now=clock.now)}
    made = Engine(clock=clock, demo={"sonarr": sonarr, "radarr": radarr, **more})
    yield made
    await made.stop()


@pytest.fixture
async def both(engine: Engine, living_room: Instance, nightly: Queue) -> Queue:
    """Alice's queue over two instances that list the same episodes and the same indexers."""
    told = living_room.__data__ | {"id": None, "name": "Upstairs", "key": "upstairs"}
    upstairs = Instance.create(**told | {"url": "demo://upstairs"})
    for each in (living_room, upstairs):
        await sync(engine, each)
    nightly.serve([living_room, upstairs])
    nightly.change(order="title")
    return nightly


async def settled(engine: Engine) -> None:
    while engine.busy:
        await asyncio.sleep(0.001)


def titles() -> list[int]:
    """The ids at TVDB of what was searched."""
    return [search.items[0].external_id for search in Search.select().order_by(Search.id)]


async def test_a_run_searches_no_title_twice_and_tells_what_it_left_out(
    engine: Engine, both: Queue, sonarr: FakeArr
) -> None:
    await begin(Scheduler(engine), both)
    await settled(engine)
    run = Run.get()
    assert run.state == "finished" and len(titles()) == len(set(titles())) > 0
    lines = run.left_out.splitlines()
    assert lines and all("searched it less than an hour ago" in line for line in lines)


async def test_the_run_after_an_hour_asks_the_other_instance(
    engine: Engine, both: Queue, clock: FastClock
) -> None:
    both.change(batch_size=1)
    scheduler = Scheduler(engine)
    for _ in range(2):
        await begin(scheduler, both)
        await settled(engine)
        clock.present += timedelta(minutes=61)
    first, second = Search.select().order_by(Search.id)
    assert titles()[0] == titles()[1] and first.instance_id != second.instance_id


async def test_what_another_instance_searched_meanwhile_is_left_out_before_it_is_sent(
    engine: Engine, both: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    run = Run.start(both, clock.now(), trigger="schedule")
    assert run is not None
    item = Item.get(Item.reason == Reason.ELIGIBLE, Item.external_id.is_null(False))
    twin = Item.get(Item.external_id == item.external_id, Item.id != item.id)
    Search.begin([twin], None, clock.now(), 1).change(state="done", outcome="nothing")
    assert await run_errand(engine, Errand(item.instance_id, (item.id,), run)) is None
    assert not sonarr.commands and Item.get_by_id(item.id).searched_at is None
    assert item.label in Run.get_by_id(run.id).left_out


async def test_a_person_does_not_wait_for_another_instance(
    engine: Engine, both: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    item = Item.get(Item.reason == Reason.ELIGIBLE, Item.external_id.is_null(False))
    twin = Item.get(Item.external_id == item.external_id, Item.id != item.id)
    Search.begin([twin], None, clock.now(), 1).change(state="done", outcome="nothing")
    assert await People(engine).begin(item) is None
    await settled(engine)
    assert len(sonarr.commands) == 1


async def test_queues_of_an_hd_and_a_4k_instance_stay_an_hour_apart(
    engine: Engine, cinema: Instance, nightly: Queue, clock: FastClock
) -> None:
    told = cinema.__data__ | {"id": None, "name": "Movies in 4K", "key": "movies in 4k"}
    ultra = Instance.create(**told | {"url": "demo://ultra"})
    second = Queue.create(**nightly.__data__ | {"id": None, "name": "In 4K", "key": "in 4k"})
    for queue, instance in ((nightly, cinema), (second, ultra)):
        await sync(engine, instance)
        queue.change(order="title", batch_size=2)
        queue.serve([instance])
    for _ in range(6):
        for queue in (nightly, second):
            run = Run.start(queue, clock.now(), trigger="schedule")
            assert run is not None
            await carry_out(engine, run)
        clock.present += timedelta(minutes=20)
    moments: dict[int, list[datetime]] = {}
    for search in Search.select().order_by(Search.created_at):
        moments.setdefault(search.items[0].external_id, []).append(search.created_at)
    twice = [at for at in moments.values() if len(at) > 1]
    assert twice
    assert all(later - earlier >= GAP for at in twice for earlier, later in pairwise(at))
