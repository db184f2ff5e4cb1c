"""Lists that move while they are paged, or empty themselves."""

import random
from collections.abc import Callable

import pytest

from jobs.arr.sonarr import Sonarr
from jobs.engine import Engine
from jobs.scheduler import Scheduler
from jobs.sync import look, sync
from models.backlog import Item
from models.instances import Instance, WantedList
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock
from tests.jobs.faults.acting import episode, listed, now

PAGE = 10


class Moving:
    """A missing list of episodes that `move` changes before each page but the first."""

    def __init__(self, ids: list[int], move: Callable[[list[int]], list[int]]) -> None:
        self.ids = ids
        self.move = move
        self.asked = 0

    def __call__(self, seen: Seen) -> Response | None:
        if "wanted" not in seen.path:
            return None
        if "cutoff" in seen.path:
            return Response(200, {"totalRecords": 0, "records": []})
        number, size = int(seen.query["page"][0]), int(seen.query["pageSize"][0])
        self.asked += size > 1
        if number > 1:
            self.ids = self.move(self.ids)
        start = (number - 1) * size
        records = [episode(id) for id in self.ids[start : start + size]]
        return Response(
            200,
            {
                "page": number,
                "pageSize": size,
                "totalRecords": len(self.ids),
                "records": records,
            },
        )


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sonarr, "page_size", PAGE)


async def _begin(engine: Engine, instance: Instance, sonarr: FakeArr, number: int = 40) -> None:
    sonarr.before = Moving(list(range(1, number + 1)), lambda ids: ids)
    assert await sync(engine, instance) is None


async def test_nothing_that_is_still_wanted_leaves_when_a_list_shrinks_while_it_is_paged(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    """The first two of each page are found elsewhere: the rest moves up, past the next page."""
    await _begin(engine, living_room, sonarr)
    moving = Moving(list(range(1, 41)), lambda ids: ids[2:])
    sonarr.before = moving
    assert await sync(engine, living_room) is None
    assert set(moving.ids) <= listed(living_room)
    assert "changed during the sync" in now(living_room).sync_note


async def test_a_list_that_moved_is_read_again_soon_and_then_what_left_is_gone(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await _begin(engine, living_room, sonarr)
    moving = Moving(list(range(1, 41)), lambda ids: ids[2:])
    sonarr.before = moving
    await sync(engine, living_room)
    moving.move = lambda ids: ids
    assert await look(engine, living_room)
    await sync(engine, living_room)
    missing = Item.want == "missing"
    there = Item.select().where(missing, Item.left_at.is_null())
    assert {item.arr_id for item in there} == set(moving.ids)


async def test_a_change_is_not_lost_when_the_next_list_cannot_be_read(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await _begin(engine, living_room, sonarr)
    WantedList.of(living_room, "missing").change(total=1)
    sonarr.before = lambda seen: Response(500) if "/wanted/cutoff" in seen.path else None
    assert await look(engine, living_room)
    assert now(living_room).fault


async def test_a_list_that_grows_while_it_is_paged_is_read_to_its_end_and_loses_nothing(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await _begin(engine, living_room, sonarr)
    fresh = iter(range(100, 200))
    moving = Moving(list(range(1, 41)), lambda ids: [next(fresh), *ids])
    sonarr.before = moving
    await sync(engine, living_room)
    assert set(range(1, 41)) <= listed(living_room)
    assert moving.asked <= 6


@pytest.mark.parametrize("seed", range(20))
async def test_a_list_that_shrinks_and_grows_at_random_loses_nothing_and_ends(
    engine: Engine, living_room: Instance, sonarr: FakeArr, seed: int
) -> None:
    await _begin(engine, living_room, sonarr)
    rng, fresh = random.Random(seed), iter(range(100, 10_000))

    def shake(ids: list[int]) -> list[int]:
        kept = [id for id in ids if rng.random() > 0.1]
        return [next(fresh) for _ in range(rng.randrange(4))] + kept

    moving = Moving(list(range(1, 41)), shake)
    sonarr.before = moving
    await sync(engine, living_room)
    totals_told = now(living_room).sync_note == ""
    if not totals_told:
        assert set(moving.ids) & set(range(1, 41)) <= listed(living_room)
    assert moving.asked < 20


async def test_a_list_that_grows_for_ever_is_left_in_the_end(
    engine: Engine, living_room: Instance, sonarr: FakeArr, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.arr.wanted.MOST_PAGES", 30)
    fresh = iter(range(1000, 10**6))
    moving = Moving(list(range(1, 41)), lambda ids: [*ids, *(next(fresh) for _ in range(PAGE))])
    sonarr.before = moving
    assert await sync(engine, living_room) is None
    assert moving.asked == 30


async def test_a_moving_list_is_not_read_more_often_than_it_is_looked_at(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    """A list that never stands still must not be read round the clock."""
    scheduler = Scheduler(engine)
    await _begin(engine, living_room, sonarr)
    moving = Moving(list(range(1, 41)), lambda ids: ids[1:] if len(ids) > 30 else ids * 1)
    sonarr.before = moving
    sonarr.log.clear()
    for _ in range(24):
        clock.advance(minutes=5)
        moving.ids = [id + 1 for id in moving.ids]
        await scheduler.tick()
        while engine.busy:
            await clock.rest(0)
    readings = [seen for seen in sonarr.log if seen.path.endswith("system/status")]
    assert len(readings) <= 5


async def test_fifty_thousand_items_do_not_vanish_with_one_empty_answer(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    """Fewer stand for them here; what counts is that there were more than a handful."""
    await _begin(engine, living_room, sonarr)
    before = listed(living_room)
    for _ in range(4):
        sonarr.before = Moving([], lambda ids: ids)
        await sync(engine, living_room)
        assert listed(living_room) == before
        await _begin(engine, living_room, sonarr)
        clock.advance(minutes=30)
