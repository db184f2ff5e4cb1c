"""The first page: what happened, what happens next, and whether anything is in the way."""

import logging
import re
from datetime import timedelta

import pytest

from models.database.fields import now
from models.household import Household
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from models.yields import Yield
from models.yields.keys import day_number, household_day
from tests.fakes.browser import Browser
from tests.wanted import wanted


async def test_an_empty_household_is_told_what_comes_first(
    alices: Browser, bobs: Browser, alice: User
) -> None:
    page = await alices.get("/")
    assert "Nothing is connected yet." in page.text
    assert 'href="/instances/new"' in page.text
    page = await bobs.get("/")
    assert "An administrator connects the first instance." in page.text
    assert "/instances/new" not in page.text


async def test_the_faint_example_shows_a_backlog_a_week_and_health_and_is_for_eyes_alone(
    alices: Browser, alice: User
) -> None:
    page = (await alices.get("/")).text
    shown = re.findall(r"<section[^>]* data-example[^>]*>.*?</section>", page, re.DOTALL)
    assert len(shown) == 3
    assert [part.count('aria-hidden="true">') > 0 for part in shown] == [True] * 3
    assert [sum(part.count(f"<{tag} ") for tag in ("a", "button", "input")) for part in shown] == [
        0
    ] * 3
    assert 'class="chart-dashed"' in shown[0]
    assert shown[1].count('class="chart lane-picture"') == 3
    assert shown[2].count('class="chart health-bars"') == 2


async def test_with_an_instance_the_queue_comes_next(
    alices: Browser, living_room: Instance
) -> None:
    page = await alices.get("/")
    assert "/queues/new?strategy=missing" in page.text


async def test_it_shows_every_queue_and_instance(alices: Browser, started: Queue) -> None:
    page = await alices.get("/")
    for words in ("Nightly", "Living room", "Every 2 hours", "The week of the queues"):
        assert words in page.text


async def test_it_polls_slowly_when_nothing_goes_on(alices: Browser, started: Queue) -> None:
    page = await alices.get("/")
    poll = page.text.partition('hx-get="')[2].partition('"')[0]
    assert poll.startswith("/?seen=")
    assert 'hx-trigger="every 15s, refresh from:body"' in page.text
    assert 'http-equiv="refresh"' not in page.text
    answers = {(await alices.get(poll, htmx=True)).status_code for _ in range(2)}
    assert answers <= {204, 200} and 204 in answers


async def test_it_polls_fast_while_a_run_is_active(alices: Browser, started: Queue) -> None:
    run = Run.start(started, now(), trigger="schedule")
    assert run is not None
    page = await alices.get("/")
    assert 'hx-trigger="every 2s, refresh from:body"' in page.text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page.text
    poll = page.text.partition('hx-get="')[2].partition('"')[0]
    run.tell("Searching Low Water")
    changed = await alices.get(poll, htmx=True)
    assert changed.status_code == 200
    assert "Searching Low Water" in changed.text
    assert "http-equiv" not in changed.text


async def test_what_is_in_the_way_is_said(alices: Browser, started: Queue) -> None:
    Instance.get().change(
        fault="Nothing answers at tv.lan.", fault_code="refused", faulty_since=now()
    )
    Household.current().change(held_at=now())
    page = await alices.get("/")
    assert "Nothing answers at tv.lan." in page.text
    assert "On hold since" in page.text
    assert "Living room</bdi> has not answered since" in page.text


async def test_a_word_said_to_a_person_is_shown_once(alices: Browser, started: Queue) -> None:
    await alices.post("/hold", method="DELETE", follow=False)
    assert "Searches go on." in (await alices.get("/", htmx=True)).text
    assert "Searches go on." not in (await alices.get("/", htmx=True)).text


async def test_a_run_that_is_about_to_begin_is_looked_for_every_two_seconds(
    alices: Browser, nightly: Queue
) -> None:
    nightly.start(now() + timedelta(seconds=5))
    assert "every 2s" in (await alices.get("/")).text
    nightly.start(now() + timedelta(hours=1))
    assert "every 15s" in (await alices.get("/")).text


async def test_the_plans_end_is_told_once_enough_was_answered(
    alices: Browser, started: Queue, living_room: Instance
) -> None:
    living_room.change(synced_at=now())
    for _ in range(3):
        wanted(living_room)
    page = await alices.get("/")
    assert "known after 20 answers" in page.text
    assert "Wanted items over time" not in page.text
    assert "Searches of each day" not in page.text
    today = day_number(household_day(now(), Household.current()))
    total = {"demo": False, "dimension": "total", "key": "all", "period": today}
    Yield.create(**total, grabbed=5, nothing=15)
    started.change(batch_size=4)
    page = await alices.get("/")
    assert "done about <b>" in page.text
    assert "Wanted items over time" in page.text
    assert "Searches of each day" in page.text
    assert "5 grabbed (25 % of those answered)" in page.text


async def test_a_remedy_is_offered_to_whom_the_queue_belongs(
    alices: Browser, veras: Browser, started: Queue
) -> None:
    started.change(next_run_at=None)
    for browser, offered in ((alices, True), (veras, False)):
        page = (await browser.get("/")).text
        assert "Its schedule has no next run." in page
        assert ("Change its schedule" in page) == offered


async def test_a_grab_of_the_demo_library_is_marked_among_others(
    alices: Browser, living_room: Instance
) -> None:
    for minutes in (2, 1):
        at = now() - timedelta(minutes=minutes)
        search = Search.begin([wanted(living_room)], None, at, 1)
        search.change(state="done", outcome="grabbed", demo=minutes == 1)
    grabs = (await alices.get("/")).text.partition("<h2>Latest grabs</h2>")[2]
    theirs, ours = grabs.partition("</ul>")[0].split('<li class="grab"')[1:]
    assert 'data-state="demo"' in theirs and 'data-state="demo"' not in ours


async def test_what_did_not_change_is_not_drawn_again(
    alices: Browser, veras: Browser, started: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    async def asked(browser: Browser) -> int:
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "peewee"):
            await browser.get("/")
        return len(caplog.records)

    started.change(next_run_at=now() + timedelta(hours=5))
    await alices.get("/")
    kept = await asked(alices)
    assert await asked(veras) > kept
    started.change(name="Another name")
    assert await asked(alices) > kept
    assert "Another name" in (await alices.get("/")).text


async def test_on_hold_nothing_is_said_to_be_searched_next(
    alices: Browser, started: Queue, living_room: Instance
) -> None:
    wanted(living_room, at=now())
    living_room.change(synced_at=now())
    assert "items are searched next" in (await alices.get("/")).text
    Household.current().change(held_at=now())
    page = (await alices.get("/")).text
    assert "waiting for their turn" in page and "are searched next" not in page
