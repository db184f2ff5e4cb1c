"""A household as time goes by: its clock, its restarts, and when runs began."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.demo.sizes import Size
from jobs.engine import Engine
from jobs.scheduler import Scheduler
from models.household import Household
from models.queues import Queue
from models.searches.runs import Run
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock


class Days:
    """No item is wanted, so a run takes no time, and ends in a sentence."""

    def __init__(self, engine: Engine, clock: FastClock) -> None:
        self.engine = engine
        self.clock = clock
        self.scheduler = Scheduler(engine)

    async def tick(self) -> None:
        await self.scheduler.tick()
        while self.engine.busy:
            await asyncio.sleep(0)

    async def until(self, moment: datetime) -> None:
        """The tick comes now, whenever a queue is due, every hour, and at `moment`."""
        await self.tick()
        while (now := self.clock.now()) < moment:
            due = None if Household.current().held_at else Queue.next_due()
            following = moment if due is None else max(due, now + timedelta(seconds=15))
            self.clock.present = min(following, now + timedelta(hours=1), moment)
            await self.tick()

    def jump(self, moment: datetime) -> None:
        """Moves the clock without a tick, as when the machine sleeps or its clock is set."""
        self.clock.present = moment

    async def restart(self, moment: datetime) -> None:
        """Down until then; the first tick comes at once."""
        self.jump(moment)
        self.scheduler = Scheduler(self.engine)
        self.scheduler.take_over()
        await asyncio.sleep(0)
        await self.tick()

    @property
    def runs(self) -> list[datetime]:
        """To the minute, of all queues."""
        runs = Run.select().order_by(Run.started_at)
        return [run.started_at.replace(second=0, microsecond=0) for run in runs]


@pytest.fixture
def days(engine: Engine, clock: FastClock) -> Days:
    empty = FakeArr("sonarr", size=Size(0, 0, searched=0, history=0), now=clock.now)
    engine.door.inside = {"sonarr": empty, "radarr": empty}
    return Days(engine, clock)


@pytest.fixture
def beside(nightly: Queue) -> Callable[..., Queue]:
    """Makes another queue on the same instance."""

    def make(name: str, **facts: Any) -> Queue:
        known = {"owner": nightly.owner, "name": name, "key": name.lower()}
        known |= {"strategy": "missing", "batch_size": 5, "schedule_json": nightly.schedule_json}
        made = Queue.create(created_at=nightly.created_at, **known | facts)
        made.serve(nightly.instances)
        return made

    return make


def utc(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
