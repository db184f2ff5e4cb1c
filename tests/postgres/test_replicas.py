"""Two replicas on one server: what each lock keeps apart, and what happens without it."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from peewee import InterfaceError, OperationalError

from app import CannotStart, join
from jobs.clock import Clock
from jobs.engine import Engine
from jobs.engine.locks import held
from jobs.scheduler import Scheduler
from jobs.searches import fencing, run_errand
from jobs.searches.errands import Errand, announce
from jobs.searches.recovery import adopt, reap
from jobs.sync import sync
from jobs.worker import Interrupted, Life, Worker
from models import demo
from models.backlog import Item
from models.budgets.gates import Gate
from models.budgets.shares import stand_in_line
from models.database import Database, database
from models.database.encryption import Keyring
from models.database.locks import Lock
from models.database.server import ServerDatabase
from models.environment import Environment
from models.hooks import TOPIC, Hook, HookHint
from models.household import Household
from models.instances import Instance
from models.people import User
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import IndexerLink, LimitedIndexer, ProwlarrIndexer
from models.queues import Queue
from models.searches import Search
from models.searches.runs import STOPPED, Run
from tests.conftest import PASSWORD, START
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.fakes.clock import FastClock
from tests.postgres.replica import PATIENCE, Lockless, Replica
from tests.wanted import wanted

Begin = Callable[..., Replica]
# Seconds of real time in which a replica without a lock would long have gone on.
A_WHILE = 0.8


@pytest.fixture
def replica(db: Database, clock: FastClock, sonarr: FakeArr, radarr: FakeArr) -> Iterator[Begin]:
    made: list[Replica] = []

    def begin(own: Clock = clock) -> Replica:
        made.append(Replica(own, {"sonarr": sonarr, "radarr": radarr}))
        return made[-1]

    yield begin
    for each in made:
        each.close()


@pytest.fixture
def without(db: Database, keyring: Keyring) -> Iterator[Callable[[Lock | None], None]]:
    """Opens the database anew, and switches this lock off for everybody."""
    opened = Lockless(db.database, keyring)

    def leave_out(lock: Lock | None) -> None:
        opened.off = () if lock is None else (lock,)
        database.initialize(opened)

    yield leave_out
    database.initialize(db)
    opened.close_all()


def first_item(instance: Instance) -> Item:
    return Item.select(Item, Instance).join(Instance).where(Item.instance == instance).get()


def errand_on(instance: Instance) -> Errand:
    return Errand(instance.id, (first_item(instance).id,))


@pytest.mark.parametrize("off", [None, Lock.INSTANCE])
def test_one_search_at_a_time_is_on_an_instance(
    off: Lock | None,
    without: Callable[[Lock | None], None],
    replica: Begin,
    living_room: Instance,
    sonarr: FakeArr,
) -> None:
    """Without the lock the other one takes a search over that is still followed."""
    without(off)
    one, other = replica(), replica()
    one.run(sync(one.engine, living_room))
    is_there, may_go_on = threading.Event(), threading.Event()

    async def search_slowly() -> None:
        async with one.engine.turn(living_room.id):
            search = Search.begin([first_item(living_room)], None, START, 1, owner=one.name)
            is_there.set()
            while not may_go_on.is_set():
                await asyncio.sleep(0.01)
            search.change(state="done", outcome="nothing")

    slow = one.begin(search_slowly())
    assert is_there.wait(10)
    waiting = other.begin(run_errand(other.engine, errand_on(living_room)))
    has_waited = not _ends(waiting, A_WHILE if off is None else PATIENCE)
    owner = Search.get().owner
    may_go_on.set()
    slow.result(10)
    waiting.result(10)
    assert (has_waited, owner == one.name) == ((True, True) if off is None else (False, False))
    assert len(sonarr.commands) <= 1


def _ends(waiting: "Future[Any]", within: float) -> bool:
    try:
        waiting.result(within)
    except TimeoutError:
        return False
    return True


def one_search_of_a_budget() -> None:
    Household.current().change(hourly_budget=1)


def one_search_of_an_indexer() -> None:
    """Both instances ask it, and there is room for one search of three requests."""
    own = {"url": "demo://prowlarr", "api_key": "a key", "created_at": START, "read_at": START}
    prowlarr = Prowlarr.create(name="Indexers", key="indexers", **own)
    told = LimitedIndexer(1, "Paper Crane", True, 5, None, is_hourly=False)
    ProwlarrIndexer.keep(prowlarr, [told])
    for instance in Instance.select():
        named = {"name": "Paper Crane (Prowlarr)", "automatic": True, "number": 1}
        IndexerLink.create(instance=instance, arr_id=1, **named)


@pytest.mark.parametrize(
    ("limit", "code"), [(one_search_of_a_budget, "budget"), (one_search_of_an_indexer, "indexer")]
)
@pytest.mark.parametrize("off", [None, Lock.HOUSEHOLD])
def test_two_replicas_never_spend_the_same_search_of_a_budget(
    off: Lock | None,
    limit: Callable[[], None],
    code: str,
    without: Callable[[Lock | None], None],
    replica: Begin,
    living_room: Instance,
    cinema: Instance,
) -> None:
    """One stands still between reading the budget and its commit, and the other one searches."""
    without(off)
    one, other = replica(), replica()
    one.run(sync(one.engine, living_room))
    one.run(sync(one.engine, cinema))
    IndexerLink.delete().execute()
    limit()
    has_read, other_ended = threading.Event(), threading.Event()

    def stand_still(event: Any) -> None:
        is_hers = threading.get_ident() == one.thread_id
        if is_hers and event.sql.startswith('INSERT INTO "searches"'):
            has_read.set()
            other_ended.wait(A_WHILE if off is None else PATIENCE)

    database.query_hooks.append(stand_still)
    first = one.begin(run_errand(one.engine, errand_on(living_room)))
    assert has_read.wait(10)
    second = other.begin(run_errand(other.engine, errand_on(cinema)))
    second.add_done_callback(lambda _: other_ended.set())
    gates = [first.result(10), second.result(10)]
    assert gates[0] is None
    if off is None:
        assert isinstance(gates[1], Gate)
        assert gates[1].code == code
        assert Search.select().count() == 1
    else:
        assert Search.select().count() == 2


@pytest.mark.parametrize("off", [None, Lock.SYNC])
def test_who_waits_for_the_sync_of_another_replica_asks_nothing_again(
    off: Lock | None,
    without: Callable[[Lock | None], None],
    replica: Begin,
    living_room: Instance,
    sonarr: FakeArr,
) -> None:
    without(off)
    one, other = replica(), replica()
    reads, may_go_on = threading.Event(), threading.Event()

    async def read_slowly() -> None:
        async with held(one.engine.clock, Lock.SYNC, living_room.id):
            reads.set()
            while not may_go_on.is_set():
                await asyncio.sleep(0.01)
            Instance.get_by_id(living_room.id).change(synced_at=one.engine.clock.now())

    slow = one.begin(read_slowly())
    assert reads.wait(10)
    waiting = other.begin(sync(other.engine, living_room))
    has_waited = not _ends(waiting, A_WHILE if off is None else PATIENCE)
    may_go_on.set()
    slow.result(10)
    assert waiting.result(10) is None
    assert (has_waited, not sonarr.log) == ((True, True) if off is None else (False, False))


@pytest.mark.parametrize("off", [None, Lock.REPLICA])
def test_a_run_ends_with_its_replica_and_not_before(
    off: Lock | None,
    without: Callable[[Lock | None], None],
    replica: Begin,
    nightly: Queue,
) -> None:
    without(off)
    one, other = replica(), replica()
    run = Run.start(nightly, START, trigger="schedule", owner=one.name)
    assert run
    stand_in_line(nightly, {1: 3})
    other.do(reap, other.engine)
    assert Run.get_by_id(run.id).is_active == (off is None)
    one.die()
    other.do(reap, other.engine)
    run = Run.get_by_id(run.id)
    assert (run.state, run.note) == ("interrupted", STOPPED)
    assert not nightly.links.get().in_line


@pytest.mark.parametrize("off", [None, Lock.LEADER])
def test_one_leads_until_it_dies(
    off: Lock | None,
    without: Callable[[Lock | None], None],
    replica: Begin,
    living_room: Instance,
) -> None:
    without(off)
    one, other = replica(Clock()), replica(Clock())
    lives = [Life(each.engine) for each in (one, other)]
    one.do(lives[0].begin)
    other.do(lives[1].begin)
    leads = [one.engine.leads, other.engine.leads]
    other.do(lives[1].look_around)
    assert leads == ([True, False] if off is None else [True, True])
    one.do(lives[0].scheduler.pause)
    one.die()
    other.do(lives[1].look_around)
    assert other.engine.leads
    other.do(lives[1].scheduler.pause)


def test_what_a_dead_replica_sent_is_followed_to_its_end_by_another(
    replica: Begin, living_room: Instance, sonarr: FakeArr
) -> None:
    one, other = replica(), replica()
    one.run(sync(one.engine, living_room))
    one.do(database.try_lock, Lock.INSTANCE, living_room.id)
    search = Search.begin([first_item(living_room)], None, START, 1, owner=one.name)
    other.do(adopt, other.engine, living_room)
    other.settle()
    assert not Search.get_by_id(search.id).outcome
    one.die()
    other.do(adopt, other.engine, living_room)
    other.settle()
    search = Search.get_by_id(search.id)
    assert (search.outcome, search.owner) == ("unknown", other.name)
    assert sonarr.commands == []


def test_a_due_queue_is_run_by_one_of_them(replica: Begin, nightly: Queue, sonarr: FakeArr) -> None:
    both = [replica(), replica()]
    nightly.start(START)
    ticks = [each.begin(Scheduler(each.engine).tick()) for each in both]
    for tick, each in zip(ticks, both, strict=True):
        tick.result(10)
        each.settle()
    assert Run.select().count() == 1
    assert Run.get().owner in {each.name for each in both}
    assert len(sonarr.commands) == 5


def test_what_is_notified_in_one_is_heard_in_another(
    db: Database, keyring: Keyring, replica: Begin
) -> None:
    heard, one = [], replica()
    one.do(database.listen, heard.append)
    database.begin_to_hear()
    teller = ServerDatabase(db.database, keyring)
    with teller.atomic():
        teller.notify("wishes")
        assert "wishes" not in heard
    teller.close_all()
    _until(lambda: "wishes" in heard)


def test_a_webhook_that_one_receives_is_followed_by_the_one_that_leads(
    db: Database, replica: Begin, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    heard, one = [], replica()
    hook, _ = Hook.renew(living_room, None, clock.now())
    one.run(sync(one.engine, living_room))
    one.do(database.listen, heard.append)
    database.begin_to_hear()
    sonarr.log.clear()
    hook.hear(HookHint(state=True), clock.now())
    _until(lambda: TOPIC in heard)
    one.run(Scheduler(one.engine).tick())
    one.settle()
    assert {"/api/v3/health", "/api/v3/queue/details"} <= {seen.path for seen in sonarr.log}
    assert Hook.get().state_at is None


def test_a_graceful_stop_leaves_the_runs_of_others(replica: Begin, nightly: Queue) -> None:
    one, other = replica(), replica()
    run = Run.start(nightly, START, trigger="schedule", owner=other.name)
    assert run
    one.run(Scheduler(one.engine).stop())
    assert Run.get_by_id(run.id).is_active


def test_without_its_session_nothing_can_be_announced(
    replica: Begin, living_room: Instance, sonarr: FakeArr
) -> None:
    """Announcing goes over the session of the locks, and is never made up for over a new one."""
    one = replica()
    one.run(sync(one.engine, living_room))
    errand = errand_on(living_room)
    pid = one.do(lambda: database.connection().info.backend_pid)
    database.execute_sql("SELECT pg_terminate_backend(%s)", (pid,))
    for _ in range(2):
        with pytest.raises((OperationalError, InterfaceError)):
            one.run(run_errand(one.engine, errand))
    assert sonarr.commands == []
    assert not Search.select().exists()


def test_who_stood_still_before_sending_takes_the_search_back(
    monkeypatch: pytest.MonkeyPatch,
    replica: Begin,
    living_room: Instance,
    sonarr: FakeArr,
) -> None:
    one = replica()
    one.run(sync(one.engine, living_room))
    item = first_item(living_room)
    monkeypatch.setattr(fencing, "LONGEST_STALL", -1.0)
    assert one.run(run_errand(one.engine, errand_on(living_room))) is None
    search = Search.get()
    assert (search.outcome, search.cost, search.message) == ("failed", 0, fencing.STOOD_STILL)
    assert Item.get_by_id(item.id).searched_at is None
    assert sonarr.commands == []


async def test_a_second_try_is_kept_back_once_another_has_taken_the_search_over(
    living_room: Instance,
) -> None:
    item, sent = wanted(living_room), []

    async def send() -> None:
        sent.append(item)

    with database.atomic():
        announced = announce(Errand(living_room.id, (item.id,)), [item], START, 7)
    fence = fencing.Fence(announced)
    await fence.let_through(send)
    await fence.let_through(send)
    assert Search.get_by_id(announced.search.id).take_over(8)
    with pytest.raises(fencing.Stalled):
        await fence.let_through(send)
    assert len(sent) == 2


def test_an_engine_whose_clock_is_far_from_the_servers_stands_still(
    replica: Begin,
) -> None:
    life = Life(replica().engine)
    database.learn_skew(timedelta(minutes=-6))
    with pytest.raises(Interrupted, match="6 minutes apart"):
        life.look_around()
    database.learn_skew(timedelta(minutes=4))


def test_who_lost_its_session_begins_anew_under_another_name(
    db: Database, clock: FastClock, sonarr: FakeArr
) -> None:
    engines: list[Engine] = []

    def make() -> Engine:
        engines.append(Engine(demo={"sonarr": sonarr}))
        return engines[-1]

    worker = Worker(make)
    worker.start()
    try:
        _until(lambda: worker.is_alive)
        first = database.holders(Lock.REPLICA)
        _end_sessions_of(Lock.REPLICA)
        _until(lambda: len(engines) > 1 and worker.is_alive)
        again = database.holders(Lock.REPLICA)
        assert (len(first), len(again), len(first & again)) == (1, 1, 0)
        assert engines[0].clock.stopping.is_set()
        assert engines[1].leads
    finally:
        asyncio.run(worker.stop())
    _until(lambda: not database.holders(Lock.REPLICA))


def _end_sessions_of(lock: Lock) -> None:
    """Only in this test's database: other tests have theirs on the same server."""
    query = """
        SELECT pg_terminate_backend(pid) FROM pg_locks WHERE classid = %s
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """
    database.execute_sql(query, (lock,))


