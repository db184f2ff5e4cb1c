"""The same server under two names is refused, whatever its address; a copy of it is not."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from jobs.engine import Engine
from models.database.fields import now
from models.instances import Instance
from tests.fakes.arr import NOON, FakeArr
from tests.fakes.browser import Browser
from tests.views.typed import OTHER_KEY, everything, instance_fields, settled

pytestmark = pytest.mark.long

SAME = "This is the same Sonarr as Attic."


@pytest.fixture
def attics() -> FakeArr:
    """The server in the attic."""
    return FakeArr("sonarr")


@pytest.fixture
def address(attics: FakeArr) -> Iterator[str]:
    with attics.serve() as url:
        yield url


@pytest.fixture
def attic(alice: object, address: str) -> Instance:
    return _instance("Attic", address)


def _instance(name: str, url: str, **changes: Any) -> Instance:
    row = {"application": "sonarr", "url": url, "api_key": FakeArr.key, "created_at": now()}
    return Instance.create(name=name, key=name.lower(), **(row | changes))


def elsewhere(address: str) -> str:
    """The same server by another name."""
    return address.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("anyway", [None, "1"])
@pytest.mark.parametrize("path", ["/instances", "/checks"])
async def test_an_address_that_another_instance_has_is_refused_and_nothing_is_sent(
    alices: Browser, attic: Instance, attics: FakeArr, path: str, anyway: str | None, htmx: bool
) -> None:
    before = everything()
    changes = {"name": "Second", "api_key": OTHER_KEY, "anyway": anyway}
    typed = instance_fields(f"{attic.url}/", **changes)
    answer = await alices.post(path, htmx=htmx, **typed)
    assert answer.status_code == 422
    assert SAME in answer.text
    if path == "/instances":
        assert 'id="f-url-error"' in answer.text and 'value="Second"' in answer.text
    assert (everything(), attics.log) == (before, [])


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("anyway", [None, "1"])
@pytest.mark.parametrize("path", ["/instances", "/checks"])
async def test_the_same_server_by_another_name_is_refused(
    alices: Browser, attic: Instance, address: str, path: str, anyway: str | None, htmx: bool
) -> None:
    before = everything()
    typed = instance_fields(elsewhere(address), name="Second", anyway=anyway)
    answer = await alices.post(path, htmx=htmx, **typed)
    assert answer.status_code == 422
    assert SAME in answer.text and "Found Sonarr" not in answer.text
    if path == "/instances":
        assert 'id="f-url-error"' in answer.text
        assert f'value="{elsewhere(address)}"' in answer.text
    assert everything() == before


async def test_a_server_with_a_copied_configuration_is_another_one(
    alices: Browser, attic: Instance, engine: Engine
) -> None:
    copy = FakeArr("sonarr", now=NOON + timedelta(seconds=1))
    with copy.serve() as url:
        typed = instance_fields(url, name="Attic 4K")
        assert "Found Sonarr" in (await alices.post("/checks", **typed)).text
        answer = await alices.post("/instances", follow=False, **typed)
        assert answer.status_code == 303
        await settled(engine)
    assert Instance.select().count() == 2


@pytest.mark.parametrize("field", ["instanceName", "version", "urlBase", "appData", "startupPath"])
async def test_two_that_were_started_together_are_told_apart_by_all_that_they_say(
    alices: Browser, attic: Instance, engine: Engine, field: str
) -> None:
    copy = FakeArr("sonarr")
    with copy.serve() as url:
        typed = instance_fields(url, name="Attic 4K")
        assert SAME in (await alices.post("/instances", **typed)).text
        said = await _status_of(copy) | {field: "5.0.0.1"}
        copy.fail_next("/api/v3/system/status", status=200, body=said, times=9)
        answer = await alices.post("/instances", follow=False, **typed)
        assert answer.status_code == 303
        await settled(engine)
    assert Instance.select().count() == 2


async def test_a_server_that_does_not_tell_its_start_is_taken(
    alices: Browser, attic: Instance, attics: FakeArr, address: str, engine: Engine
) -> None:
    said = await _status_of(attics)
    del said["startTime"]
    attics.fail_next("/api/v3/system/status", status=200, body=said, times=9)
    typed = instance_fields(elsewhere(address), name="Second")
    answer = await alices.post("/instances", follow=False, **typed)
    assert answer.status_code == 303
    await settled(engine)


async def test_an_instance_that_does_not_answer_keeps_no_other_out(
    alices: Browser, alice: object, address: str, engine: Engine
) -> None:
    _instance("Gone", "http://127.0.0.1:9")
    answer = await alices.post("/instances", follow=False, **instance_fields(address))
    assert answer.status_code == 303
    await settled(engine)


async def test_a_radarr_with_the_same_key_is_another_server(
    alices: Browser, attic: Instance, engine: Engine
) -> None:
    with FakeArr("radarr").serve() as url:
        typed = instance_fields(url, name="Cinema", application="radarr")
        answer = await alices.post("/instances", follow=False, **typed)
        assert answer.status_code == 303
        await settled(engine)


async def test_the_demo_keeps_nobody_out(alices: Browser, attic: Instance, engine: Engine) -> None:
    attic.change(demo=True)
    answer = await alices.post(
        "/instances", follow=False, **instance_fields(attic.url, name="Second")
    )
    assert answer.status_code == 303
    await settled(engine)


@pytest.mark.parametrize(
    "changes",
    [{"name": "Cellar"}, {"api_key": ""}, {"http2": "1", "api_key": ""}, {"verify_tls": None}],
)
async def test_an_instance_is_edited_in_place(
    alices: Browser, attic: Instance, address: str, engine: Engine, changes: dict[str, Any]
) -> None:
    typed = instance_fields(address, **changes)
    answer = await alices.post(f"/instances/{attic.id}", method="PATCH", follow=False, **typed)
    assert answer.status_code == 303
    await settled(engine)


async def test_an_instance_moves_to_another_name_of_its_own_server(
    alices: Browser, attic: Instance, address: str, engine: Engine
) -> None:
    typed = instance_fields(elsewhere(address))
    answer = await alices.post(f"/instances/{attic.id}", method="PATCH", follow=False, **typed)
    assert answer.status_code == 303
    await settled(engine)
    assert Instance.get().url == elsewhere(address)


@pytest.mark.parametrize("anyway", [None, "1"])
async def test_an_instance_does_not_move_to_the_server_of_another(
    alices: Browser, attic: Instance, address: str, anyway: str | None
) -> None:
    second = _instance("Second", "http://127.0.0.1:9", api_key=OTHER_KEY)
    before = everything()
    for url in (address, elsewhere(address)):
        typed = instance_fields(url, name="Second", anyway=anyway)
        path = f"/instances/{second.id}"
        answer = await alices.post(path, method="PATCH", **typed)
        assert answer.status_code == 422
        assert SAME in answer.text and 'id="f-url-error"' in answer.text
    assert everything() == before


async def test_two_that_are_there_already_can_still_be_edited(
    alices: Browser, attic: Instance, address: str, engine: Engine
) -> None:
    second = _instance("Second", address)
    typed = instance_fields(address, name="Second", hourly_budget="3")
    path = f"/instances/{second.id}"
    answer = await alices.post(path, method="PATCH", follow=False, **typed)
    assert answer.status_code == 303
    await settled(engine)
    assert Instance.get_by_id(second.id).hourly_budget == 3


async def _status_of(fake: FakeArr) -> dict[str, Any]:
    """What the server says of itself."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(fake)) as client:
        headers = {"X-Api-Key": fake.key}
        answer = await client.get("http://fake/api/v3/system/status", headers=headers)
    fake.log.clear()
    said: dict[str, Any] = answer.json()
    return said
