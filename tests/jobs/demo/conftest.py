"""The demo servers under test, and a client that holds their key."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from jobs.demo import DEMO_KEY
from jobs.demo.sizes import Size
from tests.fakes.arr import FakeArr

ROOMY = Size(missing=140, upgrade=70)
Open = Callable[[Any], httpx.AsyncClient]


@pytest.fixture
def living_room() -> FakeArr:
    """A Sonarr."""
    return FakeArr("sonarr", size=ROOMY)


@pytest.fixture
def cinema() -> FakeArr:
    """A Radarr."""
    return FakeArr("radarr", size=ROOMY)


@pytest.fixture
async def open_client() -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        def opened(app: Any) -> httpx.AsyncClient:
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app),
                base_url="http://demo/api/v3/",
                headers={"X-Api-Key": DEMO_KEY},
            )
            stack.push_async_callback(client.aclose)
            return client

        yield opened


@pytest.fixture
def sonarr(living_room: FakeArr, open_client: Open) -> httpx.AsyncClient:
    return open_client(living_room)


@pytest.fixture
def radarr(cinema: FakeArr, open_client: Open) -> httpx.AsyncClient:
    return open_client(cinema)
