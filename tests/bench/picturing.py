"""The dashboard with all its pictures, in the same run beside an address that does nothing.

A ratio says what a page costs whatever else the machine is doing.
"""

from tests.bench.figures import Figure, median, share
from tests.bench.pages import WARM_UP, timed
from tests.bench.program import data_folder, program
from tests.bench.rows import fill

TITLE = "The dashboard beside `/health/live`, with 50,000 items and 300,000 searches"
ROUNDS, REQUESTS = 20, 25
MEDIAN, P95 = 10, 14


def measure() -> list[Figure]:
    with data_folder() as folder:
        fill(folder, instances=4, items=50_000, searches=300_000).close_all()
        with program(folder) as running:
            running.sign_in()
            timed(running, "/", WARM_UP)
            pages: list[float] = []
            nothing: list[float] = []
            for _ in range(ROUNDS):
                pages += timed(running, "/", REQUESTS)
                nothing += timed(running, "/health/live", REQUESTS)
    usual = median(nothing)
    return [
        Figure("/health/live: p50", usual, "ms"),
        Figure("dashboard: p50", median(pages), "ms"),
        Figure("dashboard: p50, of that of /health/live", median(pages) / usual, "times", MEDIAN),
        Figure("dashboard: p95, of that p50", share(pages, 0.95) / usual, "times", P95),
    ]
