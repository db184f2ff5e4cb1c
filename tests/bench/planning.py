"""The plan of a large household: the first look at it, and the later ones."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.bench.figures import Figure, median, share
from tests.bench.pages import MOST, Page, alone
from tests.bench.program import Program, data_folder, program
from tests.bench.rows import fill

TITLE = "The plan, with 1,000,000 items and 1,000,000 searches"
INSTANCES, ITEMS, SEARCHES = 20, 1_000_000, 1_000_000


def measure() -> list[Figure]:
    with data_folder() as folder:
        fill(folder, instances=INSTANCES, items=ITEMS, searches=SEARCHES).close_all()
        with program(folder) as running:
            running.sign_in()
            running.http.get("/searches")
            return [*_first(running), *alone(running, Page("the plan again", "/plan", MOST))]


def _first(running: Program) -> list[Figure]:
    """While it is counted, somebody reads the history."""
    with ThreadPoolExecutor(1) as beside:
        counted = beside.submit(_plan, running)
        others = []
        while not counted.done():
            others.append(_milliseconds(running.http, "/searches"))
    return [
        Figure("the plan, the first time", counted.result() / 1000, "s"),
        Figure("history meanwhile: p50", median(others), "ms"),
        Figure("history meanwhile: p95", share(others, 0.95), "ms"),
    ]


def _plan(running: Program) -> float:
    with httpx.Client(base_url=running.url, cookies=running.http.cookies, timeout=60) as http:
        return _milliseconds(http, "/plan")


def _milliseconds(http: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    assert http.get(path).status_code == 200
    return (time.perf_counter() - began) * 1000
