"""Two instances fail while others work; and servers whose clocks are wrong."""

from datetime import timedelta

import pytest

from jobs.demo.sizes import Size
from jobs.engine import Engine
from jobs.scheduler import Scheduler
from models.backlog import Item
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from tests.conftest import START
from tests.fakes.arr import FakeArr, Response
from tests.fakes.clock import FastClock
from tests.jobs.faults.acting import run

NAMES = ("attic", "barn", "cellar", "den")


@pytest.fixture
def four(engine: Engine, nightly: Queue, clock: FastClock) -> dict[str, FakeArr]:
    """Four Sonarrs that `nightly` serves, two searches on each in a run."""
    fakes = {name: FakeArr("sonarr", now=clock.now) for name in NAMES}
    engine.door.inside = fakes
    rows = [
        Instance.create(
            name=name.title(),
            key=name,
            application="sonarr",
            url=f"demo://{name}",
            api_key=FakeArr.key,
            created_at=START,
        )
        for name in NAMES
    ]
    nightly.serve(rows)
    nightly.change(batch_size=8)
    return fakes


async def test_two_failing_instances_hold_their_share_and_the_others_are_searched(
    engine: Engine, nightly: Queue, four: dict[str, FakeArr]
) -> None:
    four["attic"].before = lambda seen: Response(401, {})
    four["cellar"].before = lambda seen: Response(raises=ConnectionResetError())
    finished = await run(engine, nightly)
    commands = {name: len(fake.commands) for name, fake in four.items()}
    assert commands["attic"] == commands["cellar"] == 0
    assert commands["barn"] + commands["den"] == 8
    assert finished.state == "finished"
    sentences = [row.fault for row in Instance.select() if row.fault]
    assert len(sentences) == 2
    assert all(sentence in finished.note for sentence in sentences)


async def test_two_instances_that_fail_in_the_middle_stop_only_themselves(
    engine: Engine, nightly: Queue, four: dict[str, FakeArr]
) -> None:
    Household.current().change(hourly_budget=100)
    nightly.change(batch_size=32)
    for name in ("attic", "cellar"):
        four[name].before = lambda seen: Response(500, {}) if seen.method == "POST" else None
    held = await run(engine, nightly)
    commands = {name: len(fake.commands) for name, fake in four.items()}
    assert commands["attic"] == commands["cellar"] == 1
    assert min(commands["barn"], commands["den"]) >= 1
    by_outcome = [row.outcome for row in Search.select() if row.outcome == "failed"]
    assert len(by_outcome) == 2
    assert held.state == "held"


async def test_failing_instances_do_not_delay_the_care_of_the_others(
    engine: Engine, four: dict[str, FakeArr], clock: FastClock
) -> None:
    four["attic"].before = lambda seen: Response(503, {})
    four["barn"].before = lambda seen: Response(200, b"<html>")
    scheduler = Scheduler(engine)
    for _ in range(3):
        await scheduler.tick()
        while engine.busy:
            await clock.rest(0)
    states = {row.key: row.synced_at is not None for row in Instance.select()}
    assert [states[name] for name in NAMES] == [False, False, True, True]


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=-1)])
async def test_a_server_clock_an_hour_off_changes_no_outcome(
    engine: Engine, nightly: Queue, clock: FastClock, ahead: timedelta
) -> None:
    """Grabs, lastSearchTime and "no indexer was asked" are reckoned by the server's own clock."""
    fake = FakeArr("sonarr", now=lambda: clock.now() + ahead, find_rate=0.0)
    engine.door.inside = {"sonarr": fake}
    fake.world.luck = lambda item, at: item.id % 2 == 0
    Household.current().change(hourly_budget=100)
    nightly.instances[0].change(hourly_budget=100)
    nightly.change(batch_size=12)
    await run(engine, nightly)
    for row in Search.select():
        item = row.items[0]
        assert row.outcome == ("grabbed" if item.arr_id % 2 == 0 else "nothing")
    assert {row.outcome for row in Search.select()} == {"grabbed", "nothing"}


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=-1)])
async def test_a_server_clock_an_hour_off_does_not_hide_that_no_indexer_was_asked(
    engine: Engine, nightly: Queue, clock: FastClock, ahead: timedelta
) -> None:
    fake = FakeArr("sonarr", now=lambda: clock.now() + ahead)
    fake.world.active_indexers = 0
    fake.before = lambda seen: Response(200, []) if seen.path.endswith("health") else None
    engine.door.inside = {"sonarr": fake}
    held = await run(engine, nightly)
    assert held.state == "held"
    assert [row.outcome for row in Search.select()] == ["no_indexer"]


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=-1)])
async def test_a_server_clock_an_hour_off_moves_no_cooldown(
    engine: Engine, nightly: Queue, living_room: Instance, clock: FastClock, ahead: timedelta
) -> None:
    size = Size(30, 10, searched=1.0, history=0)
    fake = FakeArr("sonarr", size=size, now=lambda: clock.now() + ahead)
    engine.door.inside = {"sonarr": fake}
    await run(engine, nightly)
    for item in Item.select().where(Item.searched_at.is_null(), Item.eligible_at.is_null(False)):
        theirs = fake.world.items[item.arr_id].searched
        if theirs and item.arr_searched_at:
            ours = item.arr_searched_at.timestamp()
            assert ours == pytest.approx(theirs - ahead.total_seconds(), abs=1)
    own = [row.items[0] for row in Search.select()]
    assert all(item.cooldown_until - item.searched_at <= timedelta(days=14) for item in own)
