"""Two replicas on one server: the one that leads tells the household's figures, both their own."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client.parser import text_string_to_metric_families

from jobs.engine import Engine
from jobs.worker import Worker
from models.metrics import OF_HOUSEHOLD, OF_PROCESS
from models.metrics.board import MetricsBoard
from models.people import User
from models.queues import Queue
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.postgres.replica import PATIENCE
from tests.programs import Program

OF_ALL = {name.removesuffix("_total") for name in OF_PROCESS}
# Nothing of them is there in this household.
NEVER = {"vqs_indexer_budget_left", "vqs_backup_timestamp_seconds"}
NEVER |= {f"vqs_{which}_run_timestamp_seconds" for which in ("last", "next")} | {"vqs_queue_items"}
HOUSEHOLDS = {name.removesuffix("_total") for name in OF_HOUSEHOLD.keys() - NEVER}


@contextmanager
def worker(sonarr: FakeArr) -> Iterator[Worker]:
    """What works beside the pages of one replica."""
    made = Worker(lambda: Engine(demo={"sonarr": sonarr}))
    made.start()
    try:
        until(lambda: made.is_alive)
        yield made
    finally:
        asyncio.run(made.stop())


def until(is_so: Callable[[], bool]) -> None:
    latest = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < latest
        time.sleep(0.02)


def families(browser: Browser, work: Worker | None, user: User) -> set[str]:
    """The families that the replica tells in which this works."""
    browser.state.work, browser.state.metrics = work, MetricsBoard(browser.state.options)

    async def scraped() -> str:
        async with Program(browser.app, user, "totals") as program:
            answer = await program.http.get("/metrics")
            assert answer.status_code == 200, answer.text
            return answer.text

    found = text_string_to_metric_families(asyncio.run(scraped()))
    return {each.name for each in found if each.name.startswith("vqs_")}


async def test_only_the_replica_that_leads_tells_the_households_figures(
    browser: Browser, alice: User, nightly: Queue, sonarr: FakeArr
) -> None:
    def told(work: Worker | None) -> set[str]:
        return families(browser, work, alice)

    def walk() -> None:
        with worker(sonarr) as first, worker(sonarr) as second:
            assert (first.leads, second.leads) == (True, False)
            assert told(first) == OF_ALL | HOUSEHOLDS
            assert told(second) == OF_ALL
            # A replica that only serves pages.
            assert told(None) == OF_ALL
            asyncio.run(first.stop())
            until(lambda: second.leads)
            assert told(first) == OF_ALL
            assert told(second) == OF_ALL | HOUSEHOLDS

    await asyncio.to_thread(walk)
