"""Pages of the running program over 50,000 items and 100,000 searches, as a browser gets them."""

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from tests.bench.figures import Figure, median, share
from tests.bench.program import Program, data_folder, program
from tests.bench.rows import fill

TITLE = "Pages, with 50,000 items and 100,000 searches"
WARM_UP, REQUESTS = 20, 300
MANY = 8
MOST = 20


class Page(NamedTuple):
    """`aim` is for the p95 of one person alone, in ms."""

    name: str
    path: str
    aim: float | None = None


PAGES = (
    Page("dashboard", "/", MOST),
    Page("history", "/searches"),
    Page("history of one outcome", "/searches?outcome=grabbed"),
    Page("history, text found often", "/searches?text=harbour"),
    Page("history, text found nowhere", "/searches?text=nowhere"),
    Page("queue's preview", "/queues/1/preview"),
    Page("queues", "/queues"),
    Page("instances", "/instances"),
    Page("/health, which does nothing", "/health"),
)


def measure() -> list[Figure]:
    with data_folder() as folder:
        fill(folder, instances=4, items=50_000, searches=100_000).close_all()
        with program(folder) as running:
            running.sign_in()
            figures = [figure for page in PAGES for figure in alone(running, page)]
            return [*figures, *crowd(running, PAGES[0])]


def alone(running: Program, page: Page, requests: int = REQUESTS) -> list[Figure]:
    timed(running, page.path, WARM_UP)
    worked = running.worked()
    times = timed(running, page.path, requests)
    work = (running.worked() - worked) / requests * 1000
    return [
        Figure(f"{page.name}: processor time", work, "ms"),
        Figure(f"{page.name}: p50", median(times), "ms"),
        Figure(f"{page.name}: p95", share(times, 0.95), "ms", page.aim),
    ]


def crowd(
    running: Program, page: Page, aim: float | None = None, requests: int = REQUESTS // 2
) -> list[Figure]:
    """Each asks again as soon as it has its answer, so most of the time is spent in the line."""
    began = time.perf_counter()
    with ThreadPoolExecutor(MANY) as people:
        found = people.map(partial(timed, running, page.path), [requests] * MANY)
        times = [each for times in found for each in times]
    seconds = time.perf_counter() - began
    return [
        Figure(f"{page.name}, {MANY} at once: pages a second", len(times) / seconds, "/s"),
        Figure(f"{page.name}, {MANY} at once: p50", median(times), "ms"),
        Figure(f"{page.name}, {MANY} at once: p95", share(times, 0.95), "ms", aim),
    ]


def timed(running: Program, path: str, number: int) -> list[float]:
    """Milliseconds of each request, one after the other on one connection."""
    cookies = "; ".join(f"{name}={value}" for name, value in running.http.cookies.items())
    headers = {"Cookie": cookies, "Accept-Encoding": "gzip"}
    connection = http.client.HTTPConnection("127.0.0.1", running.port)
    times = []
    for _ in range(number):
        began = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200, f"{path}: {answer.status}"
    connection.close()
    return times
