"""Single searches, and all that can go wrong between the row and its outcome."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from jobs.demo.sizes import Size
from jobs.engine import Engine
from jobs.runs import carry_out
from models.backlog import Item
from models.backlog.eligibility import Policy, Reason
from models.backlog.judging import wake
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock

# As the applications write it.
REFUSED = {"message": "BadRequest: no", "content": "no"}

GONE = {"title": "Not Found", "status": 404}


@pytest.fixture
async def one(nightly: Queue) -> Queue:
    """A queue of one item a run."""
    nightly.change(batch_size=1)
    return nightly


async def search(engine: Engine, queue: Queue) -> Search:
    run = Run.start(queue, engine.clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    return Search.select().order_by(Search.id.desc()).get()


def on_post(answer: Response) -> Callable[[Seen], Response | None]:
    """A hook that answers every POST so."""
    return lambda seen: answer if seen.method == "POST" else None


async def test_a_command_that_was_refused_costs_and_cools_nothing(
    engine: Engine, one: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    sonarr.fail_next("/api/v3/command", status=401)
    row = await search(engine, one)
    item = Item.get_by_id(row.items[0].id)
    assert (row.outcome, row.cost) == ("failed", 0)
    assert (item.cooldown_until, item.searched_at, item.attempts) == (None, None, 0)
    assert Instance.get_by_id(living_room.id).fault_code == "wrong_key"


async def test_a_busy_server_is_left_alone_as_long_as_it_asks(
    engine: Engine, one: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    sonarr.fail_next("/api/v3/command", status=429, headers={"Retry-After": "600"})
    row = await search(engine, one)
    instance = Instance.get_by_id(living_room.id)
    assert row.cost == 0
    assert instance.retry_at >= START + timedelta(seconds=600)
    assert Run.get().state == "held"


async def test_a_rejected_command_fails_its_search_and_the_run_goes_on(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    sonarr.fail_next("/api/v3/command", status=400, body=REFUSED)
    run = Run.start(nightly, START, trigger="schedule")
    assert run
    await carry_out(engine, run)
    outcomes = [row.outcome for row in Search.select().order_by(Search.id)]
    assert outcomes == ["failed", *["nothing"] * 4]
    failed = Search.select().order_by(Search.id).first().items[0]
    assert failed.cooldown_until == failed.searched_at + timedelta(days=1)


async def test_a_lost_answer_is_looked_for_and_never_posted_again(
    engine: Engine, one: Queue, sonarr: FakeArr
) -> None:
    """The command was taken, but its answer never came."""
    taken: list[Seen] = []

    async def lose(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        if scope["method"] != "POST" or taken:
            await sonarr(scope, receive, send)
            return
        taken.append(scope)

        async def nowhere(message: object) -> None: ...

        await sonarr(scope, receive, nowhere)
        raise ConnectionResetError

    engine.door.inside = {"sonarr": lose}
    row = await search(engine, one)
    assert len(sonarr.commands) == 1
    assert row.command_id is not None
    assert row.outcome == "nothing"


async def test_a_lost_command_that_the_instance_does_not_know_is_withdrawn(
    engine: Engine, one: Queue, sonarr: FakeArr
) -> None:
    """Its commands were read twice, and it was not among them."""
    sonarr.before = on_post(Response(raises=ConnectionResetError()))
    row = await search(engine, one)
    assert len(sonarr.commands) == 1
    assert len([seen for seen in sonarr.log if seen.path == "/api/v3/command"]) == 1 + 2
    assert (row.outcome, row.cost, row.items[0].cooldown_until) == ("failed", 0, None)


async def test_a_lost_command_is_unknown_and_cools_down_when_nobody_can_tell(
    engine: Engine, one: Queue, sonarr: FakeArr
) -> None:
    def lost(seen: Seen) -> Response | None:
        at_commands = seen.path.endswith("/command")
        return Response(raises=ConnectionResetError()) if at_commands else None

    sonarr.before = lost
    row = await search(engine, one)
    assert len(sonarr.commands) == 1
    assert (row.outcome, row.cost) == ("unknown", 1)
    cooldown = row.items[0].cooldown_until - row.items[0].searched_at
    assert cooldown <= timedelta(days=7)


async def test_a_server_error_fails_the_search_and_holds_the_run(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    """So that one cycle does not send two dozen of them to an indexer in trouble."""
    sonarr.before = on_post(Response(500, {"message": "database is locked"}))
    row = await search(engine, nightly)
    assert row.outcome == "failed"
    assert len(sonarr.commands) == 1
    assert Run.get().state == "held"


async def test_a_command_that_failed_is_said_to_have_failed(
    engine: Engine, one: Queue, sonarr: FakeArr
) -> None:
    failed = {"id": 1, "status": "failed", "message": "Failed", "result": "unknown"}
    sonarr.before = lambda seen: Response(200, failed) if "/command/" in seen.path else None
    row = await search(engine, one)
    assert row.outcome == "failed"


async def test_a_command_that_never_ends_is_unknown_after_half_an_hour(
    engine: Engine, one: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    sonarr.world.search_seconds = 1_000_000
    row = await search(engine, one)
    assert row.outcome == "unknown"
    assert timedelta(minutes=30) <= row.finished_at - row.created_at < timedelta(minutes=31)


async def test_a_command_that_is_forgotten_is_judged_by_the_history(
    engine: Engine, one: Queue, sonarr: FakeArr
) -> None:
    sonarr.find(*sonarr.world.items)

    def forget(seen: Seen) -> Response | None:
        return Response(404, GONE) if "/command/" in seen.path else None

    sonarr.world.search_seconds = 0
    sonarr.before = forget
    row = await search(engine, one)
    assert row.outcome == "grabbed"
    assert row.release


async def test_a_forgotten_command_without_a_grab_is_unknown_not_nothing(
    engine: Engine, one: Queue, sonarr: FakeArr
) -> None:
    sonarr.before = lambda seen: Response(404, GONE) if "/command/" in seen.path else None
    row = await search(engine, one)
    assert row.outcome == "unknown"


async def test_a_grab_of_the_feeds_is_not_ours(engine: Engine, one: Queue, sonarr: FakeArr) -> None:
    sonarr.before = lambda seen: Response(404, GONE) if "/command/" in seen.path else None
    await search(engine, one)
    item = Search.get().items[0]
    world = sonarr.world
    world.grab([world.items[item.arr_id]], world.now(), source="Rss")
    client = engine.client(item.instance)
    assert await client.grabs(0, item.arr_id) == []


async def test_faults_while_it_is_followed_are_waited_out(
    engine: Engine, one: Queue, sonarr: FakeArr
) -> None:
    sonarr.fail_next("/api/v3/command/", status=502, times=3)
    row = await search(engine, one)
    assert row.outcome == "nothing"


async def test_a_search_takes_few_requests(engine: Engine, nightly: Queue, sonarr: FakeArr) -> None:
    await search(engine, nightly)
    synced = next(i for i, seen in enumerate(sonarr.log) if seen.method == "POST")
    assert len(sonarr.log[synced:]) / 5 <= 5


async def test_an_item_that_another_queue_just_searched_is_left_out(
    engine: Engine, one: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    await search(engine, one)
    item = Search.get().items[0]
    await asyncio.gather(search(engine, one), search(engine, one), return_exceptions=True)
    ids = [command["episodeIds"][0] for command in sonarr.commands]
    assert ids.count(item.arr_id) == 1


async def test_the_cooldown_doubles_with_each_search_that_brings_nothing(
    engine: Engine, one: Queue, cinema: Instance, clock: FastClock
) -> None:
    lonely = FakeArr("radarr", size=Size(1, 0, searched=0, history=0), now=clock.now)
    engine.door.inside = {"radarr": lonely}
    one.serve([cinema])
    await search(engine, one)
    item = Search.get().items[0]
    spans = [item.cooldown_until - item.searched_at]
    for _ in range(4):
        clock.present = item.cooldown_until
        wake(Policy.current(), clock.now())
        await search(engine, one)
        item = Item.get_by_id(item.id)
        spans.append(item.cooldown_until - item.searched_at)
    assert [span.days for span in spans] == [7, 14, 28, 56, 60]


async def test_what_a_sync_learnt_during_a_search_is_not_overruled(
    engine: Engine, one: Queue, sonarr: FakeArr
) -> None:
    def unmonitor(seen: Seen) -> Response | None:
        if "/command/" in seen.path:
            Item.update(monitored=False, reason=Reason.UNMONITORED).where(
                Item.searched_at.is_null(False)
            ).execute()
        return None

    sonarr.before = unmonitor
    row = await search(engine, one)
    item = row.items[0]
    assert not item.monitored
    assert item.reason == Reason.UNMONITORED


async def test_a_changed_instance_does_not_break_the_search_under_way(
    engine: Engine, one: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    def change(seen: Seen) -> Response | None:
        if seen.method == "POST":
            changed = Instance.get_by_id(living_room.id)
            changed.change(verify_tls=False)
            engine.client(changed)
        return None

    sonarr.before = change
    row = await search(engine, one)
    assert (row.state, row.outcome) == ("done", "nothing")
    assert Run.get().state == "finished"
