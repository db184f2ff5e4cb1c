"""S33: whoever is not signed in learns that it runs, and neither its version nor anything else."""

import re

import httpx
import pytest

from models.instances import Instance
from models.people import User
from models.version import VERSION
from tests.fakes.browser import HTMX, Browser
from tests.security.walk import PAGES, walk
from views.web.assets import assets
from views.web.serving import WebServer
from views.web.visitor import PROBES

TELLING = re.compile(
    rf"{re.escape(VERSION)}|9\.8\.7\.6|uvicorn|starlette|sqlcipher|python/|traceback", re.IGNORECASE
)


@pytest.fixture
def known(furnished: dict[str, object], living_room: Instance) -> dict[str, object]:
    living_room.change(version="9.8.7.6", instance_name="Sonarr of the household")
    return furnished


def _tells(answer: httpx.Response) -> str:
    found = TELLING.search(f"{answer.headers.multi_items()} {answer.text}")
    return found[0] if found else ""


@pytest.mark.parametrize("path", PROBES)
@pytest.mark.parametrize(
    "query", ["", "?verbose=1", "?version", "?format=json", "?full=true&details=1"]
)
async def test_health_is_a_status_and_nothing_else(
    query: str, path: str, browser: Browser, alices: Browser
) -> None:
    await browser.state.work.tick()
    for one in (browser, alices):
        for headers in (
            {},
            HTMX,
            {"Accept": "application/json"},
            {"Origin": "http://evil.example"},
        ):
            answer = await one.http.get(f"{path}{query}", headers=headers)
            assert (answer.status_code, answer.content) == (200, b"")
            assert "set-cookie" not in answer.headers
            assert "content-type" not in answer.headers


async def test_it_says_the_same_whatever_the_household_is_like(
    browser: Browser, alice: User
) -> None:
    with_somebody = [await browser.http.get(path) for path in PROBES]
    alice.delete_instance()
    with_nobody = [await browser.http.get(path) for path in PROBES]
    for before, after in zip(with_somebody, with_nobody, strict=True):
        for each in (before, after):
            del each.headers["x-request-id"]
        assert (before.headers, before.content) == (after.headers, b"")


async def test_no_public_answer_tells_a_version(browser: Browser, known: dict[str, object]) -> None:
    for step in PAGES:
        address = step.at(**known)
        for headers in ({}, HTMX):
            answer = await browser.http.get(address, headers=headers)
            assert not _tells(answer), step
    for step in walk():
        assert not _tells(await browser.http.post(step.at(**known))), step
        assert not _tells(await browser.http.request("OPTIONS", step.at(**known))), step


@pytest.mark.parametrize(
    "address",
    ["/nothing", "/version", "/api/v2/system", "/robots.txt", "/openapi.json"],
)
async def test_there_is_no_address_that_tells_it(
    address: str, browser: Browser, known: dict[str, object]
) -> None:
    answer = await browser.http.get(address)
    assert answer.status_code == 404
    assert not _tells(answer)


async def test_nor_does_a_file(browser: Browser, alice: User) -> None:
    for address in assets()._assets:
        answer = await browser.http.get(address)
        assert answer.status_code == 200
        assert VERSION not in address
        if not address.endswith((".woff2", ".png")):
            assert VERSION not in answer.text, address


def test_the_server_does_not_name_itself(browser: Browser) -> None:
    assert WebServer(browser.app, lambda: None).config.server_header is False
