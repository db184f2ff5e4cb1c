"""Runs: started by hand, watched, cancelled."""

from datetime import timedelta
from html import unescape

from jobs.engine import Engine
from models.database.fields import now
from models.household import Household
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.views.typed import everything, settled
from tests.wanted import wanted


async def test_run_now_searches_and_its_page_shows_what_came_of_it(
    alices: Browser, started: Queue, engine: Engine, sonarr: FakeArr
) -> None:
    page = await alices.post("/queues/1/runs")
    assert page.url.path == "/"
    await settled(engine)
    assert len(sonarr.commands) == 5
    page = await alices.get("/runs/1")
    assert "Finished" in page.text
    assert "5 of 5" in page.text
    for search in Search.select():
        assert search.title in unescape(page.text)


async def test_htmx_gets_the_active_card_alone(
    alices: Browser, started: Queue, engine: Engine
) -> None:
    answer = await alices.post("/queues/1/runs", htmx=True)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<article class="queue-card"')
    assert 'data-state="active"' in answer.text.partition(">")[0]
    assert 'href="/runs/1"' in answer.text


async def test_a_second_run_is_not_begun_beside_the_first(
    alices: Browser, started: Queue, engine: Engine
) -> None:
    Run.start(started, now(), trigger="schedule")
    page = await alices.post("/queues/1/runs")
    assert page.url.path == "/queues/1"
    assert "under way already" in page.text
    answer = await alices.post("/queues/1/runs", htmx=True)
    assert answer.headers["hx-location"] == "/queues/1"
    assert Run.select().count() == 1


async def test_nothing_is_run_while_everything_is_held(alices: Browser, started: Queue) -> None:
    Household.current().change(held_at=now())
    page = await alices.post("/queues/1/runs")
    assert "Everything is on hold, so no run was started." in page.text
    assert not Run.select().exists()


async def test_a_queue_whose_instances_are_deleted_offers_no_run_and_begins_none(
    alices: Browser, started: Queue, living_room: Instance
) -> None:
    living_room.delete_instance()
    for path in ("/queues", "/queues/1"):
        assert 'action="/queues/1/runs"' not in (await alices.get(path)).text
    page = await alices.post("/queues/1/runs")
    assert "Its instance was deleted." in page.text
    assert not Run.select().exists()


async def test_an_active_run_polls_and_refreshes_until_it_ends(
    alices: Browser, started: Queue
) -> None:
    run = Run.start(started, now(), trigger="person")
    assert run is not None
    page = await alices.get("/runs/1")
    poll = page.text.partition('hx-get="')[2].partition('"')[0]
    assert poll.startswith("/runs/1?seen=")
    assert 'hx-trigger="every 2s' in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert (await alices.get(poll, htmx=True)).status_code == 204
    run.finish("finished", now())
    changed = await alices.get(poll, htmx=True)
    assert changed.status_code == 200
    assert "hx-trigger" not in changed.text
    assert 'http-equiv="refresh"' not in (await alices.get("/runs/1")).text


async def test_an_active_run_is_cancelled(alices: Browser, started: Queue) -> None:
    Run.start(started, now(), trigger="person")
    page = await alices.post("/runs/1", method="DELETE")
    assert page.url.path == "/runs/1"
    assert "The run stops after the search under way." in page.text
    assert Run.get().stop_asked_at is not None
    answer = await alices.post("/runs/1", method="DELETE", htmx=True)
    assert answer.headers["hx-location"] == "/runs/1"


async def test_a_run_that_is_over_is_not_cancelled(alices: Browser, finished_run: Run) -> None:
    before = everything()
    page = await alices.post("/runs/1", method="DELETE")
    assert "This run has ended already." in page.text
    assert everything() == before


async def test_somebody_elses_run_is_not_cancelled(bobs: Browser, started: Queue) -> None:
    Run.start(started, now(), trigger="person")
    answer = await bobs.post("/runs/1", method="DELETE")
    assert answer.status_code == 403
    assert Run.get().stop_asked_at is None
    assert "Cancel the run" not in (await bobs.get("/runs/1")).text


