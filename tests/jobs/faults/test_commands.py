"""Commands that are there already, forgotten, endless, or end "successfully" with nothing asked."""

from datetime import timedelta

import pytest

from jobs.engine import Engine
from jobs.runs import carry_out
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock
from tests.jobs.faults.acting import NOT_FOUND, last_search, now, run
from tests.timing import every


@pytest.fixture
def one(nightly: Queue) -> Queue:
    """A queue of one item a run."""
    nightly.change(batch_size=1)
    return nightly


async def test_the_id_of_an_existing_command_is_followed_as_already_running_once(
    engine: Engine, one: Queue, sonarr: FakeArr
) -> None:
    """A person pressed the button a moment ago; ours is that command, and no second one."""
    world, begun = sonarr.world, []

    def press(seen: Seen) -> Response | None:
        if seen.method == "POST":
            own = {"episodeIds": seen.body["episodeIds"]}
            begun.append(world.commands.add("EpisodeSearch", own, world.now()))
            world.commands.dispatch(world.now())
        return None

    sonarr.before = press
    await run(engine, one)
    row = Search.get()
    assert row.command_id == begun[0].id
    assert (row.state, row.outcome, row.cost) == ("done", "nothing", 1)
    searched = [each for each in world.commands.in_memory(world.now()) if each.own]
    assert len(searched) == 1


async def test_two_queues_that_want_the_same_item_have_one_command(
    engine: Engine, one: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    twin = Queue.create(
        owner=one.owner,
        name="Twin",
        key="twin",
        strategy="missing",
        batch_size=1,
        schedule_json=every(60),
        created_at=one.created_at,
    )
    twin.serve([living_room])
    await sync(engine, living_room)
    runs = [Run.start(queue, engine.clock.now(), trigger="schedule") for queue in (one, twin)]
    for each in runs:
        assert each
        engine.spawn(f"run-{each.id}", carry_out(engine, each))
    while engine.busy:
        await engine.clock.rest(0)
    ids = [command["episodeIds"][0] for command in sonarr.commands]
    assert len(ids) == len(set(ids))


async def test_a_command_forgotten_while_it_ran_is_judged_by_its_grab(
    engine: Engine, one: Queue, sonarr: FakeArr
) -> None:
    """The instance was restarted, and knows its commands no more."""
    sonarr.find(*sonarr.world.items)
    polls = []

    def forget(seen: Seen) -> Response | None:
        if "/command/" not in seen.path:
            return None
        polls.append(seen)
        return Response(404, NOT_FOUND) if len(polls) > 2 else None

    sonarr.before = forget
    await run(engine, one)
    assert Search.get().outcome == "grabbed"


async def test_with_every_indexer_down_completed_commands_burn_no_cooldown_and_close_the_gate(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    """The health page has not noticed yet, and commands end "successfully" at once."""
    sonarr.world.active_indexers = 0
    sonarr.before = lambda seen: Response(200, []) if seen.path.endswith("health") else None
    held = await run(engine, nightly)
    row = Search.get()
    assert (row.outcome, row.cost) == ("no_indexer", 1)
    assert (row.items[0].cooldown_until, row.items[0].streak) == (None, 0)
    assert row.items[0].reason == Reason.ELIGIBLE
    assert (held.state, len(sonarr.commands)) == ("held", 1)
    assert now(living_room).fault_code == "no_indexer"


async def test_with_every_indexer_down_for_hours_the_budget_is_the_most_that_is_sent(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance, clock: FastClock
) -> None:
    sonarr.world.active_indexers = 0
    sonarr.before = lambda seen: Response(200, []) if seen.path.endswith("health") else None
    living_room.change(hourly_budget=2)
    for _ in range(16):
        await run(engine, nightly)
        clock.advance(minutes=30)
        now(living_room).change(fault=None, fault_code=None, retry_at=None)
    assert len(sonarr.commands) <= 2 * 8 + 1
    assert not Item.select().where(Item.cooldown_until.is_null(False)).exists()


async def test_a_command_that_ends_in_failure_cools_down_for_a_day_without_doubling(
    engine: Engine, one: Queue, sonarr: FakeArr
) -> None:
    failed = {"id": 1, "status": "failed", "message": "Failed", "exception": "System.Exception"}
    sonarr.before = lambda seen: Response(200, failed) if "/command/" in seen.path else None
    await run(engine, one)
    item = last_search().items[0]
    assert item.cooldown_until == item.searched_at + timedelta(days=1)
    assert item.streak == 0


async def test_a_command_that_never_ends_is_left_and_its_item_is_not_searched_again(
    engine: Engine, one: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    sonarr.world.search_seconds = 10**6
    await run(engine, one)
    row = last_search()
    assert row.outcome == "unknown"
    await run(engine, one)
    ids = [command["episodeIds"][0] for command in sonarr.commands]
    assert len(ids) == len(set(ids)) == 2


async def test_an_instance_that_dies_while_it_searches_leaves_an_unknown_and_goes_on_later(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    died = []

    def die(seen: Seen) -> Response | None:
        if died:
            return Response(502, {})
        died.extend([seen] if seen.method == "POST" else [])
        return None

    sonarr.before = die
    held = await run(engine, nightly)
    first = Search.select().order_by(Search.id).first()
    assert (first.outcome, first.cost) == ("unknown", 1)
    assert first.items[0].cooldown_until is not None
    assert held.state == "held"
    assert len(sonarr.commands) <= 2
    assert now(living_room).fault
