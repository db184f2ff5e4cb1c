"""Searches that a person asks for: past cooldown and exclusion, never past a gate."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from jobs.engine import BROKEN, Engine
from jobs.runs import by_hand
from jobs.runs.by_hand import GOING_ON
from jobs.searches import run_errand
from jobs.searches.errands import Errand
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.backlog.exclusions import Exclusion
from models.household import Household
from models.instances import Instance
from models.instances.faults import failed
from models.people import User
from models.searches import Search
from tests.asking import People
from tests.conftest import START
from tests.fakes.arr import FakeArr


@pytest.fixture
async def item(engine: Engine, living_room: Instance) -> Item:
    """The first episode that the living room misses."""
    await sync(engine, living_room)
    return Item.get(Item.want == "missing", Item.reason == Reason.ELIGIBLE)


@pytest.fixture
def people(engine: Engine) -> People:
    return People(engine)


async def settled(engine: Engine) -> None:
    while engine.busy:
        await asyncio.sleep(0.001)


async def test_one_search_is_sent_and_its_outcome_kept(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    sonarr.find(item.arr_id)
    assert await people.begin(item) is None
    assert people.is_searching(item) and people.is_waiting(item)
    await settled(engine)
    (search,) = Search.of_item(item)
    assert (search.outcome, search.run_id, search.queue_name) == ("grabbed", None, "")
    assert [body["episodeIds"] for body in sonarr.commands] == [[item.arr_id]]
    assert not people.is_searching(item) and people.note(item) is None


async def test_cooldown_and_exclusion_do_not_keep_it(
    engine: Engine, people: People, item: Item, sonarr: FakeArr, alice: User
) -> None:
    Exclusion.decide(item, "item", until=None, user=alice, at=engine.clock.now())
    later = engine.clock.now() + timedelta(days=9)
    lately = START - timedelta(days=1)
    Item.get_by_id(item.id).change(cooldown_until=later, searched_at=lately)
    assert await people.begin(Item.get_by_id(item.id)) is None
    await settled(engine)
    assert len(sonarr.commands) == 1
    assert Item.get_by_id(item.id).reason == Reason.EXCLUDED


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"monitored": False}, "not monitored"),
        ({"downloading": True}, "already downloading"),
        ({"available": False}, "not released yet"),
        ({"left_at": START}, "no longer wanted"),
    ],
)
@pytest.mark.parametrize("is_excluded", [False, True])
async def test_the_other_rules_hold_for_people_too_even_behind_an_exclusion(
    engine: Engine, people: People, item: Item, sonarr: FakeArr, facts: dict[str, Any],
    words: str, is_excluded: bool,
) -> None:  # fmt: skip
    end = engine.clock.now() + timedelta(days=9) if is_excluded else None
    item.change(excluded_until=end, **facts)
    assert words in (await people.begin(item) or "")
    await run_errand(engine, Errand(item.instance_id, (item.id,), None, by_hand.BY_PERSON))
    await settled(engine)
    assert not sonarr.commands


async def test_what_changes_while_it_waits_is_said(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    assert await people.begin(item) is None
    Item.update(monitored=False).execute()
    await settled(engine)
    note = people.note(item)
    assert note is not None and "not monitored" in note.sentence
    assert not sonarr.commands


@pytest.mark.parametrize("gate", ["held", "disabled", "budget"])
async def test_a_closed_gate_of_ours_refuses_at_once(
    engine: Engine, people: People, item: Item, sonarr: FakeArr, gate: str
) -> None:
    if gate == "held":
        Household.current().change(held_at=engine.clock.now())
    if gate == "disabled":
        item.instance.change(disabled_at=engine.clock.now())
    if gate == "budget":
        Household.current().change(hourly_budget=0)
    assert await people.begin(item)
    assert not people.is_searching(item) and not sonarr.commands


async def test_a_gate_that_the_instance_closes_is_asked_again_and_said(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    sonarr.world.active_indexers = 0
    assert await people.begin(item) is None
    await settled(engine)
    note = people.note(item)
    assert note is not None and "indexer" in note.sentence
    assert not sonarr.commands and not Search.select().exists()


async def test_an_instance_that_works_again_is_searched(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    later = engine.clock.now() + timedelta(minutes=30)
    failed(item.instance, "status", code="refused", sentence="Away.", at=START, retry_at=later)
    assert await people.begin(item) is None
    await settled(engine)
    assert len(sonarr.commands) == 1


async def test_an_instance_that_does_not_is_said(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    sonarr.fail_next("/api/v3", status=401, times=50)
    assert await people.begin(item) is None
    await settled(engine)
    note = people.note(item)
    assert note is not None and "key" in note.sentence.lower()
    assert not sonarr.commands


async def test_an_item_is_not_searched_twice_at_the_same_time(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    assert await people.begin(item) is None
    assert await people.begin(item) == GOING_ON
    await settled(engine)
    assert len(sonarr.commands) == 1
    assert await people.begin(Item.get_by_id(item.id)) is None


async def test_what_a_queue_searched_while_it_waited_is_not_searched_again(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    async with engine.lane(item.instance_id).turn():
        assert await people.begin(item) is None
        for _ in range(20):
            await asyncio.sleep(0)
        Item.update(searched_at=engine.clock.now()).execute()
    await settled(engine)
    note = people.note(item)
    assert note is not None and note.sentence == by_hand.DONE_SINCE
    assert not sonarr.commands


async def test_a_fault_of_the_program_is_said_and_leaves_no_search_open(
    engine: Engine, people: People, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(engine: Engine, errand: Errand) -> None:
        now = engine.clock.now()
        by_hand_search = Search.begin([item], None, now, 1)
        by_hand_search.sent(1, None, now)
        raise ZeroDivisionError

    monkeypatch.setattr(by_hand, "run_errand", broken)
    assert await people.begin(item) is None
    await settled(engine)
    note = people.note(item)
    assert note is not None and note.sentence == BROKEN
    (search,) = Search.of_item(item)
    assert (search.state, search.outcome, search.message) == ("done", "unknown", BROKEN)
