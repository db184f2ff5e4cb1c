"""A path below another site: every address that goes out has it, whether or not it comes in."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from models.environment import Environment
from models.instances import Instance
from models.people import User
from models.people.sessions import Session
from models.queues import Queue
from tests.conftest import PASSWORD
from tests.fakes.browser import ADDRESS as SITE
from tests.fakes.browser import HTMX, Browser

BASE = "/searcharr"
ADDRESS = re.compile(r'\s(?:href|src|action|formaction|hx-[a-z-]+)="(/[^"]*)"')
PAGES = ("/", "/queues", "/queues/new", "/instances", "/backlog", "/searches", "/runs", "/nowhere")


@pytest.fixture
def options(tmp_path: Path) -> Environment:
    return Environment(data_dir=tmp_path, base_path="searcharr/", trusted_proxies="10.0.0.2")


class Stripping:
    """A proxy that takes the path off before it passes a request on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app({**scope, "path": scope["path"].removeprefix(BASE)}, receive, send)


@pytest.fixture(params=["as it came", "stripped"])
async def signed_in(
    request: pytest.FixtureRequest,
    browser: Browser,
    alice: User,
    nightly: Queue,
    cinema: Instance,
) -> AsyncIterator[Browser]:
    """Through proxies that leave the path as it came, and through such that take it off."""
    app = Stripping(browser.app) if request.param == "stripped" else browser.app
    async with Browser(app, below=BASE) as one:
        await one.sign_in("Alice", PASSWORD)
        yield one


@pytest.mark.parametrize("path", PAGES)
async def test_every_address_on_a_page_is_below_it(path: str, signed_in: Browser) -> None:
    page = await signed_in.http.get(path)
    found = ADDRESS.findall(page.text)
    assert found
    assert all(address.startswith(f"{BASE}/") for address in found)
    assert not any(address.startswith(BASE * 2) for address in found)


async def test_what_the_page_loads_is_there(signed_in: Browser) -> None:
    page = await signed_in.http.get("/")
    loaded = [address for address in ADDRESS.findall(page.text) if "/static/" in address]
    assert len(loaded) >= 4
    for address in loaded:
        assert (await signed_in.http.get(f"{SITE}{address}")).status_code == 200


async def test_the_manifest_and_the_icons_are_below_it(signed_in: Browser) -> None:
    page = await signed_in.http.get("/queues")
    (manifest,) = re.findall(r'<link rel="manifest" href="([^"]+)"', page.text)
    told = (await signed_in.http.get(f"{SITE}{manifest}")).json()
    assert {told[name] for name in ("id", "start_url", "scope")} == {f"{BASE}/"}
    icons = [each["src"] for each in told["icons"]]
    icons += re.findall(r'data-(?:idle|busy)="([^"]+)"', page.text)
    for address in icons:
        assert address.startswith(f"{BASE}/static/")
        assert (await signed_in.http.get(f"{SITE}{address}")).status_code == 200


async def test_what_a_person_typed_is_left_as_it_is(signed_in: Browser, nightly: Queue) -> None:
    typed = 'see <a href="/queues"> and action="/x"'
    nightly.change(name=typed)
    page = await signed_in.http.get("/queues")
    assert "see &lt;a href=&#34;/queues&#34;&gt; and action=&#34;/x&#34;" in page.text


async def test_redirects_and_locations_have_it(browser: Browser, alice: User) -> None:
    away = await browser.http.get(f"{BASE}/queues?page=2")
    assert away.headers["location"] == f"{BASE}/session/new?next=%2Fqueues%3Fpage%3D2"
    fragment = await browser.http.get(f"{BASE}/queues", headers=HTMX)
    assert fragment.headers["hx-redirect"] == f"{BASE}/session/new"
    async with Browser(browser.app, below=BASE) as one:
        entered = await one.post(
            "/session", follow=False, name="Alice", password=PASSWORD, next="/queues"
        )
    assert entered.headers["location"] == f"{BASE}/queues"


async def test_the_page_that_a_form_stood_on_is_found_again(signed_in: Browser) -> None:
    signed_in.http.headers["Referer"] = f"http://127.0.0.1:7337{BASE}/queues?page=1"
    answer = await signed_in.post("/hold", follow=False)
    assert answer.headers["location"] == f"{BASE}/queues?page=1"


@pytest.mark.parametrize("path", ["/searcharrr/health", "/x/searcharr/health", "/Searcharr/health"])
async def test_another_path_is_not_taken_for_it(path: str, browser: Browser, alice: User) -> None:
    assert (await browser.http.get(f"{BASE}/health")).status_code == 200
    assert (await browser.http.get(path)).status_code == 404


async def test_the_cookie_is_for_that_path_alone(browser: Browser, alice: User) -> None:
    plain = await browser.http.get(f"{BASE}/session/new")
    assert plain.headers["set-cookie"].startswith("vqs=")
    assert f"; Path={BASE};" in plain.headers["set-cookie"]
    async with Browser(browser.app, peer="10.0.0.2") as behind:
        headers = {"X-Forwarded-Proto": "https"}
        secure = await behind.http.get(f"{BASE}/session/new", headers=headers)
    assert secure.headers["set-cookie"].startswith("__Secure-vqs=")
    assert secure.headers["set-cookie"].endswith("; Secure")
    assert not Session.select().exists()
