"""An engine beside services that take messages, and targets at them."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from jobs.engine import Engine
from models.database import Database
from models.notifications import NoticeTarget
from models.notifications.events import EVENTS
from models.notifications.outbox import Bookmark
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock
from tests.fakes.services import SETTINGS, FakeService, services

ToTarget = Callable[..., NoticeTarget]


@pytest.fixture
def taking() -> dict[str, FakeService]:
    return services()


@pytest.fixture
async def engine(
    db: Database,
    clock: FastClock,
    sonarr: FakeArr,
    radarr: FakeArr,
    taking: dict[str, FakeService],
) -> AsyncIterator[Engine]:
    apps = {"sonarr": sonarr, "radarr": radarr, **taking}
    made = Engine(clock=clock, demo=apps, public_url="https://searcharr.example")
    Bookmark.create(last=0)
    yield made
    await made.stop()


@pytest.fixture
def target(engine: Engine) -> ToTarget:
    """Makes a target that is told of everything at once, without pauses."""

    def make(kind: str = "webhook", **columns: Any) -> NoticeTarget:
        told: dict[str, Any] = {
            "name": kind,
            "key": kind,
            "kind": kind,
            "settings": json.dumps(SETTINGS.get(kind, {})),
            "at_once": json.dumps(list(EVENTS)),
            "gap_seconds": 0,
            "created_at": engine.clock.now(),
        }
        return NoticeTarget.create(**told | columns)

    return make
