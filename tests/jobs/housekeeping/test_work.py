"""What the jobs of the household do."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from jobs.engine import Engine
from jobs.housekeeping.ended import clear_ended
from jobs.housekeeping.grabs import follow_grabs
from jobs.housekeeping.history import forget_history
from jobs.housekeeping.storage import SOUND, check_file, tidy_file
from jobs.scheduler import Scheduler
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.backlog.exclusions import Exclusion
from models.database import Database
from models.instances import Instance
from models.people import User
from models.people.sessions import Session
from models.people.throttles import Throttle
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock
from tests.models.sync.test_retention import YEAR, ran, searched
from tests.wanted import wanted

DAY = timedelta(days=1)


async def test_history_goes_in_chunks_with_turns_between(
    engine: Engine, nightly: Queue, living_room: Instance
) -> None:
    run = ran(nightly, START - 2 * YEAR)
    for _ in range(130):
        searched(living_room, START - 2 * YEAR, run=run)
    searched(living_room, START)
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(count_turns())
    report = await forget_history(engine)
    counting.cancel()
    assert report == ("Deleted: 130 searches and 1 run.", "done")
    assert (Search.select().count(), Run.select().count()) == (1, 0)
    assert turns >= 4


async def test_a_stop_between_two_chunks_leaves_the_rest_for_the_next_time(
    engine: Engine, living_room: Instance, clock: FastClock
) -> None:
    for _ in range(100):
        searched(living_room, START - 2 * YEAR)
    searched(living_room, START)
    clock.stopping.set()
    assert (await forget_history(engine)).outcome == "interrupted"
    assert Search.select().count() == 61
    clock.stopping.clear()
    assert (await forget_history(engine)).outcome == "done"
    assert Search.select().count() == 1


async def test_nothing_old_is_said_so(engine: Engine, living_room: Instance) -> None:
    searched(living_room, START)
    assert (await forget_history(engine)).sentence == "Nothing is old enough to go."


async def test_what_has_ended_is_cleared_and_nothing_else(
    engine: Engine, alice: User, living_room: Instance, clock: FastClock
) -> None:
    for at in (START, START - 8 * DAY):
        Session.begin(alice, at, "192.168.1.2", "Firefox")
    Throttle.count(["young"], START)
    Throttle.count(["old"], START - 2 * DAY)
    item = wanted(living_room)
    Exclusion.decide(item, "series", until=START - DAY, user=alice, at=START - 3 * DAY)
    Exclusion.decide(item, "item", until=START + DAY, user=alice, at=START)
    Exclusion.decide(wanted(living_room), "item", until=None, user=alice, at=START)
    report = await clear_ended(engine)
    assert Session.select().count() == Throttle.select().count() == 1
    assert [each.until for each in Exclusion.select().order_by(Exclusion.id)] == [START + DAY, None]
    assert report.sentence == "Cleared: 1 sign-in, 1 count of wrong passwords, 1 exclusion."


async def test_an_item_whose_exclusion_ended_can_be_searched(
    engine: Engine, alice: User, living_room: Instance, clock: FastClock
) -> None:
    item = wanted(living_room)
    Exclusion.decide(item, "item", until=START + DAY, user=alice, at=START)
    clock.advance(days=2)
    await clear_ended(engine)
    await Scheduler(engine)._tidy(clock.now())
    assert Item.get_by_id(item.id).reason == Reason.ELIGIBLE
    assert Exclusion.select().count() == 0


async def test_the_file_is_tidied_and_says_what_it_holds(engine: Engine) -> None:
    report = await tidy_file(engine)
    assert report.outcome == "done"
    assert report.sentence.startswith("Nothing had to be given back; the file holds ")


async def test_a_sound_file_is_said_to_be(engine: Engine) -> None:
    assert await check_file(engine) == (SOUND, "done")


@pytest.mark.embedded("changes a byte of the file")
async def test_damage_is_a_failure_that_says_what_to_do(
    engine: Engine, db: Database, living_room: Instance, tmp_path: Path
) -> None:
    """In a table that nothing else looks at, so that the rest of the program goes on."""
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    path = tmp_path / "vqs.db"
    sound = path.read_bytes()
    content = bytearray(sound)
    where = "SELECT rootpage FROM sqlite_master WHERE name = 'half_sign_ins'"
    ((page,),) = db.execute_sql(where).fetchall()
    ((size,),) = db.execute_sql("PRAGMA page_size").fetchall()
    content[page * int(size) - int(size) // 2] ^= 1
    path.write_bytes(content)
    report = await check_file(engine)
    assert report.outcome == "failed"
    assert "put back the latest copy" in report.sentence
    path.write_bytes(sound)


async def test_a_check_leaves_the_loop_to_everything_else(engine: Engine) -> None:
    check = asyncio.create_task(check_file(engine))
    await asyncio.sleep(0)
    assert not check.done()
    assert await asyncio.wait_for(check, 30)


async def test_without_an_open_grab_nobody_is_asked(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    assert await follow_grabs(engine) == ("Nothing new.", "done")
    assert sonarr.log == []
