"""Syncs of 50,000 items by the running program: time, requests and memory."""

import asyncio
import time
from pathlib import Path

from models.instances import Instance
from tests.bench.arr import Server, server
from tests.bench.figures import Figure
from tests.bench.program import Program, beside, data_folder, program

TITLE = "Sync of 50,000 items"
ITEMS = 50_000
KINDS = {"sonarr": "episodes", "radarr": "movies"}
LONGEST = {"sonarr": 15, "radarr": None}
MOST_MEMORY = {"sonarr": 130, "radarr": None}
SETTLED = 3


def measure() -> list[Figure]:
    return [figure for application in KINDS for figure in _of(application)]


def _of(application: str) -> list[Figure]:
    with server(application, ITEMS) as remote:
        assert asyncio.run(remote.read()) == ITEMS
        with data_folder() as folder, program(folder) as running:
            return _measured(running, remote, folder)


def _measured(running: Program, remote: Server, folder: Path) -> list[Figure]:
    kind, longest = KINDS[remote.application], LONGEST[remote.application]
    running.sign_up()
    time.sleep(SETTLED)
    idle = running.resident()
    running.forget_peak()
    remote.requests()
    running.connect(remote)
    first = _seconds(folder)
    peak, requests = running.peak(), remote.requests()
    time.sleep(SETTLED)
    after, shared = running.resident(), running.proportional()
    running.post("/instances/1/syncs")
    second = _seconds(folder)
    return [
        Figure(f"{kind}: first sync", first, "s", longest),
        Figure(f"{kind}: second sync, nothing changed", second, "s", longest),
        Figure(f"{kind}: requests of the first sync", requests, "requests"),
        Figure(f"{kind}: requests of the second sync", remote.requests(), "requests"),
        Figure(f"{kind}: memory before (RSS)", idle, "MB"),
        Figure(f"{kind}: peak above that during the first sync", peak - idle, "MB"),
        Figure(f"{kind}: memory after (RSS)", after, "MB", MOST_MEMORY[remote.application]),
        Figure(f"{kind}: memory after (PSS)", shared, "MB"),
    ]


def _seconds(folder: Path) -> float:
    """Waits until the running sync has ended."""
    began = time.perf_counter()
    with beside(folder):
        while Instance.get_by_id(1).syncing_since or not Instance.get_by_id(1).synced_at:
            time.sleep(0.02)
    return time.perf_counter() - began
