"""The page of the housekeeping."""

import asyncio

import pytest

from jobs.engine import Engine
from jobs.housekeeping.beginning import Housekeeping
from jobs.housekeeping.catalogue import JOBS
from models.database.fields import now
from models.household import Household
from models.jobs import Job, JobReport, JobRun
from models.people.audit import Event
from models.queues import Queue
from tests.fakes.browser import Browser
from tests.views.typed import settled


@pytest.fixture
def housekeeping(alices: Browser, engine: Engine) -> Housekeeping:
    """After the start of the program behind the pages."""
    made = Housekeeping(engine)
    made.take_over()
    return made


def fail(name: str, sentence: str) -> None:
    run = JobRun.start(Job.named(name, now()), now(), trigger="schedule")
    assert run
    run.finish(JobReport(sentence, "failed"), now(), took_ms=40, following=now(), kept=10)


async def test_the_administrator_sees_each_job_what_it_is_for_and_when(
    alices: Browser, housekeeping: Housekeeping
) -> None:
    await housekeeping.look()
    page = await alices.get("/jobs")
    for definition in JOBS.values():
        assert definition.title in page.text and definition.schedule.words in page.text
        assert f'action="/jobs/{definition.name}/runs"' in page.text
    assert page.text.count("Not run yet") == len(JOBS)
    assert "365 days" in page.text


@pytest.mark.parametrize("htmx", [False, True])
async def test_run_now_runs_it_and_shows_how_it_went(
    htmx: bool, alices: Browser, housekeeping: Housekeeping, engine: Engine
) -> None:
    answer = await alices.post("/jobs/ended/runs", htmx=htmx)
    assert answer.status_code == 200
    assert 'id="job-ended"' in answer.text and "Running" in answer.text
    if htmx:
        assert "<html" not in answer.text and 'id="job-check"' not in answer.text
        assert answer.headers["hx-trigger"] == "refresh"
    await settled(engine)
    page = await alices.get("/jobs")
    assert "Nothing had ended." in page.text
    assert "took less than a second" in page.text
    assert [run.trigger for run in JobRun.select()] == ["person"]


async def test_a_second_click_runs_nothing_twice(
    alices: Browser, housekeeping: Housekeeping
) -> None:
    JobRun.start(Job.named("history", now()), now(), trigger="schedule")
    page = await alices.post("/jobs/history/runs")
    assert "This job is running already." in page.text
    assert JobRun.select().count() == 1


async def test_it_polls_fast_only_while_a_job_runs(
    alices: Browser, housekeeping: Housekeeping, engine: Engine
) -> None:
    assert "every 15s" in (await alices.get("/jobs")).text
    JobRun.start(Job.named("check", now()), now(), trigger="person")
    page = await alices.get("/jobs")
    assert "every 2s" in page.text and 'http-equiv="refresh"' in page.text
    assert 'action="/jobs/check/runs"' not in page.text
    poll = page.text.partition('hx-get="')[2].partition('"')[0]
    await housekeeping.look()
    assert (await alices.get(poll, htmx=True)).status_code == 200


async def test_a_page_that_has_not_changed_is_not_sent_again(
    alices: Browser, housekeeping: Housekeeping
) -> None:
    page = await alices.get("/jobs")
    poll = page.text.partition('hx-get="')[2].partition('"')[0]
    answers = {(await alices.get(poll, htmx=True)).status_code for _ in range(2)}
    assert 204 in answers and answers <= {200, 204}


async def test_an_unknown_job_is_not_found(alices: Browser, housekeeping: Housekeeping) -> None:
    assert (await alices.post("/jobs/nothing/runs", follow=False)).status_code == 404
    assert not JobRun.select()


async def test_it_is_the_administrators(
    bobs: Browser, veras: Browser, housekeeping: Housekeeping
) -> None:
    for browser in (bobs, veras):
        assert (await browser.get("/jobs")).status_code == 403
        assert (await browser.post("/jobs/ended/runs")).status_code == 403
        assert "/jobs" not in (await browser.get("/queues")).text
    assert not JobRun.select()


async def test_a_failing_job_is_on_the_dashboard_until_it_succeeds(
    alices: Browser, veras: Browser, housekeeping: Housekeeping, started: Queue, engine: Engine
) -> None:
    fail("check", "The database is damaged <b>.")
    page = await alices.get("/")
    assert page.text.count("“Check the database”") == 2
    assert 'href="#failing-check"' in page.text and 'id="failing-check"' in page.text
    assert "The database is damaged &lt;b&gt;." in page.text
    assert "/jobs#job-check" in page.text
    seen = page.text.partition('hx-get="')[2].partition('"')[0]
    theirs = await veras.get("/")
    assert "has failed" in theirs.text and "/jobs#" not in theirs.text
    await alices.post("/jobs/check/runs")
    await settled(engine)
    changed = await alices.get(seen, htmx=True)
    assert changed.status_code == 200 and "has failed" not in changed.text


async def test_a_name_in_a_sentence_is_only_text(
    alices: Browser, housekeeping: Housekeeping
) -> None:
    fail("grabs", "<img src=x onerror=alert(1)>")
    fail("grabs", "<script>")
    page = await alices.get("/jobs")
    assert "<img src=x" not in page.text and "<script>" not in page.text
    assert "Earlier runs" in page.text


async def test_the_days_of_history_are_set_on_the_settings_page(
    alices: Browser, housekeeping: Housekeeping
) -> None:
    Household.current().change(history_days=90)
    assert "90 days" in (await alices.get("/jobs")).text
    assert 'name="history_days"' in (await alices.get("/settings")).text
    assert 'href="/jobs"' in (await alices.get("/settings")).text


async def test_a_job_that_runs_since_a_while_says_since_when(
    alices: Browser, housekeeping: Housekeeping
) -> None:
    JobRun.start(Job.named("storage", now()), now(), trigger="schedule")
    await asyncio.sleep(0)
    assert "running since" in (await alices.get("/jobs")).text


async def test_the_audit_trail_names_the_job(alices: Browser) -> None:
    await alices.post("/jobs/history/runs")
    event = Event.get(Event.action == "job-run")
    assert (event.words, event.about) == ("ran the job", JOBS["history"].title)
