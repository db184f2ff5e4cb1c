"""Dry runs on the pages: marked wherever the queue stands, and plain about what was not sent."""

import re
from html import unescape

from jobs.engine import Engine
from models.dry_runs import DrySearch
from models.instances import Instance
from models.queues import Queue
from models.searches.runs import Run
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.views.typed import queue_fields, settled

MARK = 'data-state="dry"'


async def test_a_dry_run_says_what_it_would_have_searched(
    alices: Browser, started: Queue, engine: Engine, sonarr: FakeArr
) -> None:
    started.change(is_dry=True)
    await alices.post("/queues/1/runs")
    await settled(engine)
    page = await alices.get("/runs/1")
    kept = list(DrySearch.of(Run.get_by_id(1)))
    assert len(kept) == 5 and not sonarr.commands
    places = [unescape(page.text).index(f">{each.title}<") for each in kept]
    assert places == sorted(places)
    assert "Dry run: it would have made 5 searches; nothing was sent." in page.text
    assert "the next dry run chooses the same ones" in page.text
    assert f'href="/items/{kept[0].item_id}"' in page.text
    assert "Searches of this run" not in page.text


async def test_the_queue_is_marked_wherever_it_stands(
    alices: Browser, started: Queue, living_room: Instance
) -> None:
    pages = ("/", "/queues", "/queues/1", "/queues/1/preview", "/plan")
    for path in pages:
        assert MARK not in (await alices.get(path)).text, path
    seen = re.search(r'hx-get="(/queues\?seen=\w+)"', (await alices.get("/queues")).text)
    started.change(is_dry=True)
    for path in pages:
        assert MARK in (await alices.get(path)).text, path
    assert "Next dry run" in (await alices.get("/")).text
    assert seen is None or (await alices.get(seen[1], htmx=True)).status_code == 200


async def test_its_runs_are_marked_in_the_lists_after_it_searches_for_real(
    alices: Browser, started: Queue, engine: Engine, sonarr: FakeArr
) -> None:
    started.change(is_dry=True)
    await alices.post("/queues/1/runs")
    await settled(engine)
    started.change(is_dry=False)
    for path in ("/runs", "/searches"):
        page = await alices.get(path)
        assert MARK in page.text, path
        assert "it would have made 5 searches" in page.text, path
        assert "Nothing was searched" not in page.text and "Skipped" not in page.text, path


async def test_the_form_switches_it_on_and_off(
    bobs: Browser, living_room: Instance, sonarr: FakeArr
) -> None:
    await bobs.post("/queues", **queue_fields(1, is_dry="1"))
    assert Queue.get().is_dry
    page = await bobs.get("/queues/1")
    assert "Dry run: each run decides and counts everything, and sends nothing." in page.text
    await bobs.post("/queues/1", **queue_fields(1, _method="PATCH"))
    assert not Queue.get().is_dry
