"""The history: every search, and what came of it."""

import re
from datetime import timedelta
from typing import Any

import pytest

from models.database import database
from models.database.fields import now
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.history import _ended
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.browser import Browser
from tests.wanted import wanted


def _searched(number: int, **changes: Any) -> Search:
    columns = {
        "queue_name": "Nightly",
        "instance_name": "Living room",
        "demo": False,
        "kind": "episode",
        "want": "missing",
        "title": f"Title {number:03d}",
        "attempt": 1,
        "state": "done",
        "outcome": "nothing",
        "created_at": START + timedelta(minutes=number),
    }
    return Search.create(**(columns | changes))


@pytest.fixture
def history(nightly: Queue, living_room: Instance, cinema: Instance, finished_run: Run) -> None:
    """Three searches: a grab on each instance, and one of the queue that brought nothing."""
    _searched(1, instance=cinema, title="100% Wolf", outcome="grabbed", release="Wolf.2020.1080p")
    _searched(2, instance=living_room, queue=nightly, run=finished_run)
    _searched(3, instance=living_room, outcome="grabbed", release="Some_Show.S01")


async def _titles(browser: Browser, query: str) -> list[str]:
    page = await browser.get(f"/searches{query}")
    assert page.status_code == 200
    known = ["100% Wolf", "Title 002", "Title 003"]
    return [title for title in known if title in page.text]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["100% Wolf", "Title 002", "Title 003"]),
        ("?instance=2", ["100% Wolf"]),
        ("?queue=1", ["Title 002"]),
        ("?outcome=grabbed", ["100% Wolf", "Title 003"]),
        ("?outcome=grabbed&instance=1", ["Title 003"]),
        ("?text=title", ["Title 002", "Title 003"]),
        ("?text=wolf.2020", ["100% Wolf"]),
        ("?text=100%25", ["100% Wolf"]),
        ("?text=%25", ["100% Wolf"]),
        ("?text=_", ["Title 003"]),
        ("?text=nowhere", []),
        ("?instance=99", []),
        ("?instance=99999999999999999999", ["100% Wolf", "Title 002", "Title 003"]),
        ("?instance=x&queue=-1&outcome=won&page=x", ["100% Wolf", "Title 002", "Title 003"]),
        ("?text=%00", ["100% Wolf", "Title 002", "Title 003"]),
        ("?unknown=1&text=", ["100% Wolf", "Title 002", "Title 003"]),
        ("?page=99", []),
    ],
)
async def test_filters_find_what_a_person_remembers(
    query: str, titles: list[str], veras: Browser, history: None
) -> None:
    assert await _titles(veras, query) == titles


async def test_the_filters_are_kept_in_the_form_and_in_the_links(alices: Browser) -> None:
    for number in range(101):
        _searched(number, outcome="grabbed")
    page = await alices.get("/searches?outcome=grabbed&text=title&page=2")
    assert '<option value="grabbed" selected>' in page.text
    assert 'name="text" value="title"' in page.text
    assert "/searches?outcome=grabbed&amp;text=title&amp;page=1" in page.text
    assert "/searches?outcome=grabbed&amp;text=title&amp;page=3" in page.text
    assert "Title 050" in page.text and "Title 051" not in page.text
    assert "101 searches" in page.text
    last = await alices.get("/searches?page=3")
    assert "Title 000" in last.text
    assert 'rel="next"' not in last.text


async def test_an_item_links_to_its_own_page(alices: Browser) -> None:
    _searched(1, link="http://tv.lan:8989/series/low-water")
    page = await alices.get("/searches")
    assert 'href="http://tv.lan:8989/series/low-water"' in page.text
    assert 'rel="noreferrer"' in page.text


async def test_hostile_texts_are_shown_as_text(alices: Browser, started: Queue) -> None:
    evil = "<img src=x onerror=alert(1)>\"'"
    _searched(1, title=evil, release=evil, indexer=evil, message=evil, instance_name=evil)
    for path in ("/", "/searches", "/searches?text=%3Cimg"):
        page = await alices.get(path)
        assert "<img" not in page.text
        assert "&lt;img src=x onerror=alert(1)&gt;" in page.text


async def test_an_empty_history_says_what_will_be_here(alices: Browser) -> None:
    assert "No search yet" in (await alices.get("/searches")).text
    assert "No search matches" in (await alices.get("/searches?text=x")).text


@pytest.fixture
def grabs(living_room: Instance, cinema: Instance) -> None:
    """One search with each fate, and one that grabbed nothing."""
    at = now()
    known: dict[str, Any] = {"outcome": "grabbed", "instance": living_room}
    for number, fate in enumerate(("imported", "failed", "ignored"), start=1):
        ended = {"fate": fate, "fate_at": at - timedelta(hours=10 - number)}
        _searched(number, **known, **ended, created_at=at - timedelta(hours=10))
    _searched(4, **known, created_at=at - timedelta(days=13), release="Low.Water", indexer="Nest")
    _searched(5, **known, created_at=at - timedelta(days=15))
    _searched(6, created_at=at)


@pytest.mark.parametrize(
    ("fate", "title", "words"),
    [
        ("imported", "Title 001", "imported <time"),
        ("failed", "Title 002", "then the download failed after 2 h"),
        ("ignored", "Title 003", "then a person ignored the download after 3 h"),
        ("open", "Title 004", "not imported yet"),
        ("unknown", "Title 005", "import unknown"),
    ],
)
async def test_the_history_tells_what_became_of_grabs_and_can_be_asked_for_it(
    fate: str, title: str, words: str, veras: Browser, grabs: None
) -> None:
    page = await veras.get(f"/searches?fate={fate}")
    assert [f"Title {number:03d}" in page.text for number in range(1, 7)].count(True) == 1
    assert title in page.text and words in page.text
    assert f'<option value="{fate}" selected>' in page.text
    everything = (await veras.get("/searches")).text
    assert words in everything and everything.count("data-fate=") == 5


async def test_a_fate_that_does_not_exist_filters_nothing(veras: Browser, grabs: None) -> None:
    assert "6 searches" in (await veras.get("/searches?fate=lost")).text


@pytest.mark.embedded("asks SQLite for its plan of small tables")
def test_fates_are_found_by_their_index(grabs: None) -> None:
    at = now()
    for fate in ("imported", "open", "unknown"):
        rows = _ended(Search.recent(), fate, at).limit(50)
        sql, values = rows.sql()
        plan = database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
        assert "searches_by_fate" in str(plan) and "TEMP B-TREE" not in str(plan), plan


async def test_a_title_leads_to_its_item_and_the_arrow_to_the_application(
    veras: Browser, started: Queue, living_room: Instance
) -> None:
    item = wanted(living_room, title="Ice")
    search = Search.begin([item], None, now(), 1)
    search.change(link="http://tv.lan:8989/series/low-water")
    for path in ("/", "/searches", "/instances/1"):
        page = await veras.get(path)
        assert f'<a href="/items/{item.id}"><bdi>{search.title}</bdi></a>' in page.text, path
        arrow = re.search(r'<a class="outward" href="([^"]+)"', page.text)
        assert arrow and arrow[1] == search.link, path
