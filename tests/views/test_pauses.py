"""Pausing and resuming a queue."""

from datetime import timedelta

from models.database.fields import now
from models.queues import Queue
from models.searches.runs import Run
from tests.fakes.browser import ADDRESS, Browser


async def test_a_paused_queue_waits_until_it_is_resumed(alices: Browser, started: Queue) -> None:
    page = await alices.post("/queues/1/pause")
    assert page.url.path == "/"
    assert Queue.get().paused_at is not None
    assert "Resume" in (await alices.get("/queues")).text
    page = await alices.post("/queues/1/pause", method="DELETE")
    assert Queue.get().paused_at is None
    assert "Pause" in (await alices.get("/queues")).text


async def test_the_form_leads_back_to_the_page_that_it_stood_on(
    alices: Browser, started: Queue
) -> None:
    for came_from, back in (
        (f"{ADDRESS}/queues/1", "/queues/1"),
        (f"{ADDRESS}/queues?x=1", "/queues?x=1"),
        (f"{ADDRESS}//evil.example", "/"),
        ("http://evil.example/queues", "/"),
        ("http://[", "/"),
        ("", "/"),
    ):
        alices.http.headers["Referer"] = came_from
        answer = await alices.post("/queues/1/pause", follow=False)
        assert (answer.status_code, answer.headers["location"]) == (303, back)


async def test_htmx_gets_the_changed_card_alone(alices: Browser, started: Queue) -> None:
    answer = await alices.post("/queues/1/pause", htmx=True)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<article class="queue-card"')
    assert 'value="DELETE"' in answer.text
    assert answer.headers["hx-trigger"] == "refresh"
    answer = await alices.post("/queues/1/pause", htmx=True, method="DELETE")
    assert 'value="DELETE"' not in answer.text


async def test_pausing_twice_keeps_the_first_moment(alices: Browser, started: Queue) -> None:
    await alices.post("/queues/1/pause")
    since = Queue.get().paused_at
    await alices.post("/queues/1/pause")
    assert Queue.get().paused_at == since


async def test_moments_that_passed_in_the_pause_are_gone(alices: Browser, started: Queue) -> None:
    await alices.post("/queues/1/pause")
    await alices.post("/queues/1/pause", method="DELETE")
    due = Queue.get().next_run_at
    assert now() < due <= now() + timedelta(hours=2)
    assert (due - started.next_run_at) % timedelta(hours=2) == timedelta(0)


async def test_a_pause_says_that_the_run_under_way_stops(alices: Browser, started: Queue) -> None:
    run = Run.start(started, now(), trigger="schedule")
    assert run is not None
    page = await alices.post("/queues/1/pause")
    assert "The run stops after the search under way." in page.text
    card = await alices.post("/queues/1/pause", htmx=True)
    assert "Paused. Stopping after the search under way" in card.text
    page = await alices.get(f"/runs/{run.id}")
    assert "The queue was paused. Stopping after the search under way." in page.text
