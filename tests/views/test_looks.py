"""How pages look to one person, and how they tell what ended."""

import json
import re
from datetime import timedelta

import pytest

from models.database import database
from models.database.fields import now, to_ms
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.browser import ADDRESS, Browser
from tests.wanted import wanted

REFRESH = '<noscript><meta http-equiv="refresh" content="300"></noscript>'


async def test_one_tap_changes_the_theme_and_stays_on_the_page(veras: Browser) -> None:
    veras.http.headers["Referer"] = f"{ADDRESS}/queues"
    page = await veras.post("/theme", theme="dark", method="PATCH")
    assert page.url.path == "/queues"
    assert '<html lang="en" data-theme="dark">' in page.text
    assert '<meta name="theme-color" content="#111a1e">' in page.text


async def test_a_theme_that_does_not_exist_is_refused(veras: Browser, vera: User) -> None:
    assert (await veras.post("/theme", theme="x", method="PATCH")).status_code == 422
    assert User.get_by_id(vera.id).theme == "auto"


async def test_a_living_page_says_without_script_how_old_it_is(veras: Browser) -> None:
    told = re.compile(
        r'<noscript><p class="as-of">As of <time[^>]*>\d\d:\d\d</time>. <a href="/queues">'
    )
    assert told.search((await veras.get("/queues")).text)
    assert "as-of" not in (await veras.get("/profile")).text


async def test_pages_without_a_form_load_again_for_whom_it_is_switched_on(
    veras: Browser, vera: User, started: Queue
) -> None:
    assert REFRESH not in (await veras.get("/queues")).text
    typed = {"name": "Vera", "time_zone": "UTC", "theme": "auto", "refreshes": "1"}
    await veras.post("/profile", method="PATCH", **typed)
    for path in ("/queues", "/runs", "/instances"):
        assert REFRESH in (await veras.get(path)).text, path
    assert "http-equiv" not in (await veras.get("/profile")).text


async def test_the_manifest_is_for_everybody(browser: Browser) -> None:
    answer = await browser.http.get("/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    told = json.loads(answer.text)
    assert (told["start_url"], told["scope"]) == ("/", "/")
    for icon in told["icons"]:
        assert (
            (await browser.http.get(icon["src"])).headers["content-type"].startswith(icon["type"])
        )
    assert (
        '<link rel="manifest" href="/manifest.webmanifest">' in (await browser.get("/setup")).text
    )


@pytest.fixture
def grabbed(started: Queue, living_room: Instance) -> Search:
    run = Run.start(started, START, trigger="schedule")
    assert run is not None
    item = wanted(living_room)
    search = Search.begin([item], run, START, 1)
    with database.atomic():
        search.end("grabbed", now(), release="The.Release")
    return search


async def test_a_poll_tells_what_was_grabbed_since_the_last(
    veras: Browser, grabbed: Search
) -> None:
    before, after = (to_ms(now() + timedelta(minutes=each)) for each in (-5, 5))
    told = await veras.get(f"/queues?since={before}", htmx=True)
    assert '<div hx-swap-oob="beforeend:.toasts">' in told.text
    assert f">{grabbed.title}</bdi></a>" in told.text.partition(".toasts")[2]
    for quiet in (f"/queues?since={after}", "/queues?since=x", f"/queues?since={'9' * 40}"):
        assert ".toasts" not in (await veras.get(quiet, htmx=True)).text


async def test_a_page_asks_again_from_the_moment_it_shows(veras: Browser) -> None:
    page = await veras.get("/queues")
    assert re.search(r'hx-get="/queues\?seen=[0-9a-f]+&amp;since=\d{13}"', page.text)


async def test_the_title_and_the_icon_tell_that_a_run_is_on(veras: Browser, started: Queue) -> None:
    idle = (await veras.get("/queues")).text
    Run.start(started, now(), trigger="schedule")
    busy = (await veras.get("/queues")).text
    assert "<title>Queues" in idle and "<title>● Queues" in busy
    assert '<link rel="icon" href="/static/icons/favicon-busy.' in busy
    assert 'class="content" data-active' in busy
