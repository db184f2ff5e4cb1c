"""What an instance is asked in days without a search, while its webhooks arrive or do not."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import PurePosixPath

import pytest

from jobs.engine import Engine
from jobs.scheduler import Scheduler
from jobs.sync import sync
from models.database import Database
from models.hooks import Hook
from models.instances import Instance
from models.people import User
from tests.fakes.arr import FakeArr
from tests.fakes.browser import ADDRESS, Browser
from tests.fakes.clock import FastClock
from tests.fakes.webhooks import HookingArr
from tests.jobs.idling import a_day

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

MOST, MOST_UNHEARD = 90, 200
OF_A_SCAN = {"episode", "moviefile", "history", "movie"}


@pytest.fixture
def hooking(sonarr: FakeArr) -> HookingArr:
    return HookingArr(sonarr)


@pytest.fixture
async def engine(
    db: Database, clock: FastClock, hooking: HookingArr, radarr: FakeArr
) -> AsyncIterator[Engine]:
    made = Engine(clock=clock, demo={"sonarr": hooking, "radarr": radarr})
    yield made
    await made.stop()


async def _idle_day(scheduler: Scheduler, sonarr: FakeArr, clock: FastClock) -> Counter[str]:
    """What was asked; the scan of scores has figures of its own."""
    sonarr.log.clear()
    await a_day(scheduler, clock)
    names = (PurePosixPath(seen.path).name for seen in sonarr.log)
    return Counter(name for name in names if name not in OF_A_SCAN)


async def _set_up(engine: Engine, instance: Instance, hooking: HookingArr) -> Scheduler:
    await sync(engine, instance)
    hook, token = Hook.renew(instance, ADDRESS, engine.clock.now())
    hook.change(heard_at=engine.clock.now())
    hooking.connect(f"{ADDRESS}/hooks/{token}")
    scheduler = Scheduler(engine)
    scheduler.housekeeping.take_over()
    return scheduler


async def test_a_quiet_instance_whose_tests_arrive_gets_at_most_ninety_requests_a_day(
    engine: Engine, browser: Browser, alice: User, living_room: Instance, sonarr: FakeArr,
    hooking: HookingArr, clock: FastClock,
) -> None:  # fmt: skip
    hooking.ours = browser.app
    scheduler = await _set_up(engine, living_room, hooking)
    for _ in range(3):
        asked = await _idle_day(scheduler, sonarr, clock)
        assert 60 < asked.total() <= MOST, asked
        assert 46 <= asked["health"] <= 49
        assert 10 <= asked["missing"] <= 14
        assert 1 <= asked["test"] <= 2
    assert Hook.get().arrives(clock.now())


async def test_where_nothing_arrives_the_old_rhythm_is_back_after_a_day(
    engine: Engine, alice: User, living_room: Instance, sonarr: FakeArr, hooking: HookingArr,
    clock: FastClock,
) -> None:  # fmt: skip
    scheduler = await _set_up(engine, living_room, hooking)
    assert (await _idle_day(scheduler, sonarr, clock)).total() <= MOST
    await _idle_day(scheduler, sonarr, clock)
    asked = await _idle_day(scheduler, sonarr, clock)
    assert MOST < asked.total() <= MOST_UNHEARD, asked
    assert asked["health"] == 0
    assert asked["missing"] > 40
    assert not Hook.get().arrives(clock.now())
    assert "had an error of its own" in Hook.get().fault
