"""The costliest pages at a large size: the dashboard's figures, the backlog, an item, a preview."""

import time
from datetime import datetime

from models.dashboard.overview import Overview
from models.database.fields import now
from models.queues import Queue
from tests.bench.figures import Figure, median
from tests.bench.pages import Page, alone
from tests.bench.program import beside, data_folder, program
from tests.bench.rows import fill

TITLE = "A larger household: 300,000 searches, and 100,000 items on two instances"
TIMES = 100
PAGES = (
    Page("backlog by reason", "/backlog?reason=eligible"),
    Page("item", "/items/10"),
    Page("preview of a smart queue", "/queues/1/preview"),
)


def measure() -> list[Figure]:
    return [_figures(), *_pages()]


def _figures() -> Figure:
    with data_folder() as folder:
        fill(folder, instances=4, items=50_000, searches=300_000).close_all()
        with beside(folder):
            work = median(_ms(now()) for _ in range(TIMES))
    return Figure("the dashboard's figures, without its page: processor time", work, "ms")


def _pages() -> list[Figure]:
    with data_folder() as folder:
        opened = fill(folder, instances=2, items=100_000, searches=100_000)
        smart = Queue.get_by_id(1)
        smart.change(order="smart", strategy="custom")
        smart.serve([1, 2])
        opened.close_all()
        with program(folder) as running:
            running.sign_in()
            return [figure for page in PAGES for figure in alone(running, page)]


def _ms(at: datetime) -> float:
    began = time.thread_time()
    Overview.at(at)
    return (time.thread_time() - began) * 1000