def _until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_demo_library_is_left_to_the_one_that_leads(
    replica: Begin, nightly: Queue, living_room: Instance
) -> None:
    living_room.change(demo=True)
    nightly.start(START)
    one = replica()
    one.engine.leads = False
    scheduler = Scheduler(one.engine)
    one.run(scheduler.tick())
    one.settle()
    assert not Run.select().exists()
    one.engine.leads = True
    one.run(scheduler.tick())
    one.settle()
    assert Run.select().count() == 1


async def test_the_page_says_whose_the_demo_library_is(
    replica: Begin, browser: Browser, alice: User
) -> None:
    replica()
    await browser.sign_in("Alice", PASSWORD)
    demo.add(START)
    assert "Several replicas" not in (await browser.get("/instances")).text
    replica()
    assert "Several replicas search here" in (await browser.get("/instances")).text


async def test_the_dashboard_says_that_no_replica_searches(
    replica: Begin, browser: Browser, alice: User, nightly: Queue
) -> None:
    await browser.sign_in("Alice", PASSWORD)
    assert "No replica is searching now." in (await browser.get("/")).text
    assert replica().do(database.try_lock, Lock.LEADER)
    assert "No replica is searching now." not in (await browser.get("/")).text


def test_a_server_is_joined_only_with_a_token_that_all_know(db: Database, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("a word")
    with pytest.raises(CannotStart, match="VQS_SETUP_TOKEN_FILE"):
        join(Environment(data_dir=tmp_path, database_url_file=file))


def test_a_server_is_not_joined_while_it_is_moved(
    db: Database, keyring: Keyring, tmp_path: Path
) -> None:
    mover = ServerDatabase(db.database, keyring)
    assert mover.try_lock(Lock.SERVING)
    with pytest.raises(CannotStart, match="moved"):
        join(Environment(data_dir=tmp_path))
    mover.close_all()
