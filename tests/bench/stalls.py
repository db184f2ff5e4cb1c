"""How long a sync keeps the event loop from anything else: a ticker beside it, each millisecond."""

import asyncio
import gc
import time
from pathlib import Path
from typing import NamedTuple

from jobs.engine import Engine
from jobs.sync import sync
from models.database import encryption
from models.database.fields import now
from models.environment import Environment
from models.instances import Instance
from models.opening.schema import open_database
from tests.bench.arr import Server, server
from tests.bench.figures import Figure, share
from tests.bench.program import data_folder

TITLE = "Stalls of the event loop during a sync of 50,000 items"
ITEMS = 50_000
KINDS = {"sonarr": "episodes", "radarr": "movies"}
TICK = 0.001
SCHEDULING = Path("/proc/thread-self/schedstat")
MOST = 20


class Stall(NamedTuple):
    """Milliseconds that a tick was late; `own` is that without the wait for a core to run on."""

    whole: float
    own: float


class Ticker:
    """The stalls while the block lasts."""

    async def __aenter__(self) -> "Ticker":
        self.stalls: list[Stall] = []
        self._loop = asyncio.get_running_loop()
        self._wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._timer.cancel()

    def _wait(self) -> None:
        self._began, self._waited = time.perf_counter(), _waited()
        self._timer = self._loop.call_later(TICK, self._tick)

    def _tick(self) -> None:
        whole = time.perf_counter() - self._began - TICK
        own = max(whole - (_waited() - self._waited), 0)
        self.stalls.append(Stall(whole * 1000, own * 1000))
        self._wait()


def measure() -> list[Figure]:
    return [figure for application in KINDS for figure in asyncio.run(_of(application))]


async def _of(application: str) -> list[Figure]:
    with server(application, ITEMS) as remote, data_folder() as folder:
        await remote.read()
        options = Environment(data_dir=folder)
        folder.mkdir()
        keyring, _ = encryption.load_or_create(options.secret_path)
        opened = open_database(options.database_path, keyring, now())
        engine = Engine()
        gc.collect()
        gc.freeze()
        try:
            return await _measured(engine, _instance(remote))
        finally:
            await engine.stop()
            opened.close_all()


async def _measured(engine: Engine, instance: Instance) -> list[Figure]:
    figures = []
    for time_of in ("first", "second"):
        async with Ticker() as ticker:
            fault = await sync(engine, instance)
        assert fault is None, fault
        figures += _figures(f"{KINDS[instance.application.name]}, {time_of} sync", ticker.stalls)
    return figures


def _waited() -> float:
    """Seconds that this thread could have run, while other programs had the cores (Linux)."""
    return int(SCHEDULING.read_text().split()[1]) / 1e9


def _figures(what: str, stalls: list[Stall]) -> list[Figure]:
    return [
        Figure(f"{what}: longest stall of our own", max(stall.own for stall in stalls), "ms", MOST),
        Figure(f"{what}: p99", share((stall.own for stall in stalls), 0.99), "ms"),
        Figure(f"{what}: longest, other programs included", max(stalls).whole, "ms"),
    ]


def _instance(remote: Server) -> Instance:
    return Instance.create(
        name=remote.application,
        key=remote.application,
        application=remote.application,
        url=remote.url,
        api_key=remote.key,
        created_at=now(),
    )
