"""The yield of real runs: what was searched is counted, and nothing else."""

import pytest

from jobs.engine import Engine
from jobs.runs import carry_out
from jobs.searches.recovery import recover
from models.backlog import Item
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from models.yields import Yield
from tests.fakes.arr import FakeArr, Response, Seen
from tests.models.yields.test_yields import kept, recounted


async def _run(engine: Engine, queue: Queue) -> None:
    run = Run.start(queue, engine.clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)


def _total() -> dict[str, int]:
    row = Yield.get_or_none(dimension="total", period=0)
    return {} if row is None else {"grabbed": row.grabbed, "nothing": row.nothing}


@pytest.mark.parametrize("packs", ["never", "always"])
async def test_every_search_of_a_run_is_counted_once(
    engine: Engine, nightly: Queue, sonarr: FakeArr, packs: str
) -> None:
    sonarr.find(*list(sonarr.world.items)[::2])
    nightly.change(packs=packs, batch_size=8)
    await _run(engine, nightly)
    assert kept() == recounted()
    assert sum(_total().values()) == Search.select().count() > 0
    assert Item.select().where(Item.attempts > 0).count() >= Search.select().count()


async def test_what_the_feeds_bring_is_not_counted(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    """While a search goes on, the same item comes by a feed."""
    nightly.change(batch_size=1)
    world = sonarr.world

    def feed(seen: Seen) -> Response | None:
        if seen.method == "POST":
            wanted = [world.items[number] for number in seen.body["episodeIds"]]
            world.grab(wanted, world.now(), source="Rss")
        return None

    sonarr.before = feed
    await _run(engine, nightly)
    assert [event for event in world.history if event.source == "Rss"]
    assert _total() == {"grabbed": 0, "nothing": 1}


async def test_a_search_that_never_began_is_not_counted(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    sonarr.fail_next("/api/v3/command", status=401)
    await _run(engine, nightly)
    assert Search.get().cost == 0
    assert _total() == {}


async def test_a_search_whose_end_nobody_saw_is_unknown_and_no_part_of_a_rate(
    engine: Engine, nightly: Queue, living_room: Instance
) -> None:
    at = engine.clock.now()
    Search.create(
        queue=nightly, queue_name="Nightly", instance_name="Gone", demo=False, kind="episode",
        want="missing", title="Quarry", attempt=1, created_at=at, state="sent",
    )  # fmt: skip
    recover(engine)
    recover(engine)
    row = Yield.get(dimension="total", period=0)
    assert (row.unknown, row.grabbed, row.nothing) == (1, 0, 0)