async def test_runs_are_listed_latest_first_and_in_pages(
    alices: Browser, alice: User, started: Queue
) -> None:
    names = [f"Queue {number:02d}" for number in range(51)]
    Run.insert_many(
        {
            "queue": None,
            "queue_name": name,
            "trigger": "schedule",
            "state": "held",
            "started_at": START,
        }
        for name in names
    ).execute()
    first = await alices.get("/runs")
    assert first.text.index("Queue 50") < first.text.index("Queue 01")
    assert "Queue 00" not in first.text
    assert 'href="/runs?page=2"' in first.text
    second = await alices.get("/runs?page=2")
    assert "Queue 00" in second.text
    assert 'rel="next"' not in second.text
    for page in ("0", "-1", "x", "9" * 40, "", "٣"):
        assert (await alices.get(f"/runs?page={page}")).status_code == 200


async def test_the_runs_of_one_queue_are_listed_alone(alices: Browser, finished_run: Run) -> None:
    Run.create(queue=None, queue_name="Elsewhere", trigger="person", started_at=START)
    page = await alices.get("/queues/1/runs")
    assert 'href="/runs/1"' in page.text
    assert "Elsewhere" not in page.text
    assert "No run yet" in (await alices.get("/queues/1/runs?page=2")).text


async def test_the_page_of_a_run_says_what_was_left_out_and_why(
    alices: Browser, started: Queue
) -> None:
    run = Run.start(started, now(), trigger="schedule")
    assert run is not None
    run.leave_out("Quarry - 1x06 - The <b>Frozen</b>\nRiver: it has a file already.")
    run.leave_out("Quarry - 1x07 - Low Water: it is downloading already.")
    run.finish("finished", now())
    answer = await alices.http.get(f"/runs/{run.id}")
    assert "Left out of this run" in answer.text
    assert "&lt;b&gt;Frozen&lt;/b&gt; River: it has a file already.</bdi>" in answer.text
    assert answer.text.count("<li><bdi>") == 2


async def test_the_page_of_a_run_draws_its_time_line_with_the_figures_behind(
    alices: Browser, started: Queue, living_room: Instance
) -> None:
    at = now() - timedelta(minutes=5)
    run = Run.start(started, at, trigger="schedule")
    assert run is not None
    for number, outcome in enumerate(("nothing", "grabbed")):
        begin = at + timedelta(minutes=1 + number)
        search = Search.begin([wanted(living_room, title="Ice & Snow")], run, begin, 1)
        search.change(state="done", outcome=outcome, finished_at=begin + timedelta(seconds=20))
    run.finish("held", at + timedelta(minutes=4), "The budget is spent.")
    page = (await alices.http.get("/runs/1")).text
    picture = page.partition('aria-labelledby="run-line-title')[2].partition("</details>")[0]
    assert "Ice &amp; Snow, grabbed after 20 s</title>" in picture
    assert "Getting ready: 60 s</title>" in picture and "Waited 40 s</title>" in picture
    assert ": The budget is spent.</title>" in picture
    assert "<bdi>The budget is spent.</bdi></td>" in picture
    assert picture.count('<th scope="row">') == 3


async def test_runs_are_listed_by_day_with_the_marks_of_their_searches(
    alices: Browser, started: Queue, living_room: Instance
) -> None:
    for number in range(3):
        run = Run.start(started, START - timedelta(hours=12 * number), trigger="schedule")
        assert run is not None
        Search.begin([wanted(living_room)], run, START, 1).change(state="done", outcome="grabbed")
        run.finish("finished", START)
    page = (await alices.get("/runs")).text
    assert page.count("<h2>") == 2 and page.count('<i data-state="grabbed">') == 3
    assert page.count("<span>1 search</span>") == 3
