"""The disk is full while a run goes on: nothing is sent that could not be written down."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jobs.engine import Engine
from jobs.runs import carry_out
from jobs.scheduler import Scheduler
from jobs.searches.recovery import adopt, recover
from jobs.sync import sync
from models.backlog import Item
from models.database import Database
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock
from tests.fakes.traps import refuse_writes, unwritable
from tests.jobs.faults.acting import run


@contextmanager
def full(db: Database) -> Iterator[None]:
    """Not one page more: what needs room fails, what is there can still be changed."""
    freed = db.execute_sql("PRAGMA freelist_count").fetchone()[0]
    assert freed == 0
    _fill_up(db)
    pages = db.execute_sql("PRAGMA page_count").fetchone()[0]
    db.execute_sql(f"PRAGMA max_page_count = {pages}")
    yield
    db.execute_sql("PRAGMA max_page_count = 1073741823")


def _fill_up(db: Database) -> None:
    """Rows of searches until their page has no room for another."""
    first = Search.select().first()
    pages = db.execute_sql("PRAGMA page_count").fetchone()[0]
    while db.execute_sql("PRAGMA page_count").fetchone()[0] == pages:
        Search.insert(first.__data__ | {"id": None, "cost": 0, "title": "x" * 2000}).execute()


async def settle(engine: Engine) -> None:
    while engine.busy:
        await asyncio.sleep(0)


@pytest.mark.embedded("gives SQLite no more pages")
async def test_a_search_that_cannot_be_written_down_is_not_sent_and_the_run_says_so(
    engine: Engine, nightly: Queue, sonarr: FakeArr, db: Database
) -> None:
    nightly.instances[0].change(hourly_budget=100)
    Household.current().change(hourly_budget=100)
    nightly.change(batch_size=1)
    await run(engine, nightly)
    nightly.change(batch_size=20)
    with full(db):
        ended = await run(engine, nightly)
    assert ended.state == "interrupted"
    assert ended.note == "The database could not be written: its disk is full."
    assert 1 <= len(sonarr.commands) < 20
    assert len(sonarr.commands) == Search.select().where(Search.cost > 0).count()
    adopt(engine, nightly.instances[0])
    await settle(engine)
    assert not Search.undone().exists()
    again = await run(engine, nightly)
    assert again.state == "finished"


async def test_when_there_is_room_again_the_program_goes_on_by_itself(
    engine: Engine, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    scheduler = Scheduler(engine)
    nightly.start(clock.now())
    await sync(engine, nightly.instances[0])
    with unwritable():
        await scheduler.tick()
        await settle(engine)
    assert sonarr.commands == []
    await scheduler.tick()
    await settle(engine)
    assert len(sonarr.commands) == 5
    assert Run.get().state == "finished"


async def test_an_outcome_that_cannot_be_written_is_written_when_there_is_room(
    engine: Engine, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    """The command was sent, then the disk was full: its row waits, and the run is ended."""
    scheduler = Scheduler(engine)
    await sync(engine, nightly.instances[0])

    def fill(seen: Seen) -> Response | None:
        if "/command/" in seen.path:
            refuse_writes()
        return None

    sonarr.before = fill
    started = Run.start(nightly, clock.now(), trigger="person")
    assert started
    engine.spawn(f"run-{started.id}", carry_out(engine, started))
    await settle(engine)
    assert Search.get().state == "sent"
    assert Run.get().state == "active"
    sonarr.before = None
    refuse_writes(refused=False)
    await scheduler.tick()
    await settle(engine)
    row = Search.get()
    assert (row.state, row.outcome) == ("done", "nothing")
    assert Run.get().state == "interrupted"
    assert Run.get().note.startswith("The database could not be written: it")
    assert len(sonarr.commands) == 1
    assert row.items[0].cooldown_until > clock.now()


async def test_a_stop_on_a_full_disk_ends_well_and_the_next_start_ends_what_was_left(
    engine: Engine, nightly: Queue, clock: FastClock, caplog: pytest.LogCaptureFixture
) -> None:
    scheduler, started = Scheduler(engine), Run.start(nightly, clock.now(), trigger="person")
    assert started
    with unwritable():
        await scheduler.stop()
    assert Run.get().state == "active"
    recover(engine)
    assert Run.get().state == "interrupted"
    assert "Traceback" not in caplog.text


async def test_a_sync_without_room_leaves_the_backlog_and_is_tried_again(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    scheduler = Scheduler(engine)
    await sync(engine, living_room)
    before = Item.select().count()
    living_room.change(synced_at=None)
    with unwritable():
        await scheduler.tick()
        await settle(engine)
    assert Item.select().count() == before
    clock.advance(minutes=1)
    for _ in range(3):
        await scheduler.tick()
        await settle(engine)
        clock.advance(minutes=1)
    assert Instance.get_by_id(living_room.id).synced_at is not None
