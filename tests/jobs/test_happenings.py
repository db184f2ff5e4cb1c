"""What runs, searches and syncs leave for those who follow events."""

import json
from datetime import timedelta

from jobs.engine import Engine
from jobs.runs import carry_out
from jobs.searches.fates import follow_up
from jobs.sync import sync
from models.backlog import Item
from models.happenings import Happening
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock


def _told() -> list[str]:
    return [row.kind for row in Happening.select().order_by(Happening.id)]


async def _run(engine: Engine, queue: Queue) -> None:
    run = Run.start(queue, engine.clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)


async def test_a_run_tells_its_begin_each_search_and_its_end(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(batch_size=2)
    await _run(engine, nightly)
    searches = ["search-sent", "search-ended"] * 2
    assert _told() == ["run-began", "sync-ended", *searches, "run-ended"]
    first, second = Search.select().order_by(Search.id)
    ends = Happening.select().where(Happening.kind == "search-ended").order_by(Happening.id)
    for search, end in zip((first, second), ends, strict=True):
        details = json.loads(end.details)
        assert (end.search, end.instance, end.queue) == (
            *(search.id, search.instance_id),
            nightly.id,
        )
        assert (details["title"], details["outcome"]) == (search.title, search.outcome)


async def test_a_reading_of_many_items_is_one_event(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    assert Item.select().count() > 10
    assert _told() == ["sync-ended"]


async def test_a_run_that_is_held_says_so(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr
) -> None:
    living_room.change(disabled_at=engine.clock.now())
    await _run(engine, nightly)
    assert _told() == ["run-began", "run-held"]


async def test_what_became_of_a_grab_is_told_once(
    engine: Engine, clock: FastClock, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(batch_size=1)
    sonarr.world.luck = lambda item, now: True
    sonarr.world.download_seconds = (60.0, 60.0)
    await _run(engine, nightly)
    for _ in range(12):
        clock.present += timedelta(minutes=15)
        await follow_up(engine, clock.now())
    kinds = [kind for kind in _told() if kind.startswith("grab-")]
    assert kinds == ["grab-imported"]
