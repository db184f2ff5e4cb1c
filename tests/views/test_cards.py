"""What a queue's card says about when it runs."""

from datetime import timedelta

from models.fields import now
from models.queues import Queue
from models.runs import Run
from tests.fakes.browser import Browser
from tests.timing import daily

HOUR = timedelta(hours=1)


async def test_it_says_when_the_schedule_runs_next_and_in_which_zone(
    alices: Browser, started: Queue
) -> None:
    started.change(schedule=daily("03:00", time_zone="Asia/Tokyo"), next_run_at=now() + 3 * HOUR)
    page = await alices.get("/")
    assert "Daily at 03:00 (Asia/Tokyo)" in page.text
    assert "Next run <strong>" in page.text
    assert ">in 3 h<" in page.text


async def test_after_a_held_run_it_says_when_it_tries_again(
    alices: Browser, started: Queue
) -> None:
    run = Run.start(started, now(), trigger="schedule")
    assert run
    run.finish("held", now(), "Living room is starting up.")
    started.change(next_run_at=now() + 5 * HOUR, retry_at=now() + 2 * HOUR)
    page = await alices.get("/")
    assert "Tries again <strong>" in page.text
    assert page.text.count(">in 2 h<") == 2


async def test_a_missed_run_that_is_made_up_for_is_told_apart_from_the_schedule(
    alices: Browser, started: Queue
) -> None:
    started.change(next_run_at=now() + 5 * HOUR, retry_at=now() + 2 * HOUR)
    page = await alices.get("/queues")
    assert "Makes up for a missed run <strong>" in page.text
    assert ">in 2 h<" in page.text


async def test_a_held_run_without_a_retry_says_when_the_schedule_goes_on(
    alices: Browser, started: Queue
) -> None:
    run = Run.start(started, now(), trigger="schedule")
    assert run
    run.finish("held", now(), "Living room is switched off.")
    started.change(next_run_at=now() + 5 * HOUR)
    page = await alices.get("/queues")
    assert "Next run <strong>" in page.text
    assert "Tries again" not in page.text
