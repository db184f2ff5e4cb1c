"""The form of an instance that has a proxy in front."""

from typing import Any

import pytest

from jobs.engine import Engine
from models.instances import Instance
from models.instances.proxies import Credentials
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.browser import Browser
from tests.views.typed import instance_fields, settled

BASIC = "Basic cG9ydGVyOnNlc2FtZQ=="
TYPED = {
    "proxy_name": "porter",
    "proxy_password": "sesame",
    "proxy_header_1": "X-Pass",
    "proxy_value_1": "zwölf",
}


def guarded(seen: Seen) -> Response | None:
    """Lets nobody through who does not know the name, the password and the header."""
    passed = (seen.headers.get("authorization"), seen.headers.get("x-pass"))
    if passed == (BASIC, "zwölf"):
        return None
    return Response(401, b"<h1>401</h1>", {"www-authenticate": 'Basic realm="tv"'})


@pytest.fixture
def behind(sonarr: FakeArr) -> FakeArr:
    sonarr.before = guarded
    return sonarr


async def test_what_the_proxy_asks_for_is_sent_when_the_connection_is_tested(
    alices: Browser, behind: FakeArr
) -> None:
    with behind.serve() as url:
        without = await alices.post("/checks", **instance_fields(url))
        with_it = await alices.post("/checks", **instance_fields(url, **TYPED))
    assert without.status_code == 422
    assert "Found Sonarr" in with_it.text
    assert "sesame" not in with_it.text and "zwölf" not in with_it.text
    assert 'value="X-Pass"' in with_it.text


async def test_an_instance_behind_a_proxy_is_connected_and_read(
    alices: Browser, behind: FakeArr, engine: Engine
) -> None:
    with behind.serve() as url:
        await alices.post("/instances", **instance_fields(url, **TYPED))
        await settled(engine)
    instance = Instance.get()
    assert instance.fault is None and instance.synced_at
    assert Credentials.of(instance) == Credentials("porter", "sesame", (("X-Pass", "zwölf"),))
    page = await alices.get(f"/instances/{instance.id}/edit")
    for secret in ("porter", "sesame", "zwölf"):
        assert secret not in page.text
    assert "A proxy in front of it (set)" in page.text


async def test_a_refused_form_loses_nothing_but_secrets(alices: Browser) -> None:
    typed: dict[str, Any] = TYPED | {"http2": "1", "proxy_header_2": "x-pass", "proxy_value_2": "2"}
    page = await alices.post("/instances", **instance_fields("http://127.0.0.1:9", **typed))
    assert page.status_code == 422
    assert "Two rows have this name" in page.text
    assert 'id="f-proxy_header_2-error"' in page.text
    assert '<details class="disclosure" open>' in page.text
    assert 'value="X-Pass"' in page.text and 'name="http2" value="1" role="switch" checked' in (
        page.text
    )
    for secret in ("porter", "sesame", "zwölf"):
        assert secret not in page.text


async def test_the_proxy_is_taken_out_again(alices: Browser, living_room: Instance) -> None:
    kept = Credentials("porter", "sesame", (("X-Pass", "12"),))
    living_room.change(url="http://127.0.0.1:9", **kept.columns)
    typed = instance_fields(living_room.url, api_key="", proxy_forget="1", anyway="1")
    await alices.post(f"/instances/{living_room.id}", method="PATCH", **typed)
    assert Credentials.of(Instance.get()) == Credentials()
