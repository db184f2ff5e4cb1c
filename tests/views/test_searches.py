"""The history: every search, and what came of it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from models.database import database
from models.database.fields import now
from models.forms.history import NO_DAY, TURNED
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches import Search, entries, tallies
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
        ("?before=1s1", []),
        ("?before=x&after=1x1", ["100% Wolf", "Title 002", "Title 003"]),
        ("?want=upgrade", []),
        ("?outcome=held", []),
        ("?since=2026-05-04&until=2026-05-04", ["100% Wolf", "Title 002", "Title 003"]),
        ("?since=2026-05-05", []),
        ("?until=2026-05-03", []),
    ],
)
async def test_filters_find_what_a_person_remembers(
    query: str, titles: list[str], veras: Browser, history: None
) -> None:
    assert await _titles(veras, query) == titles


async def test_the_filters_are_kept_in_the_form_and_in_the_links(alices: Browser) -> None:
    for number in range(101):
        _searched(number, outcome="grabbed")
    page = await alices.get("/searches?outcome=grabbed&want=missing")
    assert 'href="/searches?outcome=grabbed&amp;want=missing" aria-current="true"' in page.text
    assert '<input type="hidden" name="outcome" value="grabbed">' in page.text
    assert '<option value="missing" selected>' in page.text
    assert "101 searches" in page.text
    assert 'href="/searches.csv?outcome=grabbed&amp;want=missing"' in page.text
    assert 'href="/searches?want=missing"' in page.text


async def test_pages_lead_to_each_other_and_show_nothing_twice(alices: Browser) -> None:
    for number in range(101):
        _searched(number)
    pages = [(await alices.get("/searches?want=missing")).text]
    while follow := re.search(r'rel="next" href="([^"]+)"', pages[-1]):
        pages.append((await alices.get(unescape(follow[1]))).text)
    shown = [sorted(set(re.findall(r"Title \d+", page)), reverse=True) for page in pages]
    assert [len(page) for page in shown] == [50, 50, 1]
    assert shown[0] + shown[1] + shown[2] == [f"Title {n:03d}" for n in range(100, -1, -1)]
    back = re.search(r'rel="prev" href="([^"]+)"', pages[2])
    assert back
    second = (await alices.get(unescape(back[1]))).text
    assert sorted(set(re.findall(r"Title \d+", second)), reverse=True) == shown[1]


async def test_an_item_links_to_its_own_page(alices: Browser) -> None:
    _searched(1, link="http://tv.lan:8989/series/low-water")
    page = await alices.get("/searches")
    assert 'href="http://tv.lan:8989/series/low-water"' in page.text
    assert 'rel="noreferrer"' in page.text


async def test_hostile_texts_are_shown_as_text(alices: Browser, started: Queue) -> None:
    evil = "<img src=x onerror=alert(1)>\"'"
    texts = dict.fromkeys(("title", "release", "indexer", "message", "instance_name"), evil)
    _searched(1, outcome="grabbed", **texts)
    _searched(2, **texts)
    for path in ("/", "/searches", "/searches?text=%3Cimg"):
        page = await alices.get(path)
        assert "<img" not in page.text
        assert "&lt;img src=x onerror=alert(1)&gt;" in page.text


async def test_an_empty_history_says_what_will_be_here(alices: Browser) -> None:
    page = (await alices.get("/searches")).text
    assert "No search yet" in page
    assert 'name="text"' not in page, "nothing can be looked for"
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
        ("failed", "Title 002", "download failed <time"),
        ("ignored", "Title 003", "download ignored <time"),
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
    link = "http://tv.lan:8989/series/low-water"
    search.change(link=link, state="done", outcome="grabbed")
    for path in ("/", "/searches", "/instances/1"):
        page = await veras.get(path)
        assert f'<a href="/items/{item.id}"><bdi>{search.title}</bdi></a>' in page.text, path
        arrow = re.search(r'<a class="outward" href="([^"]+)"', page.text)
        assert arrow and arrow[1] == search.link, path


def _idle_run(queue: Queue, minute: int, **changes: Any) -> Run:
    at = START + timedelta(minutes=minute)
    columns = {"queue": queue, "queue_name": queue.name, "trigger": "schedule", "state": "held"}
    return Run.create(**columns | {"started_at": at, "finished_at": at} | changes)


async def test_runs_that_searched_nothing_stand_in_the_history_with_their_reason(
    veras: Browser, nightly: Queue, history: None
) -> None:
    _idle_run(nightly, 10, note="Cinema has not answered since 02:15.")
    _idle_run(nightly, 11, state="finished", note="Nothing to do: 3 in cooldown.")
    page = (await veras.get("/searches")).text
    assert "Cinema has not answered since 02:15." in page and ">Held<" in page
    assert "Nothing to do: 3 in cooldown." in page and ">Skipped<" in page
    alone = (await veras.get("/searches?outcome=held")).text
    assert "Nothing to do: 3 in cooldown." in alone and "Title 003" not in alone
    for filters in ("outcome=grabbed", "instance=1", "text=title", "want=missing"):
        assert "Nothing to do" not in (await veras.get(f"/searches?{filters}")).text
    assert "Nothing to do" in (await veras.get("/searches?queue=1")).text


async def test_the_same_reason_again_and_again_is_one_line(veras: Browser, nightly: Queue) -> None:
    for number in range(9):
        _idle_run(nightly, number * 10, note="Everything is on hold.")
    page = (await veras.get("/searches")).text
    assert page.count("Everything is on hold.</bdi>") == 1
    assert "9 times since" in page


async def test_a_run_and_a_day_show_their_sums(
    veras: Browser, living_room: Instance, finished_run: Run
) -> None:
    grabbed = {"outcome": "grabbed", "run": finished_run, "instance": living_room}
    _searched(1, **grabbed, fate="imported")
    _searched(2, **grabbed)
    _searched(3, run=finished_run, instance=living_room)
    _searched(4, instance=living_room, queue_name="")
    page = (await veras.get("/searches")).text
    day = r"<b>4 searches</b> <span data-state=\"grabbed\">2 grabbed</span> <span>1 imported</span>"
    assert re.search(day, page)
    run = r"<span>3 searches</span> <span data-state=\"grabbed\">2 grabbed</span>"
    assert re.search(run, page)
    assert "By hand" in page


async def test_a_run_that_goes_on_after_midnight_says_on_which_day_it_began(
    veras: Browser, living_room: Instance, finished_run: Run
) -> None:
    for hours in (1, 23):
        at = START + timedelta(hours=hours)
        _searched(hours, run=finished_run, instance=living_room, created_at=at)
    page = (await veras.get("/searches")).text
    assert re.findall(r">begun <time[^>]*>([^<]+)", page) == ["4 May, 14:00"]
    head = r'<header class="history-head">\s*<span class="history-time"><time[^>]*>([^<]+)'
    assert re.findall(head, page) == ["13:00", "14:00"]


async def test_days_are_those_of_the_person(veras: Browser, vera: User) -> None:
    """In Berlin the 4th of May begins two hours before that of UTC."""
    _searched(0, title="Late", created_at=datetime(2026, 5, 3, 22, 30, tzinfo=UTC))
    assert "Late" in (await veras.get("/searches?since=2026-05-04&until=2026-05-04")).text
    assert "Late" not in (await veras.get("/searches?until=2026-05-03")).text
    vera.change(time_zone="UTC")
    assert "Late" in (await veras.get("/searches?until=2026-05-03")).text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=yesterday", NO_DAY),
        ("until=2026-02-30", NO_DAY),
        ("since=9999-12-31", NO_DAY),
        ("since=0001-01-01", NO_DAY),
        ("since=2026-05-04&until=2026-05-03", TURNED),
    ],
)
async def test_a_day_that_is_none_is_said_beside_its_field(
    query: str, sentence: str, veras: Browser, history: None
) -> None:
    page = await veras.get(f"/searches?{query}")
    assert page.status_code == 422
    assert sentence in page.text and 'aria-invalid="true"' in page.text
    assert '<details class="disclosure" open>' in page.text


async def test_chips_count_the_outcomes_under_the_other_filters(
    veras: Browser, history: None
) -> None:
    page = re.sub(r"<[^>]+>", " ", (await veras.get("/searches")).text)
    assert re.search(r"All\s+3\s", page) and re.search(r"Grabbed\s+2\s", page)
    page = re.sub(r"<[^>]+>", " ", (await veras.get("/searches?instance=1")).text)
    assert re.search(r"All\s+2\s", page) and re.search(r"Grabbed\s+1\s", page)


async def test_what_was_counted_only_in_part_says_so(
    veras: Browser, history: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "MOST", 1)
    page = (await veras.get("/searches")).text
    assert "more than 1 search" in page and "or more</span>" in page


async def test_a_text_is_looked_for_in_some_searches_and_then_further_back(
    veras: Browser, history: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "LOOKED", 1)
    page = (await veras.get("/searches?text=wolf")).text
    assert "100% Wolf" not in page
    further = re.search(r'href="([^"]+)">Look further back', page)
    assert further
    assert "100% Wolf" in (await veras.get(unescape(further[1]))).text


async def test_the_closed_disclosure_says_which_of_its_filters_are_set(
    veras: Browser, history: None
) -> None:
    page = (await veras.get("/searches?instance=2&want=missing&since=2026-05-01")).text
    assert "More filters: <b><bdi>Cinema, missing, from 2026-05-01</bdi></b>" in page
    assert '<details class="disclosure">' in page
