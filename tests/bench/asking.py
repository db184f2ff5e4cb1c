"""How many requests a search takes, from its command to its outcome; waiting costs no time."""

import asyncio
from itertools import cycle
from pathlib import Path

from jobs.engine import Engine
from jobs.runs import carry_out
from jobs.sync import sync
from models.database import Database, encryption
from models.environment import Environment
from models.household import Household
from models.instances import Instance
from models.opening.schema import open_database
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.bench.figures import Figure, median, share
from tests.bench.program import data_folder
from tests.fakes.arr import NOON, FakeArr
from tests.fakes.clock import FastClock
from tests.people import account
from tests.timing import every

TITLE = "Requests a search, beyond the sync and the three for the gates of its run"
APPLICATIONS = ("sonarr", "radarr")
SEARCHES = 100
# Seconds that the instance's indexers take: most of them answer soon, some keep it waiting.
LASTING = (2, 4, 4, 6, 8, 8, 12, 20, 30, 60)
SYNC = (
    "/wanted/missing",
    "/wanted/cutoff",
    "/series",
    "/tag",
    "/qualityprofile",
    "/customformat",
    "/indexer",
    "/system/status",
)
# Asked once for a run, however many searches it makes, and at most every five minutes.
GATES = ("/health", "/queue/details", "/rootfolder")
USUAL, MOST = 5, 8


def measure() -> list[Figure]:
    found = [asyncio.run(_of(application)) for application in APPLICATIONS]
    return [figure for figures in found for figure in figures]


async def _of(application: str) -> list[Figure]:
    clock = FastClock(NOON)
    fake = FakeArr(application, size=0.2, now=clock.now, find_rate=0.3)
    with data_folder() as folder, fake.serve() as url:
        opened = database_in(folder)
        engine = Engine(clock=clock)
        try:
            instance = instance_at(application, url)
            assert await sync(engine, instance) is None
            counts = await _counted(engine, fake, clock, _queue(instance))
        finally:
            await engine.stop()
            opened.close_all()
    return [
        Figure(f"{application}: median", median(counts), "requests", USUAL),
        Figure(f"{application}: p95", share(counts, 0.95), "requests", MOST),
        Figure(f"{application}: searches measured", len(counts), ""),
    ]


async def _counted(engine: Engine, fake: FakeArr, clock: FastClock, queue: Queue) -> list[int]:
    """The requests of each search, from its command to the next one."""
    lasting = cycle(LASTING)
    fake.log.clear()
    while Search.select().count() < SEARCHES:
        fake.world.search_seconds = next(lasting)
        run = Run.start(queue, clock.now(), trigger="person")
        assert run
        await carry_out(engine, run)
        assert Run.get_by_id(run.id).state == "finished", Run.get_by_id(run.id).note
        clock.advance(minutes=3)
    counts: list[int] = []
    for seen in fake.log:
        if seen.method == "POST":
            counts.append(0)
        if counts and not seen.path.endswith(SYNC + GATES):
            counts[-1] += 1
    return counts


def database_in(folder: Path) -> Database:
    options = Environment(data_dir=folder)
    folder.mkdir()
    keyring, _ = encryption.load_or_create(options.secret_path)
    return open_database(options.database_path, keyring, NOON)


def instance_at(application: str, url: str) -> Instance:
    """An instance with room for every search in its own and the overall budgets."""
    return Instance.create(
        name=application,
        key=application,
        application=application,
        url=url,
        api_key=FakeArr.key,
        hourly_budget=10_000,
        daily_budget=10_000,
        spacing_seconds=5,
        created_at=NOON,
    )


def _queue(instance: Instance) -> Queue:
    Household.update(hourly_budget=10_000, daily_budget=10_000).execute()
    owner = account("Alice", at=NOON)
    queue = Queue.create(
        owner=owner,
        name="Missing",
        key="missing",
        strategy="missing",
        batch_size=1,
        schedule_json=every(60),
        created_at=NOON,
    )
    queue.serve([instance])
    return queue
