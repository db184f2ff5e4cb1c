"""PostgreSQL beside the file: the same rows, the same pages, and a network in between."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.batches import Batch
from models.database.fields import now
from models.queues import Queue
from tests.bench.figures import Figure, median, share
from tests.bench.pages import Page, alone, crowd
from tests.bench.program import Program, beside, data_folder, program
from tests.bench.rows import fill, fill_server
from tests.bench.wire import slowed
from tests.postgres.cluster import programs, server

TITLE = "PostgreSQL beside the file, with 1,000,000 items and 100,000 searches in 20 instances"
ROWS = {"instances": 20, "items": 1_000_000, "searches": 100_000}
TIMES = 50
REQUESTS = 100
PAGES = (Page("dashboard", "/"), Page("history", "/searches"), Page("yield", "/yield"))
# As a server has it whose rows are to outlive the machine.
SAFE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on")
MILLISECOND = 1.0
SLOWEST, LONGEST_STALL = 400, 100


def measure() -> list[Figure]:
    return _file() + (_server() if programs() else [])


def _file() -> list[Figure]:
    with data_folder() as folder:
        fill(folder, **ROWS).close_all()
        with beside(folder):
            batch = _batch("file")
        with program(folder) as running:
            running.sign_in()
            return [batch, *_pages(running, "file"), *_together(running, "file")]


def _server() -> list[Figure]:
    with data_folder() as folder, server(*SAFE) as url:
        opened = fill_server(folder, f"{url}/postgres", **ROWS)
        batch = _batch("PostgreSQL")
        opened.close_all()
        with _on(folder, url) as running:
            near = [*_pages(running, "PostgreSQL"), *_together(running, "PostgreSQL")]
        with slowed(url, MILLISECOND) as far, _on(folder, far) as running:
            what = "PostgreSQL, 1 ms each way"
            return [
                batch,
                *near,
                *_pages(running, what),
                *_together(running, what, SLOWEST, LONGEST_STALL),
            ]


@contextmanager
def _on(folder: Path, url: str) -> Iterator[Program]:
    address = folder.with_name("address")
    address.write_text(f"{url}/postgres")
    with program(folder, database_url_file=str(address)) as running:
        running.sign_in()
        yield running


def _batch(what: str) -> Figure:
    queue = Queue.get_by_id(1)
    queue.serve(range(1, ROWS["instances"] + 1))
    batch = Batch(queue, now())
    batch.picks()
    return Figure(f"{what}: batch of all instances", median(_ms(batch) for _ in range(TIMES)), "ms")


def _ms(batch: Batch) -> float:
    began = time.perf_counter()
    batch.picks()
    return (time.perf_counter() - began) * 1000


def _pages(running: Program, what: str) -> list[Figure]:
    found = [figure for page in PAGES for figure in alone(running, page, REQUESTS)]
    return [figure._replace(what=f"{what}: {figure.what}") for figure in found]


def _together(
    running: Program, what: str, slowest: float | None = None, stall: float | None = None
) -> list[Figure]:
    """Eight at the dashboard, while somebody asks whether the process still answers."""
    over, silences = threading.Event(), [0.0]
    watch = threading.Thread(target=_watch, args=(running.port, over, silences))
    watch.start()
    try:
        found = crowd(running, PAGES[0], slowest, REQUESTS // 2)
    finally:
        over.set()
        watch.join()
    said = "the loop, meanwhile"
    found += [
        Figure(f"{said}: longest silence", max(silences), "ms", stall),
        Figure(f"{said}: p99", share(silences, 0.99), "ms"),
    ]
    return [figure._replace(what=f"{what}: {figure.what}") for figure in found]


def _watch(port: int, over: threading.Event, silences: list[float]) -> None:
    """By an address that asks no database, so that only the loop can keep it waiting."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    while not over.wait(0.005):
        began = time.perf_counter()
        connection.request("GET", "/health/live")
        connection.getresponse().read()
        silences.append((time.perf_counter() - began) * 1000)
    connection.close()
