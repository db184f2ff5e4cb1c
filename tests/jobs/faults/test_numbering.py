"""Databases that were numbered anew: nothing is mixed up, and nothing searched again."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from jobs.engine import Engine
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Policy, Reason
from models.backlog.exclusions import Exclusion
from models.backlog.snapshots import Drift
from models.database.fields import to_ms
from models.instances import Instance
from models.people import User
from tests.fakes.arr import FakeArr, Response, Seen
from tests.jobs.faults.acting import episode


def _numbered_anew(
    arr_id_of: Callable[[int], int], episodes: range = range(1, 41)
) -> Callable[[Seen], Response | None]:
    """The forty episodes under other ids, on one page."""
    records = [episode(id) | {"id": arr_id_of(id)} for id in episodes]
    page = {"totalRecords": len(records), "records": records}
    empty = {"totalRecords": 0, "records": []}

    def answer(seen: Seen) -> Response | None:
        if "wanted" not in seen.path:
            return None
        return Response(200, page if "missing" in seen.path else empty)

    return answer


async def test_a_database_that_was_numbered_anew_is_not_mixed_up_with_the_old_one(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    sonarr.before = _numbered_anew(lambda id: id)
    await sync(engine, living_room)
    old = {item.arr_id: item.id for item in Item.select().where(Item.want == "missing")}

    sonarr.before = _numbered_anew(lambda id: 41 - id)
    await sync(engine, living_room)
    there = Item.select().where(Item.want == "missing", Item.left_at.is_null())
    assert {item.external_id - 70_000: item.arr_id for item in there} == {
        41 - id: id for id in range(1, 41)
    }
    gone = Item.select().where(Item.id.in_(list(old.values())), Item.left_at.is_null(False))
    assert all(item.reason == Reason.LEFT and item.arr_id < 0 for item in gone)


@pytest.mark.parametrize("arr_id_of", [lambda id: id + 500, lambda id: 41 - id])
async def test_an_item_keeps_its_cooldown_when_the_database_is_numbered_anew(
    engine: Engine, living_room: Instance, sonarr: FakeArr, arr_id_of: Callable[[int], int]
) -> None:
    sonarr.before = _numbered_anew(lambda id: id)
    await sync(engine, living_room)
    until = engine.clock.now() + timedelta(days=9)
    searched = Item.get(Item.arr_id == 3)
    present, policy = engine.clock.now(), Policy.current()
    learnt = {"searched_at": present, "cooldown_until": until, "streak": 2}
    searched.judge(policy, to_ms(present), **learnt)
    sonarr.before = _numbered_anew(arr_id_of)
    await sync(engine, living_room)
    anew = Item.get(Item.external_id == 70_003, Item.left_at.is_null())
    assert anew.arr_id == arr_id_of(3)
    assert (anew.cooldown_until, anew.streak, anew.reason) == (until, 2, Reason.COOLDOWN)


async def _announced(engine: Engine, instance: Instance) -> list[str]:
    """What a reading says of the numbers of the items."""
    await sync(engine, instance)
    rows = Drift.select().where(Drift.sentence.contains("database")).order_by(Drift.id)
    return [row.sentence for row in rows]


@pytest.mark.parametrize("arr_id_of", [lambda id: id + 500, lambda id: 41 - id, lambda id: id + 9])
async def test_a_database_that_was_numbered_anew_is_announced_once(
    engine: Engine, living_room: Instance, sonarr: FakeArr, arr_id_of: Callable[[int], int]
) -> None:
    sonarr.before = _numbered_anew(lambda id: id)
    assert await _announced(engine, living_room) == []
    sonarr.before = _numbered_anew(arr_id_of)
    for _ in range(2):
        [said] = await _announced(engine, living_room)
        assert said == (
            "Its database was replaced: 40 of 40 items have new numbers now. "
            "Items in cooldown stay so, known by their TVDB numbers."
        )


async def test_exclusions_go_by_the_old_numbers_and_that_is_said(
    engine: Engine, living_room: Instance, sonarr: FakeArr, alice: User
) -> None:
    sonarr.before = _numbered_anew(lambda id: id)
    await sync(engine, living_room)
    item, present = Item.get(Item.arr_id == 3), engine.clock.now()
    Exclusion.decide(item, "item", until=None, user=alice, at=present)
    sonarr.before = _numbered_anew(lambda id: 41 - id)
    [said] = await _announced(engine, living_room)
    assert said.endswith(" Its exclusions still go by the old numbers: look through them.")
    now_meant = Item.get(Item.arr_id == 3)
    assert (now_meant.external_id, now_meant.reason) == (70_038, Reason.EXCLUDED)


@pytest.mark.parametrize(
    ("arr_id_of", "episodes"),
    [
        (lambda id: id, range(1, 400)),
        (lambda id: id, range(1, 41)),
        (lambda id: id + 500, range(41, 200)),
        (lambda id: id + 500 if id <= 20 else id, range(1, 41)),
        (lambda id: id + 500, range(1, 20)),
    ],
    ids=["many new", "no change", "all others", "half of them", "too few"],
)
async def test_an_ordinary_change_is_not_announced_as_another_database(
    engine: Engine,
    living_room: Instance,
    sonarr: FakeArr,
    arr_id_of: Callable[[int], int],
    episodes: range,
) -> None:
    sonarr.before = _numbered_anew(lambda id: id)
    await sync(engine, living_room)
    sonarr.before = _numbered_anew(arr_id_of, episodes)
    assert await _announced(engine, living_room) == []


async def test_a_replaced_database_is_announced_though_its_reading_failed(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    sonarr.before = _numbered_anew(lambda id: id)
    await sync(engine, living_room)
    anew = _numbered_anew(lambda id: 41 - id)
    sonarr.before = lambda seen: Response(500, {}) if "cutoff" in seen.path else anew(seen)
    assert len(await _announced(engine, living_room)) == 1
    sonarr.before = anew
    assert len(await _announced(engine, living_room)) == 1
