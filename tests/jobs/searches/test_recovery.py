"""What a killed server left behind, and what the next one makes of it."""

import pytest

from jobs.engine import Engine
from jobs.searches import run_errand
from jobs.searches.errands import Errand
from jobs.searches.recovery import recover
from jobs.sync import sync
from models.backlog import Item
from models.batches import Batch
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.arr import FakeArr, Response
from tests.fakes.clock import FastClock


class Killed(BaseException):
    """Stands for kill -9: nothing in the program catches it."""


async def until_killed(engine: Engine, queue: Queue) -> Search:
    """One search whose process dies while it waits for the command's end."""
    await sync(engine, queue.instances[0])
    run = Run.start(queue, engine.clock.now(), trigger="schedule")
    assert run

    async def die(seconds: float) -> None:
        raise Killed

    rest, engine.clock.rest = engine.clock.rest, die  # type: ignore[method-assign]
    with pytest.raises(Killed):
        await run_errand(engine, Errand(1, (Batch(queue, START).picks()[0].items[0].id,), run))
    engine.clock.rest = rest  # type: ignore[method-assign]
    return Search.get()


async def recovered(engine: Engine) -> Search:
    recover(engine)
    while engine.runs("recovery-1"):
        await engine.clock.rest(0)
    return Search.get()


async def test_runs_left_active_are_interrupted_and_said_to_be(
    engine: Engine, nightly: Queue
) -> None:
    run = Run.start(nightly, START, trigger="schedule")
    assert run
    recover(engine)
    run = Run.get_by_id(run.id)
    assert run.state == "interrupted"
    assert run.finished_at is not None
    assert Run.start(nightly, START, trigger="schedule")


async def test_a_sent_search_gets_the_outcome_of_its_command(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    sonarr.find(*sonarr.world.items)
    left = await until_killed(engine, nightly)
    assert left.state == "sent"
    row = await recovered(engine)
    assert (row.state, row.outcome) == ("done", "grabbed")
    assert len(sonarr.commands) == 1


async def test_a_search_whose_answer_was_never_read_is_found_among_the_commands(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    left = await until_killed(engine, nightly)
    left.change(state="sending", command_id=None, began_at=None, sent_at=None)
    row = await recovered(engine)
    assert row.outcome == "nothing"
    assert len(sonarr.commands) == 1


async def test_a_search_that_nobody_knows_of_is_unknown_and_still_cools_down(
    engine: Engine, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    left = await until_killed(engine, nightly)
    left.change(command_id=999_999)
    clock.advance(hours=1)
    row = await recovered(engine)
    item = Item.get_by_id(row.items[0].id)
    assert row.outcome == "unknown"
    assert item.cooldown_until > clock.now()
    assert len(sonarr.commands) == 1


async def test_an_instance_that_is_away_leaves_its_searches_unknown(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    await until_killed(engine, nightly)
    sonarr.before = lambda seen: Response(502, {})
    row = await recovered(engine)
    assert (row.state, row.outcome) == ("done", "unknown")


async def test_a_restart_alone_searches_nothing(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    await sync(engine, living_room)
    sonarr.log.clear()
    recover(engine)
    await engine.clock.rest(60)
    assert sonarr.commands == []


async def test_a_sync_that_was_cut_off_is_not_shown_as_going_on(
    engine: Engine, living_room: Instance
) -> None:
    living_room.change(syncing_since=START)
    recover(engine)
    assert Instance.get_by_id(living_room.id).syncing_since is None
