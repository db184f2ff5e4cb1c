"""A whole round of the scan of scores over the wire: requests, bytes, time and memory."""

import asyncio
import time

from jobs.engine import Engine
from jobs.scans import scan
from jobs.sync import sync
from models.instances import Instance
from models.scores import FileScore
from models.scores.shelves import ScoreScan
from tests.bench.arr import Server, server
from tests.bench.asking import database_in, instance_at
from tests.bench.figures import Figure
from tests.bench.program import data_folder, forget_peak, memory_of
from tests.fakes.arr import NOON
from tests.fakes.clock import FastClock

TITLE = "Scores of 50,000 files, one round"
FILES = 50_000
# Those that the demo's Sonarr must want, so that it has as many files as this.
WANTED = {"sonarr": 31_000, "radarr": 46_300}
KINDS = {"sonarr": "episodes", "radarr": "movies"}
# What a round costs at 50,000 files: a list of all series or movies, then one request a series or
# a hundred movies; 65 to 120 MB for files and episodes, and 150 to 400 MB for the list of movies.
MOST_REQUESTS = {"sonarr": 2_000, "radarr": 520}
MOST_MEGABYTES = {"sonarr": 130, "radarr": 470}
MOST_MEMORY = 60


def measure() -> list[Figure]:
    return [figure for application in KINDS for figure in _of(application)]


def _of(application: str) -> list[Figure]:
    with server(application, WANTED[application], "files") as remote, data_folder() as folder:
        opened = database_in(folder)
        try:
            return asyncio.run(_measured(remote))
        finally:
            opened.close_all()


async def _measured(remote: Server) -> list[Figure]:
    engine = Engine(clock=FastClock(NOON))
    instance = instance_at(remote.application, remote.url)
    try:
        assert await sync(engine, instance) is None
        # A demo instance may be asked for all of it at once.
        instance.change(demo=True)
        remote.requests()
        return await _round(engine, instance, remote)
    finally:
        await engine.stop()


async def _round(engine: Engine, instance: Instance, remote: Server) -> list[Figure]:
    kind, application = KINDS[remote.application], remote.application
    forget_peak()
    idle, began = memory_of("VmRSS"), time.perf_counter()
    assert await scan(engine, instance) is None
    took, row = time.perf_counter() - began, ScoreScan.of(instance)
    assert row.ended_at and row.requests == remote.requests()
    files = FileScore.select().count()
    assert files > 0.95 * FILES, files
    return [
        Figure(f"{kind}: files", files, "files"),
        Figure(f"{kind}: requests", row.requests, "requests", MOST_REQUESTS[application]),
        Figure(f"{kind}: JSON", row.bytes / 1e6, "MB", MOST_MEGABYTES[application]),
        Figure(f"{kind}: time, without waiting between", took, "s"),
        Figure(f"{kind}: highest memory above the one before", memory_of("VmHWM") - idle, "MB",
               MOST_MEMORY),
    ]  # fmt: skip
