"""What a run would search, and the consent without which nothing is sent."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from jobs.engine import Engine
from jobs.sync import sync
from models.backlog.snapshots import Snapshot
from models.batches import Batch
from models.database.fields import now
from models.instances import Instance
from models.people import User
from models.people.audit import Event
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.views.typed import everything
from tests.wanted import wanted
from views.previews import STARTED, next_night


async def test_it_names_what_would_be_searched_in_order(
    alices: Browser, nightly: Queue, living_room: Instance, engine: Engine, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    page = await alices.get("/queues/1/preview")
    items = [pick.items[0] for pick in Batch(nightly, now()).picks()]
    places = [unescape(page.text).index(item.label) for item in items]
    assert places == sorted(places)
    assert len(places) == 5
    assert "about 25" in page.text
    assert not sonarr.commands


async def test_it_waits_for_lists_that_were_not_read_yet(alices: Browser, nightly: Queue) -> None:
    page = await alices.get("/queues/1/preview")
    assert "Syncing" in page.text
    assert 'hx-trigger="every 2s' in page.text


async def test_start_now_makes_it_due(alices: Browser, nightly: Queue) -> None:
    answer = await alices.post("/queues/1/consent", follow=False, start="now")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    queue = Queue.get()
    assert queue.started_at and abs(queue.next_run_at - now()) < timedelta(seconds=10)


async def test_a_second_consent_moves_nothing_and_is_no_event(
    alices: Browser, nightly: Queue
) -> None:
    await alices.post("/queues/1/consent", start="night")
    Queue.get().pause(now())
    before, events = Queue.get(), Event.select().count()
    page = await alices.post("/queues/1/consent", start="now")
    assert STARTED in page.text
    after = Queue.get()
    assert (after.next_run_at, after.paused_at) == (before.next_run_at, before.paused_at)
    assert Event.select().count() == events


async def test_with_htmx_the_dashboard_is_a_location(alices: Browser, nightly: Queue) -> None:
    answer = await alices.post("/queues/1/consent", htmx=True, start="night")
    assert (answer.status_code, answer.headers["hx-location"]) == (200, "/")


async def test_at_night_means_three_by_the_persons_own_clock(
    alices: Browser, nightly: Queue
) -> None:
    page = await alices.post("/queues/1/consent", start="night")
    assert re.search("starts( on [A-Z][a-z]+day)? at 03:00\\.", page.text)
    due = Queue.get().next_run_at
    assert now() < due <= now() + timedelta(days=1, hours=1)
    assert due.minute == 0 and due.hour in (1, 2)


@pytest.mark.parametrize(
    ("at", "night"),
    [
        (datetime(2026, 5, 4, 0, 59, tzinfo=UTC), datetime(2026, 5, 4, 1, 0, tzinfo=UTC)),
        (datetime(2026, 5, 4, 1, 0, tzinfo=UTC), datetime(2026, 5, 5, 1, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
        (datetime(2026, 3, 28, 12, 0, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ],
)
def test_the_night_follows_the_clocks_of_the_zone(
    at: datetime, night: datetime, alice: User
) -> None:
    assert next_night(alice, at) == night


@pytest.mark.parametrize("typed", [{}, {"start": ""}, {"start": "maybe"}, {"begin": "now"}])
@pytest.mark.parametrize("htmx", [False, True])
async def test_what_is_neither_now_nor_night_starts_nothing(
    typed: dict[str, str], htmx: bool, alices: Browser, nightly: Queue
) -> None:
    before = everything()
    answer = await alices.post("/queues/1/consent", htmx=htmx, **typed)
    assert answer.status_code == 422
    assert everything() == before


async def test_a_queue_that_was_started_asks_no_more(alices: Browser, started: Queue) -> None:
    page = await alices.get("/queues/1/preview")
    assert 'name="start"' not in page.text


async def test_nothing_is_run_by_hand_before_the_consent(
    alices: Browser, nightly: Queue, sonarr: FakeArr, engine: Engine
) -> None:
    page = await alices.post("/queues/1/runs")
    assert page.url.path == "/queues/1/preview"
    assert "This queue is not started yet" in page.text
    assert not Run.select().exists()


async def test_what_another_instance_has_just_searched_is_told_apart(
    bobs: Browser, nightly: Queue, living_room: Instance, cinema: Instance
) -> None:
    cinema.change(application="sonarr")
    for instance in (living_room, cinema):
        Snapshot.create(
            instance=instance, kind="indexer", arr_id=1, name="Barnacle", fingerprint=""
        )
        instance.change(synced_at=now())
    mine = wanted(living_room, at=now(), external_id=7, title="The Ferry")
    other = wanted(Instance.get_by_id(cinema.id), at=now(), external_id=7)
    Search.begin([other], None, now(), 1).change(state="done", outcome="nothing")
    page = (await bobs.get("/queues/1/preview")).text
    assert "In a later run" in page and "The Ferry" in page and "Not before" in page
    page = (await bobs.get(f"/items/{mine.id}")).text
    assert "has just searched it" in page and "runs" in page
