"""The API below a base path, as behind a proxy that shares its host."""

from pathlib import Path

import httpx
import pytest

from models.environment import Environment
from models.household import Household
from models.instances import Instance
from models.people import User
from tests.fakes.browser import ADDRESS, Browser
from tests.programs import PROBLEM, Program


@pytest.fixture
def options(tmp_path: Path) -> Environment:
    return Environment(data_dir=tmp_path, base_path="/searcharr")


async def test_addresses_and_refusals_are_right_there(
    unhurried: Browser, alice: User, living_room: Instance
) -> None:
    async with (
        Program(unhurried.app, alice) as program,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(unhurried.app, raise_app_exceptions=False),
            base_url=f"{ADDRESS}/searcharr/api/v1",
            headers=program.http.headers,
        ) as below,
    ):
        made = await below.post("/queues", json={"instances": [1]})
        assert made.headers["location"] == f"/searcharr/api/v1/queues/{made.json()['id']}"
        told = (await below.get("/openapi.json")).json()
        assert told["servers"] == [{"url": "/searcharr"}]
        living_room.delete_instance()
        Household.delete().execute()
        broken = await below.get("/budgets")
        missing = await below.get("/nothing")
        for answer, status in ((missing, 404), (broken, 500)):
            assert answer.status_code == status
            assert answer.headers["content-type"] == PROBLEM
