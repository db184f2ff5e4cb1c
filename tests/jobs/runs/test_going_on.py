"""What was held goes on when what held it has ended; a pause stops what is under way."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from jobs.engine import Engine
from jobs.runs import PAUSED
from jobs.scheduler import Scheduler
from models.budgets.shares import go_on
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.asking import begin
from tests.conftest import START
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock

MONTHLY = timedelta(days=31)
Turn = Callable[[bool], None]


@pytest.fixture
def scheduler(engine: Engine) -> Scheduler:
    return Scheduler(engine)


@pytest.fixture
def rare(nightly: Queue) -> Queue:
    """A queue whose next regular moment is a month away."""
    nightly.start(START)
    Queue.update(next_run_at=START + MONTHLY, last_moment_at=START, retry_at=START).execute()
    return nightly


async def turn(scheduler: Scheduler) -> None:
    await scheduler.tick()
    while scheduler.engine.busy:
        await asyncio.sleep(0)


def hold(on: bool) -> None:
    Household.current().change(held_at=START if on else None)


def switch_off(on: bool) -> None:
    Instance.update(disabled_at=START if on else None).execute()


def on_second_post(what: Callable[[], object]) -> Callable[[Seen], Response | None]:
    """A hook that does something as the second command arrives."""
    posts: list[Seen] = []

    def hook(seen: Seen) -> Response | None:
        if seen.method == "POST":
            posts.append(seen)
            if len(posts) == 2:
                what()
        return None

    return hook


@pytest.mark.parametrize("close", [hold, switch_off])
async def test_a_run_that_was_held_in_the_middle_goes_on_when_that_ends(
    scheduler: Scheduler, rare: Queue, sonarr: FakeArr, clock: FastClock, close: Turn
) -> None:
    sonarr.before = on_second_post(lambda: close(True))
    await turn(scheduler)
    assert (Run.get().state, Search.select().count()) == ("held", 2)
    for _ in range(3):
        clock.advance(hours=1)
        await turn(scheduler)
    assert Search.select().count() == 2
    close(False)
    go_on(clock.now())
    await turn(scheduler)
    assert Run.get().state == "finished"
    assert Search.select().count() == 5
    assert Queue.get().next_run_at == START + MONTHLY


@pytest.mark.parametrize("close", [hold, switch_off])
async def test_a_run_that_was_held_before_its_first_search_goes_on_as_well(
    scheduler: Scheduler, rare: Queue, clock: FastClock, close: Turn
) -> None:
    close(True)
    await begin(scheduler, rare, trigger="schedule")
    while scheduler.engine.busy:
        await asyncio.sleep(0)
    assert Run.get().state == "held"
    close(False)
    clock.advance(hours=2)
    go_on(clock.now())
    await turn(scheduler)
    assert Search.select().count() == 5


async def test_what_goes_on_for_a_persons_held_run_is_not_said_to_be_on_schedule(
    scheduler: Scheduler, rare: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    Queue.update(retry_at=None).execute()
    sonarr.before = on_second_post(lambda: hold(True))
    await begin(scheduler, rare)
    while scheduler.engine.busy:
        await asyncio.sleep(0)
    hold(False)
    go_on(clock.now())
    await turn(scheduler)
    runs = list(Run.select().order_by(Run.id))
    assert [run.state for run in runs] == ["held", "finished"]
    assert [run.how for run in runs] == ["by hand", "after the held run"]
    clock.advance(days=31)
    await turn(scheduler)
    assert Run.recent().get().how == "on schedule"


async def test_nothing_but_what_was_held_goes_on(
    scheduler: Scheduler, rare: Queue, cinema: Instance, clock: FastClock
) -> None:
    """Not a queue that had its run, nor one that is paused, nor one of another instance."""
    await turn(scheduler)
    searched = Search.select().count()
    go_on(clock.now())
    assert Queue.get().retry_at is None
    Run.update(state="held").execute()
    Search.update(cost=0).execute()
    go_on(clock.now(), cinema)
    assert Queue.get().retry_at is None
    rare.pause(clock.now())
    go_on(clock.now())
    assert (Queue.get().retry_at, Search.select().count()) == (None, searched)


async def test_a_pause_stops_the_run_under_way_after_the_search_in_flight(
    scheduler: Scheduler, rare: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    def pause() -> None:
        rare.pause(clock.now())
        assert Run.stop_for_pause(rare, clock.now())

    sonarr.before = on_second_post(pause)
    await turn(scheduler)
    run = Run.get()
    assert (run.state, run.note) == ("cancelled", PAUSED)
    assert [row.state for row in Search.select()] == ["done", "done"]
    assert not Run.stop_for_pause(rare, clock.now())


@pytest.mark.parametrize("trigger", ["person", "schedule"])
async def test_run_now_asks_anew_what_the_instance_told(
    engine: Engine, scheduler: Scheduler, rare: Queue, sonarr: FakeArr, trigger: str
) -> None:
    """It had no indexer a minute ago; the schedule believes that for five minutes."""
    sonarr.world.active_indexers = 0
    await turn(scheduler)
    assert Run.get().state == "held" and not sonarr.commands
    sonarr.world.active_indexers = 3
    await begin(scheduler, rare, trigger=trigger)
    while engine.busy:
        await asyncio.sleep(0)
    assert (len(sonarr.commands) == 5) is (trigger == "person")
