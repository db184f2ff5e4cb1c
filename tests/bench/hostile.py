"""More than 200 replies that no Sonarr gives, read by the running program while health is asked."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.instances import Instance
from tests.bench.figures import Figure, share
from tests.bench.program import ROOT, Program, beside, data_folder, program
from tests.fakes.arr import FakeArr
from tests.fakes.hostile import OF_A_SYNC, REPLIES

TITLE = "A Sonarr that lies: each sync meets one of its replies"
REPLIES_MET = len(REPLIES) * len(OF_A_SYNC)
LONGEST_SILENCE, MOST_MEMORY = 100, 64
SETTLED = 3
PAUSE = 0.002


def measure() -> list[Figure]:
    with _server() as url, data_folder() as folder, program(folder) as running:
        running.sign_up()
        _connect(running, url)
        with beside(folder):
            _wait_for_the_sync(running, [])
            return _measured(running)


def _measured(running: Program) -> list[Figure]:
    time.sleep(SETTLED)
    idle = running.resident()
    running.forget_peak()
    silences: list[float] = []
    for _ in range(REPLIES_MET):
        running.post("/instances/1/syncs")
        _wait_for_the_sync(running, silences)
    peak = running.peak() - idle
    return [
        Figure("replies", REPLIES_MET, "replies"),
        Figure("longest silence of health", max(silences), "ms", LONGEST_SILENCE),
        Figure("health: p99", share(silences, 0.99), "ms"),
        Figure("health: median", statistics.median(silences), "ms"),
        Figure("memory before (RSS)", idle, "MB"),
        Figure("peak above that", peak, "MB", MOST_MEMORY),
    ]


def _wait_for_the_sync(running: Program, silences: list[float]) -> None:
    """Until it has ended; how long each answer of health took meanwhile, in ms."""
    going = True
    while going:
        began = time.perf_counter()
        assert running.http.get("/health").status_code == 200
        silences.append((time.perf_counter() - began) * 1000)
        going = Instance.get_by_id(1).syncing_since is not None
        time.sleep(PAUSE)


def _connect(running: Program, url: str) -> None:
    running.post(
        "/instances",
        application="sonarr",
        url=url,
        api_key=FakeArr.key,
        name="Attic",
        enabled="on",
        hourly_budget="10",
        daily_budget="100",
        spacing_seconds="30",
    )


@contextmanager
def _server() -> Iterator[str]:
    """Its address, from a process of its own."""
    command = [sys.executable, "-m", "tests.fakes.hostile"]
    process = subprocess.Popen(command, cwd=Path(ROOT), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
