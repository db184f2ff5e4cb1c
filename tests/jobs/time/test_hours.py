"""The hours of a queue are a gate: between searches, for persons too, and never overridden."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from jobs.engine import Engine
from jobs.scheduler import Scheduler
from models.database.fields import now
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.asking import begin
from tests.conftest import PASSWORD, START
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.fakes.clock import FastClock
from tests.jobs.time.conftest import Days, utc
from tests.timing import daily, every

NIGHT = ("22:00", "07:00")
SENTENCE = "Outside the hours of this queue: it searches from 22:00 to 07:00 (Europe/Berlin)."
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def by_hand(engine: Engine, queue: Queue, **options: bool) -> Run:
    run = await begin(Scheduler(engine), queue, **options)
    assert run is not None
    while engine.busy:
        await asyncio.sleep(0)
    return Run.get_by_id(run.id)


async def test_a_run_that_goes_on_past_its_hours_stops_between_searches(
    engine: Engine, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    """Searches are 30 s apart, and the hours end 70 s after the run has begun."""
    begin = utc(5, 5, 4, 58) + timedelta(seconds=50)
    clock.present = begin
    nightly.change(schedule_json=every(120, hours=NIGHT))
    nightly.start(begin)
    await Scheduler(engine).tick()
    while engine.busy:
        await asyncio.sleep(0)
    run = Run.get()
    assert 1 <= len(sonarr.commands) < 5
    assert max(seen.at for seen in sonarr.log if seen.method == "POST") < utc(5, 5, 5)
    assert (run.state, run.note) == ("held", SENTENCE)
    assert all(search.outcome == "nothing" for search in Search.select())
    assert Queue.get().retry_at == utc(5, 5, 20)


async def test_what_was_held_goes_on_when_the_hours_begin(days: Days, nightly: Queue) -> None:
    nightly.change(schedule_json=daily("03:00", hours=NIGHT))
    nightly.start(START)
    nightly.change(next_run_at=utc(5, 5, 5, 30))
    days.jump(utc(5, 5, 5, 30))
    await days.until(utc(5, 6, 12))
    assert days.runs == [utc(5, 5, 5, 30), utc(5, 6, 1)]
    gone_on, other = Run.select().order_by(Run.id)
    assert (gone_on.state, other.state) == ("finished", "finished")
    assert gone_on.finished_at >= utc(5, 5, 20)


@pytest.mark.parametrize("impatient", [False, True])
async def test_a_person_cannot_run_it_outside_its_hours_and_is_told(
    impatient: bool, engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(schedule_json=daily("03:00", hours=NIGHT), started_at=START)
    nightly.change(next_run_at=utc(5, 5, 1))
    run = await by_hand(engine, nightly, ignores_cooldown=impatient)
    assert (run.state, run.note) == ("held", SENTENCE)
    assert sonarr.log == []
    queue = Queue.get()
    assert (queue.retry_at, queue.next_run_at) == (utc(5, 4, 20), utc(5, 5, 1))


async def test_on_hold_comes_before_the_hours(engine: Engine, nightly: Queue) -> None:
    nightly.change(schedule_json=every(120, hours=NIGHT))
    Household.current().change(held_at=START)
    assert (await by_hand(engine, nightly)).note == "Everything is on hold."


async def test_hours_that_were_taken_away_hold_no_longer(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(schedule_json=every(120, hours=NIGHT))
    assert (await by_hand(engine, nightly)).state == "held"
    nightly.change(schedule_json=every(120))
    assert (await by_hand(engine, nightly)).state == "finished"
    assert len(sonarr.commands) == 5


async def test_hours_in_a_zone_that_is_not_known_hold_and_say_so(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(schedule_json=every(120, hours=NIGHT, time_zone="Mars/Olympus"))
    nightly.start(START)
    run = await by_hand(engine, nightly)
    assert run.state == "held"
    assert "“Mars/Olympus” is not known on this machine" in run.note
    assert sonarr.log == []
    assert Queue.get().retry_at is None


@pytest.mark.parametrize(
    ("at", "first"),
    [
        (utc(5, 4, 19, 59), utc(5, 4, 20)),
        (utc(5, 4, 20), utc(5, 4, 20, 0)),
        (utc(5, 5, 4, 59), utc(5, 5, 4, 59)),
        (utc(5, 5, 5), utc(5, 5, 20)),
    ],
)
async def test_its_first_run_waits_for_its_hours(
    at: datetime, first: datetime, days: Days, nightly: Queue, living_room: Instance
) -> None:
    days.jump(at)
    nightly.change(schedule_json=every(120, hours=NIGHT))
    nightly.start(at)
    await days.until(at + DAY)
    assert days.runs[0] == first
    assert all(run.state == "finished" for run in Run.select())


async def test_who_starts_it_outside_its_hours_is_told_when_it_begins(
    browser: Browser, nightly: Queue
) -> None:
    """Three hours from now: never the present, and the same day on the page."""
    zone = nightly.schedule.time_zone
    begin = (now() + timedelta(hours=3)).astimezone(ZoneInfo(zone))
    hours = (f"{begin:%H:%M}", f"{begin + timedelta(minutes=30):%H:%M}")
    nightly.change(schedule_json=every(60, hours=hours))
    Instance.update(synced_at=now()).execute()
    await browser.sign_in("alice", PASSWORD)
    assert "Outside its hours:" in (await browser.get("/queues/1/preview")).text
    page = await browser.post("/queues/1/consent", start="now")
    assert f"“Nightly” starts at {hours[0]}, when its hours begin." in page.text
    assert Queue.get().next_run_at > now() + HOUR
