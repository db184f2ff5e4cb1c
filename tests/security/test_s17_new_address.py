"""S17: what is stored never goes to another place than the one it was typed in for."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from jobs.engine import Engine
from models.database.fields import now
from models.forms.proxies import AGAIN
from models.instances import Instance
from models.instances.proxies import Credentials
from tests.fakes.arr import FakeArr, Response
from tests.fakes.browser import Browser
from tests.views.typed import everything, instance_fields, settled
from views.instances import KEY_AGAIN, KEY_AGAIN_UNCHECKED

STORED = "feedfacefeedfacefeedfacefeedface"


@pytest.fixture
def stranger() -> FakeArr:
    """A server that would like to have the key."""
    return FakeArr("sonarr")


@pytest.fixture
def home(sonarr: FakeArr) -> Iterator[str]:
    with sonarr.serve() as url:
        yield url


@pytest.fixture
def elsewhere(stranger: FakeArr) -> Iterator[str]:
    with stranger.serve() as url:
        yield url


@pytest.fixture
def attic(alices: Browser, home: str) -> Instance:
    return Instance.create(
        name="Attic",
        key="attic",
        application="sonarr",
        url=home,
        api_key=STORED,
        created_at=now(),
    )


async def _edit(browser: Browser, attic: Instance, url: str, **typed: Any) -> Any:
    fields = instance_fields(url, **{"api_key": "", **typed})
    return await browser.post(
        f"/instances/{attic.id}", method="PATCH", follow=False, htmx=True, **fields
    )


@pytest.mark.parametrize("anyway", ["", "1"])
async def test_a_new_host_or_port_asks_for_the_key_and_is_not_called(
    anyway: str, alices: Browser, attic: Instance, elsewhere: str, stranger: FakeArr, engine: Engine
) -> None:
    before = everything()
    for url in (elsewhere, elsewhere.replace("127.0.0.1", "localhost"), f"{elsewhere}/tv"):
        answer = await _edit(alices, attic, url, anyway=anyway or None)
        assert answer.status_code == 422
        assert KEY_AGAIN in answer.text
        assert STORED not in answer.text
    await settled(engine)
    assert everything() == before
    assert stranger.log == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://tv:8989", "https://tv:8989"),
        ("https://tv", "http://tv"),
        ("http://tv:8989", "http://tv:8990"),
        ("http://tv:8989", "http://tv"),
        ("http://tv:8989", "http://tv.:8989/x"),
        ("http://tv:8989/sonarr", "http://tv:8989/other"),
        ("http://10.0.0.5:8989", "http://10.0.0.6:8989"),
    ],
)
async def test_scheme_port_and_path_are_part_of_the_address(
    before: str, after: str, alices: Browser, attic: Instance
) -> None:
    attic.change(url=before)
    answer = await _edit(alices, attic, after, anyway="1")
    assert answer.status_code == 422
    assert KEY_AGAIN in answer.text
    assert Instance.get_by_id(attic.id).url == before


async def test_another_application_is_another_place(alices: Browser, attic: Instance) -> None:
    answer = await _edit(alices, attic, attic.url, application="radarr", anyway="1")
    assert answer.status_code == 422
    assert KEY_AGAIN in answer.text
    assert Instance.get_by_id(attic.id).label == "Sonarr"


async def test_with_a_key_of_its_own_the_new_place_gets_that_one(
    alices: Browser, attic: Instance, elsewhere: str, stranger: FakeArr, engine: Engine
) -> None:
    answer = await _edit(alices, attic, elsewhere, api_key=FakeArr.key)
    assert answer.status_code == 200
    await settled(engine)
    assert stranger.log
    assert {seen.headers["x-api-key"] for seen in stranger.log} == {FakeArr.key}


async def test_an_edit_that_overlaps_another_does_not_bring_its_key_to_the_old_place(
    alices: Browser, attic: Instance, home: str, elsewhere: str, stranger: FakeArr, sonarr: FakeArr
) -> None:
    """While the old address is slow to answer, the instance moves and gets another key."""
    other = "0123456789abcdef0123456789abcdef"
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(_: Any) -> Response:
        loop.call_soon_threadsafe(asked.set)
        status = {"appName": "Sonarr", "version": "4.0.17.2952", "instanceName": "Attic"}
        return Response(200, status, {"content-type": "application/json"}, delay=0.5)

    sonarr.before = slow
    attic.change(verify_tls=False)
    late = asyncio.create_task(_edit(alices, attic, home))
    await asked.wait()
    moved = await _edit(alices, attic, elsewhere, api_key=other, anyway="1")
    assert moved.status_code == 200
    answer = await late
    assert answer.status_code == 422
    assert KEY_AGAIN in answer.text
    row = Instance.get_by_id(attic.id)
    assert (row.url, row.api_key.reveal()) == (elsewhere, other)
    assert other not in {seen.headers["x-api-key"] for seen in sonarr.log}


async def test_the_key_stays_where_it_is_when_anything_else_changes(
    alices: Browser, attic: Instance, home: str
) -> None:
    answer = await _edit(alices, attic, f"{home}/", name="Loft", browser_url="http://tv.example")
    assert answer.status_code == 200
    assert Instance.get_by_id(attic.id).api_key.reveal() == STORED


async def test_without_the_check_of_its_certificate_the_key_is_asked_for(
    alices: Browser, attic: Instance, home: str, sonarr: FakeArr
) -> None:
    answer = await _edit(alices, attic, home, verify_tls=None, anyway="1")
    assert answer.status_code == 422
    assert KEY_AGAIN_UNCHECKED in answer.text
    assert Instance.get_by_id(attic.id).verify_tls
    assert sonarr.log == []
    answer = await _edit(alices, attic, home, verify_tls=None, anyway="1", api_key=FakeArr.key)
    assert answer.status_code == 200


@pytest.mark.parametrize("changes", [{"url": "http://tv:8989"}, {"verify_tls": None}])
async def test_what_a_proxy_asked_for_goes_nowhere_else_either(
    changes: dict[str, Any], alices: Browser, attic: Instance, home: str
) -> None:
    attic.change(**Credentials("porter", "sesame", (("X-Pass", "twelve"),)).columns)
    typed = {"url": home, "api_key": FakeArr.key, "anyway": "1", "proxy_header_1": "X-Pass"}
    answer = await _edit(alices, attic, **typed | changes)
    assert answer.status_code == 422
    # Each stands beside its field, and in the list of faults.
    assert answer.text.count(AGAIN) == 4
    assert (Instance.get().url, Instance.get().verify_tls) == (home, True)
    again = {"proxy_name": "porter", "proxy_password": "sesame", "proxy_value_1": "thirteen"}
    answer = await _edit(alices, attic, **typed | changes | again)
    assert answer.status_code == 200
    assert Credentials.of(Instance.get()).headers == (("X-Pass", "thirteen"),)
