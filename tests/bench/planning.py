"""The plan of a large house: how long it takes to count, and how fast pages are meanwhile."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.bench.figures import Figure, median, share
from tests.bench.pages import MOST, Page, alone
from tests.bench.program import Program, data_folder, program
from tests.bench.rows import fill

TITLE = "The plan, with 1,000,000 items and 1,000,000 searches"
INSTANCES, ITEMS, SEARCHES = 20, 1_000_000, 1_000_000
COUNTING = "Counting the backlog"


def measure() -> list[Figure]:
    with data_folder() as folder:
        fill(folder, instances=INSTANCES, items=ITEMS, searches=SEARCHES).close_all()
        with program(folder) as running:
            running.sign_in()
            running.http.get("/searches")
            return [*_first(running), *alone(running, Page("the plan, kept", "/plan", MOST))]


def _first(running: Program) -> list[Figure]:
    """While it is counted, somebody reads the history."""
    began = time.perf_counter()
    with ThreadPoolExecutor(1) as beside:
        counted = beside.submit(_count, running)
        others = []
        while not counted.done():
            others.append(_milliseconds(running.http, "/searches"))
    return [
        Figure("counted, and played through", counted.result() - began, "s"),
        Figure("history meanwhile: p50", median(others), "ms"),
        Figure("history meanwhile: p95", share(others, 0.95), "ms"),
    ]


def _count(running: Program) -> float:
    with httpx.Client(base_url=running.url, cookies=running.http.cookies, timeout=60) as http:
        while COUNTING in http.get("/plan").text:
            time.sleep(0.5)
    return time.perf_counter()


def _milliseconds(http: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    assert http.get(path).status_code == 200
    return (time.perf_counter() - began) * 1000
