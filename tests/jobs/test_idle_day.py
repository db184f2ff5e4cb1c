"""What an instance is asked in a day without a search, while its scores are scanned."""

from collections import Counter
from pathlib import PurePosixPath

import pytest

from jobs.demo.sizes import Size
from jobs.engine import Engine
from jobs.scans import scan
from jobs.scheduler import Scheduler
from jobs.sync import sync
from models.instances import Instance
from models.scores.shelves import ScoreScan
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock
from tests.jobs.idling import a_day

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

MOST, MOST_OF_A_SCAN = 300, 97
OF_A_SCAN = {"episode", "moviefile", "history", "movie"}


@pytest.fixture
def sonarr(clock: FastClock) -> FakeArr:
    """More series than are scanned in a day."""
    size = Size(missing=2_000, upgrade=800, searched=0, history=0)
    return FakeArr("sonarr", size=size, now=clock.now)


async def test_an_idle_day_with_a_scan_takes_at_most_three_hundred_requests(
    engine: Engine, living_room: Instance, cinema: Instance, sonarr: FakeArr, radarr: FakeArr,
    clock: FastClock,
) -> None:  # fmt: skip
    for instance in (living_room, cinema):
        await sync(engine, instance)
        await scan(engine, instance)
    assert ScoreScan.of(living_room).shelves > 97
    sonarr.log.clear()
    radarr.log.clear()
    scheduler = Scheduler(engine)
    scheduler.housekeeping.take_over()
    await a_day(scheduler, clock)
    for server in (sonarr, radarr):
        asked = Counter(PurePosixPath(seen.path).name for seen in server.log)
        assert 0 < asked.total() <= MOST, asked
        scanned = sum(asked[path] for path in OF_A_SCAN)
        assert 0 < scanned <= MOST_OF_A_SCAN, asked
    assert sum(seen.path.endswith("/episode") for seen in sonarr.log) > 80
