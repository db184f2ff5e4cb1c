"""A Prowlarr whose indexers are those of the living room and the cinema."""

from collections.abc import AsyncIterator

import pytest

from jobs.demo import DEMO_KEY
from jobs.demo.prowlarr import DemoProwlarr
from jobs.engine import Engine
from models.database import Database
from models.prowlarrs import Prowlarr
from tests.conftest import START
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock


@pytest.fixture
def simulator(clock: FastClock, sonarr: FakeArr, radarr: FakeArr) -> DemoProwlarr:
    """It hears of the searches of both servers; nobody else asks its indexers."""
    made = DemoProwlarr(now=clock.now, feeds=False)
    sonarr.world.told = radarr.world.told = made.hear
    return made


@pytest.fixture
async def engine(
    db: Database, clock: FastClock, sonarr: FakeArr, radarr: FakeArr, simulator: DemoProwlarr
) -> AsyncIterator[Engine]:
    apps = {"sonarr": sonarr, "radarr": radarr, "prowlarr": simulator}
    made = Engine(clock=clock, demo=apps)
    yield made
    await made.stop()


@pytest.fixture
def indexers(db: Database) -> Prowlarr:
    return Prowlarr.create(
        name="Indexers",
        key="indexers",
        url="demo://prowlarr",
        api_key=DEMO_KEY,
        created_at=START,
    )
