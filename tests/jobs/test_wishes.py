"""The workers take up what people ask for: each wish once, and nothing old."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from jobs.engine import BROKEN, Engine
from jobs.housekeeping.beginning import Housekeeping
from jobs.runs.by_hand import STOPPED, Asked, ask_for
from jobs.scheduler import Scheduler
from jobs.searches.recovery import reap
from jobs.sync import sync
from jobs.wishes import Wishes
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.database import database
from models.household import Household
from models.instances import Instance
from models.jobs import Job, JobRun
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from models.wishes import LATE, LATEST, Wish
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock

OLD = LATEST + timedelta(seconds=1)


@pytest.fixture
async def item(engine: Engine, living_room: Instance) -> Item:
    """An episode that the living room misses."""
    await sync(engine, living_room)
    return Item.get(Item.want == "missing", Item.reason == Reason.ELIGIBLE)


@pytest.fixture
def wishes(engine: Engine) -> Wishes:
    return Wishes(engine, Housekeeping(engine))


@pytest.fixture
def another(clock: FastClock, sonarr: FakeArr, radarr: FakeArr) -> Wishes:
    """Another process, as after a restart."""
    engine = Engine(clock=clock, demo={"sonarr": sonarr, "radarr": radarr})
    return Wishes(engine, Housekeeping(engine))


async def settled(*workers: Wishes) -> None:
    while any(each.engine.busy for each in workers):
        await asyncio.sleep(0)
    await asyncio.sleep(0)


def note(item: Item) -> str:
    found = Asked.of(item).note
    return found.sentence if found else ""


async def test_two_workers_send_one_search(
    wishes: Wishes, another: Wishes, item: Item, sonarr: FakeArr, clock: FastClock
) -> None:
    ask_for(item, clock.now())
    for each in (wishes, another, wishes):
        await each.take_all()
    await settled(wishes, another)
    assert len(sonarr.commands) == 1 and not Wish.select().exists()


@pytest.mark.parametrize(("is_down", "sent", "asked"), [(False, 4, 1), (True, 0, 3)])
async def test_many_searches_at_once_ask_the_instance_once(
    is_down: bool, sent: int, asked: int,
    wishes: Wishes, item: Item, sonarr: FakeArr, clock: FastClock,
) -> None:  # fmt: skip
    """A question that fails is repeated twice, and that is all."""
    items = list(Item.select().where(Item.reason == Reason.ELIGIBLE).limit(4))
    item.instance.change(conditions_at=None)
    sonarr.log.clear()
    if is_down:
        sonarr.fail_next("/api/v3/health", status=503, times=99)
    for each in items:
        assert ask_for(each, clock.now()) is None
    await wishes.take_all()
    await settled(wishes)
    assert len([each for each in sonarr.log if each.path.endswith("/health")]) == asked
    assert len(sonarr.commands) == sent


async def test_two_workers_carry_out_one_run(
    wishes: Wishes, another: Wishes, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    run = Run.ask(nightly, clock.now())
    assert run and Run.ask(nightly, clock.now()) is None
    await wishes.take_all()
    await another.take_all()
    assert not another.engine.busy
    await settled(wishes)
    assert (Run.get().state, len(sonarr.commands)) == ("finished", 5)


@pytest.mark.parametrize("back", [False, True])
async def test_an_old_wish_is_not_taken_up_and_says_so(
    wishes: Wishes, item: Item, nightly: Queue, sonarr: FakeArr, clock: FastClock, back: bool
) -> None:
    """As after a restart; or the clock was set back meanwhile."""
    at = clock.now()
    ask_for(item, at)
    Run.ask(nightly, at)
    JobRun.ask(Job.named("ended", at), at)
    Wish.ask("sync", item.instance_id, at)
    seen = len(sonarr.log)
    clock.present += -OLD if back else OLD
    await wishes.take_all()
    await settled(wishes)
    assert len(sonarr.log) == seen and not sonarr.commands
    assert note(item) == LATE and not Asked.of(item).is_searching
    assert (Run.get().state, Run.get().note) == ("interrupted", LATE)
    assert (JobRun.get().outcome, JobRun.get().sentence) == ("interrupted", LATE)
    assert Run.ask(nightly, clock.now()) and ask_for(item, clock.now()) is None


async def test_what_was_asked_for_just_before_a_restart_is_done(
    another: Wishes, item: Item, sonarr: FakeArr, clock: FastClock
) -> None:
    ask_for(item, clock.now())
    clock.present += LATEST
    await another.look()
    await settled(another)
    assert len(sonarr.commands) == 1


async def test_judging_is_made_up_for_however_old_it_is(
    wishes: Wishes, item: Item, clock: FastClock
) -> None:
    Item.update(reason=Reason.COOLDOWN).execute()
    Wish.ask("judge", 0, clock.now())
    clock.present += timedelta(days=3)
    await wishes.take_all()
    await settled(wishes)
    assert Item.get_by_id(item.id).reason == Reason.ELIGIBLE


async def test_nothing_more_is_taken_up_once_the_program_stops(
    wishes: Wishes, item: Item, sonarr: FakeArr, clock: FastClock
) -> None:
    ask_for(item, clock.now())
    clock.stopping.set()
    await wishes.take_all()
    assert not wishes.engine.busy and Asked.of(item).is_waiting


async def test_what_a_stop_cut_short_says_so(
    wishes: Wishes, item: Item, sonarr: FakeArr, clock: FastClock
) -> None:
    other = Item.get(Item.want == "missing", Item.id != item.id)
    with database.atomic():
        Search.begin([other], None, clock.now(), 1).end("nothing", clock.now())
    ask_for(item, clock.now())
    await wishes.take_all()
    clock.stopping.set()
    await settled(wishes)
    assert note(item) == STOPPED and not sonarr.commands


@pytest.mark.parametrize("was_sent", [False, True])
async def test_after_a_kill_it_is_told_that_it_was_not_searched_but_only_if_so(
    wishes: Wishes, another: Wishes, item: Item, clock: FastClock, was_sent: bool
) -> None:
    ask_for(item, clock.now())
    assert Wish.get().take(wishes.engine.replica, clock.now())
    assert Asked.of(item).is_searching
    with database.atomic():
        search = Search.begin([item], None, clock.now(), 1)
        search.end("unknown", clock.now())
    if not was_sent:
        search.delete_instance()
    await another.look()
    assert not Asked.of(item).is_searching
    assert note(item) == ("" if was_sent else STOPPED)


async def test_what_this_process_has_lost_is_told(
    wishes: Wishes, item: Item, clock: FastClock
) -> None:
    ask_for(item, clock.now())
    Wish.get().take(wishes.engine.replica, clock.now())
    await wishes.look()
    assert note(item) == BROKEN


async def test_a_hold_between_asking_and_taking_keeps_it(
    wishes: Wishes, item: Item, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    ask_for(item, clock.now())
    Run.ask(nightly, clock.now())
    Household.current().change(held_at=clock.now())
    await wishes.take_all()
    await settled(wishes)
    assert "on hold" in note(item) and Run.get().state == "held"
    assert not sonarr.commands


def gone_item(item: Item) -> None:
    item.delete_instance()


def gone_instance(item: Item) -> None:
    item.instance.delete_instance()


@pytest.mark.parametrize("go", [gone_item, gone_instance])
async def test_what_is_gone_meanwhile_is_left(
    wishes: Wishes, item: Item, sonarr: FakeArr, clock: FastClock, go: Callable[[Item], None]
) -> None:
    ask_for(item, clock.now())
    Wish.ask("sync", item.instance_id, clock.now())
    go(item)
    await wishes.take_all()
    await settled(wishes)
    assert not sonarr.commands and not Wish.going_on().exists()


async def test_a_run_that_waits_to_be_taken_up_is_not_taken_for_a_dead_one(
    wishes: Wishes, nightly: Queue, clock: FastClock
) -> None:
    Run.ask(nightly, clock.now())
    JobRun.ask(Job.named("ended", clock.now()), clock.now())
    reap(wishes.engine)
    await wishes.housekeeping.look()
    assert Run.get().state == "active" and JobRun.get().is_active


async def test_a_run_that_was_cancelled_before_is_not_begun(
    wishes: Wishes, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    run = Run.ask(nightly, clock.now())
    assert run
    run.ask_to_stop(clock.now())
    await wishes.take_all()
    await settled(wishes)
    assert Run.get().state == "cancelled" and not sonarr.commands


@pytest.mark.embedded
async def test_a_page_that_asks_is_heard_at_once_and_else_by_the_tick(
    engine: Engine, item: Item, sonarr: FakeArr, clock: FastClock
) -> None:
    scheduler = Scheduler(engine)
    database.listen(scheduler.hear)
    if database.is_server:
        database.begin_to_hear()
    ask_for(item, clock.now())
    while list(Wish.waiting()):
        await asyncio.sleep(0.001)
    await settled(scheduler.wishes)
    database.stop_listening(scheduler.hear)
    clock.advance(minutes=5)
    ask_for(Item.get_by_id(item.id), clock.now())
    await asyncio.sleep(0)
    assert list(Wish.waiting())
    await scheduler.tick()
    await settled(scheduler.wishes)
    assert len(sonarr.commands) == 2


async def test_a_run_belongs_to_who_took_it_and_nobody_ends_it_by_an_older_look(
    wishes: Wishes, nightly: Queue, clock: FastClock
) -> None:
    Run.ask(nightly, clock.now())
    seen = Run.get()
    assert seen.owner is None
    await wishes.take_all()
    assert Run.get().owner == wishes.engine.replica
    assert not seen.interrupt(clock.now(), BROKEN)
    await settled(wishes)
    assert Run.get().state == "finished"


async def test_housekeeping_and_the_demo_library_are_left_to_the_leader(
    wishes: Wishes, another: Wishes, item: Item, nightly: Queue, clock: FastClock
) -> None:
    item.instance.change(demo=True)
    ask_for(Item.get_by_id(item.id), clock.now())
    Wish.ask("sync", item.instance_id, clock.now())
    Run.ask(nightly, clock.now())
    JobRun.ask(Job.named("ended", clock.now()), clock.now())
    another.engine.leads = False
    await another.look()
    assert not another.engine.busy and Wish.waiting().count() == 4
    await wishes.look()
    assert wishes.engine.busy and not Wish.waiting().exists()
    await settled(wishes)


async def test_who_leads_from_now_on_does_not_end_a_job_that_was_just_asked_for(
    wishes: Wishes, another: Wishes, clock: FastClock
) -> None:
    JobRun.ask(Job.named("ended", clock.now()), clock.now())
    another.housekeeping.take_over()
    await another.take_all()
    await settled(another)
    assert JobRun.get().outcome == "done"
