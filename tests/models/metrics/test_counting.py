"""What a process counts in memory."""

from threading import Thread

import pytest

from jobs.arr import Fault
from jobs.engine import Engine
from models.instances import Instance
from models.metrics.counting import COUNTS, ProcessCounts
from models.metrics.histograms import Histogram
from tests.fakes.arr import FakeArr, Response


def test_a_bucket_holds_what_was_at_most_so_long() -> None:
    found = Histogram.empty((1.0, 5.0))
    for seconds in (0.2, 1.0, 1.1, 60.0):
        found = found.plus(seconds)
    assert found.buckets == [("1.0", 2), ("5.0", 3), ("+Inf", 4)]
    assert found.total == pytest.approx(62.3)


def test_threads_lose_no_count() -> None:
    counts = ProcessCounts()

    def count() -> None:
        for _ in range(2000):
            counts.request(1, 0.1, 200)

    threads = [Thread(target=count) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert counts.requests == {(1, "2xx"): 8000}
    assert sum(counts.waits[1].counts) == 8000


@pytest.mark.parametrize(("status", "code"), [(200, "2xx"), (503, "5xx"), (401, "4xx")])
async def test_each_request_to_an_instance_is_counted_by_its_answer(
    status: int, code: str, engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    if status != 200:
        sonarr.before = lambda _: Response(status, b"{}")
    before = COUNTS.requests.get((living_room.id, code), 0)
    try:
        await engine.client(living_room).status()
    except Fault:
        assert status != 200
    assert COUNTS.requests[living_room.id, code] > before


def test_other_statuses_make_no_class_of_their_own() -> None:
    counts = ProcessCounts()
    for status in (None, 99, 700):
        counts.request(1, None, status)
    assert counts.requests == {(1, "none"): 3}
