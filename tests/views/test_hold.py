"""The one switch that holds every search of the household."""

from datetime import timedelta

from models.database.fields import now
from models.household import Household
from models.queues import Queue
from models.searches.runs import Run
from tests.fakes.browser import ADDRESS, Browser


async def test_a_member_holds_everything_and_lets_it_go_on(bobs: Browser, started: Queue) -> None:
    bobs.http.headers["Referer"] = f"{ADDRESS}/queues"
    page = await bobs.post("/hold")
    assert page.url.path == "/queues"
    assert "Everything is on hold" in page.text
    assert Household.current().held_at is not None
    page = await bobs.post("/hold", method="DELETE")
    assert "Searches go on." in page.text
    assert Household.current().held_at is None


async def test_with_htmx_the_page_is_a_location(bobs: Browser) -> None:
    answer = await bobs.post("/hold", htmx=True)
    assert answer.headers["hx-location"] == "/"


async def test_the_switch_is_on_every_page(alices: Browser, started: Queue) -> None:
    for path in ("/", "/queues", "/queues/1", "/instances", "/searches", "/runs", "/nothing"):
        assert 'action="/hold"' in (await alices.get(path)).text


async def test_holding_twice_keeps_the_first_moment(alices: Browser) -> None:
    await alices.post("/hold")
    since = Household.current().held_at
    await alices.post("/hold")
    assert Household.current().held_at == since


async def test_a_run_that_was_held_goes_on_with_the_end_of_the_hold(
    alices: Browser, started: Queue
) -> None:
    run = Run.start(started, now(), trigger="schedule")
    assert run is not None
    run.finish("held", now(), "Everything is on hold.")
    started.change(next_run_at=now() + timedelta(days=31))
    await alices.post("/hold")
    await alices.post("/hold", method="DELETE")
    assert Queue.get().retry_at <= now()
