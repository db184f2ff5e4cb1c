"""Databases that were numbered anew: nothing is mixed up, and nothing searched again."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from jobs.engine import Engine
from jobs.sync import sync
from models.backlog import Item
from models.eligibility import Policy, Reason
from models.fields import to_ms
from models.house import House
from models.instances import Instance
from tests.fakes.arr import FakeArr, Response, Seen
from tests.jobs.faults.acting import episode


def _numbered_anew(arr_id_of: Callable[[int], int]) -> Callable[[Seen], Response | None]:
    """The forty episodes under other ids, on one page."""
    records = [episode(id) | {"id": arr_id_of(id)} for id in range(1, 41)]
    page = {"totalRecords": 40, "records": records}
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
    present, policy = engine.clock.now(), Policy.of(House.current())
    learnt = {"searched_at": present, "cooldown_until": until, "streak": 2}
    searched.judge(policy, to_ms(present), **learnt)
    sonarr.before = _numbered_anew(arr_id_of)
    await sync(engine, living_room)
    anew = Item.get(Item.external_id == 70_003, Item.left_at.is_null())
    assert anew.arr_id == arr_id_of(3)
    assert (anew.cooldown_until, anew.streak, anew.reason) == (until, 2, Reason.COOLDOWN)
