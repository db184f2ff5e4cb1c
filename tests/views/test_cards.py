"""What a queue's card says about when it runs."""

import re
from datetime import timedelta

import pytest

from models.database.fields import now
from models.instances import Instance
from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.browser import Browser
from tests.timing import daily
from tests.wanted import wanted

HOUR = timedelta(hours=1)


async def test_it_says_when_the_schedule_runs_next_and_in_which_zone(
    alices: Browser, started: Queue
) -> None:
    started.change(
        schedule_json=daily("03:00", time_zone="Asia/Tokyo"), next_run_at=now() + 3 * HOUR
    )
    page = await alices.get("/queues")
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
    page = await alices.get("/queues")
    assert "Tries again <strong>" in page.text
    assert page.text.count(">in 2 h<") == 1


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


async def test_what_holds_an_instance_stands_on_its_page_and_is_linked_from_its_queues(
    alices: Browser, started: Queue, living_room: Instance
) -> None:
    living_room.change(no_indexer="all of them are off")
    link = f'<a href="/instances/{living_room.id}"><bdi>Living room</bdi></a>'
    for path in ("/queues", f"/queues/{started.id}"):
        text = " ".join((await alices.get(path)).text.split())
        assert "all of them are off" not in text, path
        assert f"No search is sent to {link} now." in text, path
    page = await alices.get(f"/instances/{living_room.id}")
    assert "Living room has no indexer to search: all of them are off" in page.text


async def test_what_cannot_be_searched_at_present_is_not_called_eligible(
    alices: Browser, started: Queue, living_room: Instance
) -> None:
    living_room.change(synced_at=now())
    item = wanted(living_room, at=now())
    paths = {
        "/": "eligible <b>1</b>",
        f"/queues/{started.id}": "<span>Eligible</span> <b>1</b>",
        f"/instances/{living_room.id}": "1 eligible",
        "/backlog": "</svg> eligible</td>",
        f"/items/{item.id}": "<h2>Eligible</h2>",
    }
    for path, words in paths.items():
        assert words in (await alices.get(path)).text, path
    living_room.change(fault="Living room does not answer.", fault_code="refused")
    living_room.change(faulty_since=now(), retry_at=now() + HOUR)
    for path, words in paths.items():
        page = await alices.get(path)
        assert words not in page.text, path
        assert re.search("waiting for (its|their) turn", page.text, re.IGNORECASE), path


async def test_the_runs_are_reachable_from_the_queues_and_the_history(alices: Browser) -> None:
    for path in ("/queues", "/searches"):
        assert 'href="/runs"' in (await alices.get(path)).text


async def test_a_queue_goes_on_without_an_instance_that_takes_no_search(
    alices: Browser, started: Queue, living_room: Instance, cinema: Instance
) -> None:
    started.serve([living_room, cinema])
    told = {"fault": "Nothing answers.", "fault_code": "refused", "faulty_since": now()}
    cinema.change(**told)
    for path in ("/", "/queues"):
        assert "Would be held." not in (await alices.get(path)).text, path
    assert "takes no search now. The queue goes on without it." in " ".join(
        (await alices.get("/")).text.split()
    )
    living_room.change(**told)
    said = " ".join((await alices.get("/")).text.split())
    assert "</bdi></a> and <a" in said and "</bdi></a> take no search now." in said
    assert "Would be held. <a" in said
    assert "<strong>Would be held.</strong> No" in " ".join(
        (await alices.get("/queues")).text.split()
    )
    for path in ("/", "/queues"):
        assert "Would be held." in (await alices.get(path)).text, path


@pytest.mark.parametrize("is_started", [False, True])
async def test_a_queue_whose_instances_are_deleted_says_so_once(
    is_started: bool, alices: Browser, nightly: Queue, living_room: Instance, cinema: Instance
) -> None:
    if is_started:
        nightly.start(START)
    living_room.delete_instance()
    for path in ("/queues", "/queues/1", "/plan"):
        assert (await alices.get(path)).text.count("Its instance was deleted.") == 1, path
