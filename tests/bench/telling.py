"""What other programs ask again and again: the summary and the metrics, beside a health check."""

import http.client
import time
from collections.abc import Callable

from models.dashboard.figures import Figures
from models.database.fields import now
from models.metrics.household import household_samples
from models.people import User
from models.people.keys import ApiKey
from tests.bench.figures import Figure, median
from tests.bench.program import Program, beside, data_folder, program
from tests.bench.rows import fill

TITLE = "Summary and metrics beside /health/ready, in 20 instances"
SIZES = {"1,000 items": (1_000, 1_000), "1,000,000 items": (1_000_000, 100_000)}
WARM_UP, REQUESTS, READINGS = 20, 300, 30
# Seconds of work in a second, and seconds to wait for so little.
IDLE, LONGEST = 0.1, 60
# Milliseconds of a scrape, and what a summary may cost in health checks.
MOST_OF_A_SCRAPE, MOST_OF_A_SUMMARY = 50, 2
PATHS = "/health/ready", "/api/v1/summary", "/metrics"


def measure() -> list[Figure]:
    return [figure for name, size in SIZES.items() for figure in _of(name, *size)]


def _of(name: str, items: int, searches: int) -> list[Figure]:
    with data_folder() as folder:
        opened = fill(folder, instances=20, items=items, searches=searches)
        _, key = ApiKey.make(User.get(), "Bench", "totals", now())
        opened.close_all()
        with beside(folder):
            figures = _ms(lambda: Figures.now(now()))
            samples = _ms(lambda: household_samples(now(), None))
        with program(folder) as running:
            _settle(running)
            ready, summary, metrics = (_worked(running, path, key) for path in PATHS)
    what = "processor time"
    return [
        Figure(f"{name}: {PATHS[0]}, {what}", ready, "ms"),
        Figure(f"{name}: {PATHS[1]}, {what}", summary, "ms", ready * MOST_OF_A_SUMMARY),
        Figure(f"{name}: {PATHS[2]}, {what}", metrics, "ms", MOST_OF_A_SCRAPE),
        Figure(f"{name}: summary read anew, once in 10 s", figures, "ms"),
        Figure(f"{name}: metrics read anew, once in 10 s", samples, "ms"),
    ]


def _settle(running: Program) -> None:
    """Until what a start makes it do is done: items whose cooldown has ended are woken."""
    for _ in range(LONGEST):
        worked = running.worked()
        time.sleep(1)
        if running.worked() - worked < IDLE:
            return


def _worked(running: Program, path: str, key: str) -> float:
    """Milliseconds of work for one request, with what the program does beside it."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port)
    worked = 0.0
    for number in range(WARM_UP + REQUESTS):
        worked = running.worked() if number == WARM_UP else worked
        connection.request("GET", path, headers={"X-Api-Key": key})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, f"{path}: {answer.status}"
    connection.close()
    return (running.worked() - worked) / REQUESTS * 1000


def _ms(read: Callable[[], object]) -> float:
    """Processor time of one reading."""
    times = []
    for _ in range(READINGS):
        began = time.thread_time()
        read()
        times.append((time.thread_time() - began) * 1000)
    return median(times)
