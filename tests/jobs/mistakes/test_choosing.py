"""Mistakes made in choosing what to search."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.engine import Engine
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.backlog.exclusions import Exclusion, Exclusions
from models.household import Household
from models.instances import Instance
from models.people import User
from models.queues import Queue
from tests.conftest import START
from tests.fakes.arr import FakeArr, Response
from tests.jobs.faults.acting import cool, run, searched

ROOT = Path(__file__).parents[3]


@pytest.fixture
def _in_auckland(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_in_auckland")
async def test_dates_are_utc_wherever_the_machine_stands(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    episode = {"id": 7, "airDateUtc": "2026-01-02T03:04:05Z", "lastSearchTime": "2026-02-03T04:05"}
    page = {"totalRecords": 1, "records": [episode]}
    sonarr.before = lambda seen: Response(200, page) if "missing" in seen.path else None
    await sync(engine, living_room)
    item = Item.get(Item.arr_id == 7)
    assert item.aired_at.isoformat() == "2026-01-02T03:04:05+00:00"
    assert item.arr_searched_at.isoformat() == "2026-02-03T04:05:00+00:00"


@pytest.mark.parametrize("order", ["least_recent", "random", "oldest", "newest", "title", "smart"])
async def test_the_one_item_that_may_be_searched_is_found_among_many(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr, order: str
) -> None:
    nightly.change(order=order)
    await sync(engine, living_room)
    only = Item.select().where(Item.want == "missing", Item.reason == Reason.ELIGIBLE)[17]
    cool(Item.id != only.id)
    await run(engine, nightly)
    assert [command["episodeIds"] for command in sonarr.commands] == [[only.arr_id]]


async def test_a_series_id_is_never_taken_for_an_episode_id(
    engine: Engine, living_room: Instance, alice: User
) -> None:
    await sync(engine, living_room)
    item, other = Item.select().where(Item.reason == Reason.ELIGIBLE).limit(2)
    other.change(series_id=item.arr_id)
    Exclusion.decide(item, "item", until=None, user=alice, at=START)
    assert Item.get_by_id(item.id).reason == Reason.EXCLUDED
    assert Item.get_by_id(other.id).reason != Reason.EXCLUDED


def test_seasons_do_not_collide(living_room: Instance) -> None:
    """1 and 11, 11 and 1: glued together or multiplied they are the same."""
    for number, (series, season) in enumerate([(1, 11), (111, 0)]):
        Exclusion.create(
            instance=living_room,
            kind="season",
            arr_id=series,
            season=season,
            title=str(number),
            created_at=START,
        )
    known = Exclusions(living_room.id)
    assert known.until(5, 1, 11) is not None
    for series, season in ((11, 1), (111, 1), (1, 1), (11, 11), (110, 1)):
        assert known.until(5, series, season) is None


async def test_what_cannot_be_searched_does_not_stand_in_the_way_of_what_can(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    candidates = Item.select().where(Item.want == "missing").order_by(Item.series_id, Item.id)
    front = [item.id for item in candidates][:20]
    cool(Item.id.in_(front))
    nightly.change(order="oldest")
    for _ in range(2):
        await run(engine, nightly)
    found = {item.id for item in searched()}
    assert found
    assert not found & set(front)


async def test_in_random_order_every_item_has_its_turn_once(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr
) -> None:
    Household.current().change(hourly_budget=1000, daily_budget=1000)
    living_room.change(hourly_budget=1000, daily_budget=1000)
    nightly.change(order="random", batch_size=4)
    await sync(engine, living_room)
    due = Item.select().where(Item.want == "missing", Item.reason == Reason.ELIGIBLE)
    expected = sorted(item.arr_id for item in due)
    for _ in range(-(-len(expected) // 4)):
        await run(engine, nightly)
    assert sorted(command["episodeIds"][0] for command in sonarr.commands) == expected
