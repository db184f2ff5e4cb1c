"""The requests to an instance with 10,000 items in a day without a search."""

import asyncio
from collections import Counter

from jobs.demo.sizes import Size
from jobs.engine import Engine
from jobs.scheduler import Scheduler
from jobs.sync import sync
from tests.bench.asking import database_in, instance_at
from tests.bench.figures import Figure
from tests.bench.program import data_folder
from tests.fakes.arr import NOON, FakeArr
from tests.fakes.clock import FastClock

TITLE = "Requests in a day without searches, 10,000 items"
ITEMS = Size(missing=7_000, upgrade=3_000, searched=0, history=0)
MINUTES = 24 * 60
MOST = 200


def measure() -> list[Figure]:
    return [asyncio.run(_of(application)) for application in ("sonarr", "radarr")]


async def _of(application: str) -> Figure:
    clock = FastClock(NOON)
    fake = FakeArr(application, size=ITEMS, now=clock.now)
    with data_folder() as folder, fake.serve() as url:
        opened = database_in(folder)
        engine = Engine(clock=clock)
        scheduler = Scheduler(engine)
        try:
            assert await sync(engine, instance_at(application, url)) is None
            fake.log.clear()
            for _ in range(MINUTES):
                clock.advance(minutes=1)
                await scheduler.tick()
                while engine.busy:
                    await asyncio.sleep(0)
        finally:
            await engine.stop()
            opened.close_all()
    by_path = Counter(seen.path.rpartition("/")[2] for seen in fake.log)
    return Figure(f"{application}: requests", by_path.total(), "requests", MOST)
