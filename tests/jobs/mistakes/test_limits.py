"""Mistakes made with limits, restarts and words."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from jobs.engine import Engine
from jobs.scheduler import Scheduler
from jobs.searches.recovery import recover
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Policy
from models.database.fields import to_ms
from models.instances import Instance
from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.arr import FakeArr, Response
from tests.fakes.clock import FastClock
from tests.jobs.faults.acting import cool, run, searched
from tests.timing import every

ROOT = Path(__file__).parents[3]


def _unreadable_budget(sonarr: FakeArr, queue: Queue) -> None:
    Instance.update(hourly_budget="many").execute()


def _unreadable_filter(sonarr: FakeArr, queue: Queue) -> None:
    queue.change(strategy="custom", filters_json='{"tags_out": [{}')


def _unreadable_downloads(sonarr: FakeArr, queue: Queue) -> None:
    sonarr.before = lambda seen: Response(200, b"[{") if "queue" in seen.path else None


def _unreadable_health(sonarr: FakeArr, queue: Queue) -> None:
    sonarr.before = lambda seen: Response(500, {}) if "health" in seen.path else None


def _unreadable_disks(sonarr: FakeArr, queue: Queue) -> None:
    sonarr.before = lambda seen: Response(500, {}) if "rootfolder" in seen.path else None


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(_unreadable_budget, marks=pytest.mark.embedded("writes a text as a number")),
        _unreadable_filter,
        _unreadable_downloads,
        _unreadable_health,
        _unreadable_disks,
    ],
)
async def test_what_cannot_be_checked_is_not_searched(
    engine: Engine,
    nightly: Queue,
    living_room: Instance,
    sonarr: FakeArr,
    spoil: Callable[[FakeArr, Queue], None],
) -> None:
    await sync(engine, living_room)
    spoil(sonarr, nightly)
    ended = await run(engine, nightly)
    assert sonarr.commands == []
    assert ended.state in ("held", "interrupted")
    assert ended.note


async def test_cooldowns_outlast_days_restarts_and_syncs(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    await run(engine, nightly)
    waiting = {item.arr_id: item.cooldown_until for item in searched()}
    for _ in range(3):
        clock.advance(hours=24.5)
        recover(engine)
        await sync(engine, living_room)
        await Scheduler(engine).tick()
        while engine.busy:
            await asyncio.sleep(0)
    assert len(waiting) == 5
    assert {item.arr_id: item.cooldown_until for item in searched()} == waiting


async def test_a_restart_runs_no_queue_again(
    engine: Engine, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    nightly.change(schedule_json=every(24 * 60))
    nightly.start(clock.now())
    scheduler = Scheduler(engine)
    for _ in range(5):
        await scheduler.tick()
        while engine.busy:
            await asyncio.sleep(0)
        clock.advance(hours=2)
        scheduler = Scheduler(engine)
        scheduler.take_over()
    assert Run.select().count() == 1
    assert len(sonarr.commands) == 5


async def test_a_run_with_nothing_to_do_says_so_with_its_counts(
    engine: Engine, nightly: Queue, living_room: Instance
) -> None:
    await sync(engine, living_room)
    cool(Item.want == "missing")
    Item.select().where(Item.want == "missing").first().judge(
        Policy.current(), to_ms(START), monitored=False
    )
    await sync(engine, living_room)
    ended = await run(engine, nightly)
    assert ended.state == "finished"
    assert ended.note.startswith("Nothing to do: ")
    assert "in cooldown" in ended.note


@pytest.mark.parametrize("number", [0, -1])
async def test_numbers_of_zero_and_below_neither_loop_nor_send(
    engine: Engine, nightly: Queue, sonarr: FakeArr, clock: FastClock, number: int
) -> None:
    """Forms refuse them; a row that holds one all the same does no harm."""
    instance = nightly.instances[0]
    scheduler = Scheduler(engine)
    nightly.change(batch_size=number)
    assert (await run(engine, nightly)).state == "finished"
    nightly.change(batch_size=5)
    instance.change(hourly_budget=number)
    assert (await run(engine, nightly)).state == "held"
    assert sonarr.commands == []
    instance.change(hourly_budget=10, spacing_seconds=number)
    nightly.change(schedule_json=every(number))
    nightly.start(clock.now())
    for _ in range(20):
        await scheduler.tick()
    while engine.busy:
        await asyncio.sleep(0)
    times = [seen.at for seen in sonarr.log if seen.method == "POST"]
    assert len(times) == 5
    assert min(b - a for a, b in itertools.pairwise(times)) >= timedelta(seconds=1)
