"""The jobs of the household are begun when they are due, and how they went is written down."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest
from peewee import OperationalError

from jobs.engine import BROKEN, Engine
from jobs.housekeeping.beginning import Housekeeping
from jobs.housekeeping.catalogue import JOBS, JobDefinition
from jobs.housekeeping.standing import failing
from jobs.scheduler import Scheduler
from models.household import Household
from models.jobs import STOPPED, Job, JobReport, JobRun
from models.queues import Queue
from models.searches.runs import Run
from tests.asking import do_now
from tests.conftest import START
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Chore:
    """Work that does as it is told; `done` counts how often."""

    def __init__(self) -> None:
        self.done = 0
        self.error: Exception | None = None
        self.waits: Callable[[], Awaitable[object]] = lambda: asyncio.sleep(0)

    async def __call__(self, engine: Engine) -> JobReport:
        await self.waits()
        self.done += 1
        if self.error:
            raise self.error
        return JobReport("Swept.")


@pytest.fixture
def chore() -> Chore:
    return Chore()


@pytest.fixture
def housekeeping(engine: Engine, chore: Chore) -> Housekeeping:
    """Two jobs: the chore, and another that is as often due."""
    rhythm = {"kind": "every", "every_minutes": 60}
    definitions = [
        JobDefinition(name, name, "", rhythm, work)
        for name, work in (("chore", chore), ("other", Chore()))
    ]
    made = Housekeeping(engine, {definition.name: definition for definition in definitions})
    made.take_over()
    return made


async def settle(engine: Engine) -> None:
    while engine.busy:
        await asyncio.sleep(0)
    await asyncio.sleep(0)


async def pass_to(housekeeping: Housekeeping, at: datetime) -> None:
    """The clock moves on, the tick looks, and what it begins ends."""
    housekeeping.engine.clock.present = at
    await housekeeping.look()
    await settle(housekeeping.engine)


def job(name: str = "chore") -> Job:
    return Job.get(Job.name == name)


def outcomes() -> list[str | None]:
    return [run.outcome for run in JobRun.select().join(Job).where(Job.name == "chore")]


async def test_a_job_runs_when_it_is_due_and_then_again(
    housekeeping: Housekeeping, chore: Chore
) -> None:
    await pass_to(housekeeping, START)
    assert (chore.done, job().next_at) == (0, START + HOUR)
    await pass_to(housekeeping, START + HOUR)
    await pass_to(housekeeping, START + HOUR + MINUTE)
    assert (chore.done, job().next_at) == (1, START + 2 * HOUR)
    (run,) = JobRun.latest(job(), 10)
    assert (run.outcome, run.sentence, run.trigger) == ("done", "Swept.", "schedule")
    assert run.took_ms >= 0


async def test_a_failing_job_is_said_so_and_tried_again_with_back_off_until_it_succeeds(
    housekeeping: Housekeeping, chore: Chore, caplog: pytest.LogCaptureFixture
) -> None:
    chore.error = ZeroDivisionError("what only the log should say")
    await pass_to(housekeeping, START)
    await pass_to(housekeeping, START + HOUR)
    assert (job().fault, job().next_at) == (BROKEN, START + HOUR + 5 * MINUTE)
    assert "what only the log should say" in caplog.text
    await pass_to(housekeeping, START + HOUR + 5 * MINUTE)
    assert job().next_at == START + HOUR + 15 * MINUTE
    assert [definition.name for definition, _ in failing(housekeeping.definitions)] == ["chore"]
    chore.error = None
    await pass_to(housekeeping, START + HOUR + 15 * MINUTE)
    assert (job().fault, job().next_at) == (None, START + 2 * HOUR + 15 * MINUTE)
    assert outcomes() == ["failed", "failed", "done"]
    assert failing(housekeeping.definitions) == []


@pytest.mark.embedded("knows SQLite's own errors")
async def test_a_disk_without_room_is_named(housekeeping: Housekeeping, chore: Chore) -> None:
    chore.error = OperationalError("database or disk is full")
    await do_now(housekeeping, "chore")
    await settle(housekeeping.engine)
    assert job().fault == "The database could not be written: its disk is full."


async def test_a_failure_stops_no_other_job_and_no_queue(
    engine: Engine,
    housekeeping: Housekeeping,
    chore: Chore,
    nightly: Queue,
    sonarr: FakeArr,
    clock: FastClock,
) -> None:
    scheduler = Scheduler(engine)
    scheduler.housekeeping = housekeeping
    chore.error = RuntimeError("no")
    await pass_to(housekeeping, START)
    clock.present = START + HOUR
    nightly.start(START + HOUR)
    await scheduler.tick()
    await settle(engine)
    assert (job("chore").failures, job("other").failures) == (1, 0)
    assert JobRun.latest(job("other"), 1)[0].outcome == "done"
    assert Run.get().state == "finished"


async def test_run_now_twice_runs_once(housekeeping: Housekeeping, chore: Chore) -> None:
    assert await do_now(housekeeping, "chore")
    assert not await do_now(housekeeping, "chore")
    await housekeeping.look()
    await settle(housekeeping.engine)
    assert chore.done == 1
    assert await do_now(housekeeping, "chore")
    await settle(housekeeping.engine)
    assert chore.done == 2


async def test_after_a_kill_nothing_is_left_running(
    housekeeping: Housekeeping, engine: Engine, chore: Chore
) -> None:
    JobRun.start(job(), START, trigger="schedule")
    Housekeeping(engine, housekeeping.definitions).take_over()
    assert not JobRun.active()
    (run,) = JobRun.latest(job(), 10)
    assert (run.outcome, run.sentence, run.took_ms) == ("interrupted", STOPPED, None)
    assert (job().next_at, job().fault) == (START + 5 * MINUTE, None)
    await pass_to(housekeeping, START + 5 * MINUTE)
    assert chore.done == 1


async def test_what_was_missed_is_done_soon_after_the_start_one_after_the_other(
    housekeeping: Housekeeping, engine: Engine, chore: Chore, clock: FastClock
) -> None:
    await pass_to(housekeeping, START)
    clock.present = back = START + timedelta(days=9)
    again = Housekeeping(engine, housekeeping.definitions)
    again.take_over()
    assert sorted(each.next_at for each in Job.select()) == [back + MINUTE, back + 2 * MINUTE]
    await pass_to(again, back + 2 * MINUTE)
    assert chore.done == 1


async def test_a_restart_that_missed_nothing_begins_nothing(
    housekeeping: Housekeeping, engine: Engine, chore: Chore
) -> None:
    await pass_to(housekeeping, START)
    planned = job().next_at
    again = Housekeeping(engine, housekeeping.definitions)
    again.take_over()
    await pass_to(again, START + MINUTE)
    assert (chore.done, job().next_at) == (0, planned)


async def test_a_stop_cuts_a_job_short_and_the_next_start_goes_on_with_it(
    housekeeping: Housekeeping, engine: Engine, chore: Chore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.engine.STOP_SECONDS", 0.01)
    chore.waits = asyncio.Event().wait
    housekeeping.begin("chore")
    await asyncio.sleep(0)
    await engine.stop()
    assert outcomes() == ["interrupted"]
    assert not failing(housekeeping.definitions)


async def test_a_run_whose_end_could_not_be_written_is_ended_by_the_next_look(
    housekeeping: Housekeeping,
) -> None:
    JobRun.start(job(), START, trigger="schedule")
    await housekeeping.look()
    assert (outcomes(), job().fault) == (["failed"], BROKEN)


async def test_a_moment_set_by_a_clock_gone_wrong_is_corrected(housekeeping: Housekeeping) -> None:
    job().change(next_at=START + timedelta(days=4000))
    await housekeeping.look()
    assert job().next_at == START + HOUR


async def test_nights_are_those_of_the_household(db: object) -> None:
    Household.current().change(time_zone="Asia/Tokyo")
    assert JOBS["history"].following(START).isoformat() == "2026-05-04T18:20:00+00:00"
    Household.current().change(time_zone="Mars/Olympus")
    assert JOBS["history"].following(START) == START + timedelta(days=1)


async def test_a_new_time_zone_or_time_of_day_moves_the_jobs_that_are_planned_already(
    engine: Engine, clock: FastClock
) -> None:
    housekeeping = Housekeeping(engine)
    housekeeping.take_over()
    await pass_to(housekeeping, START)
    assert job("backups").next_at.isoformat() == "2026-05-05T03:10:00+00:00"
    hourly = job("ended").next_at
    Household.current().change(time_zone="Asia/Tokyo", backup_time="05:00")
    await pass_to(housekeeping, START + MINUTE)
    assert job("backups").next_at.isoformat() == "2026-05-04T20:00:00+00:00"
    assert job("history").next_at.isoformat() == "2026-05-04T18:20:00+00:00"
    assert job("ended").next_at == hourly
    assert not JobRun.select().where(JobRun.job == job("backups"))


async def test_a_start_plans_by_the_settings_of_now_but_keeps_the_turn_of_what_was_missed(
    engine: Engine, clock: FastClock
) -> None:
    first = Housekeeping(engine)
    first.take_over()
    await pass_to(first, START)
    Job.update(next_at=START).where(Job.name == "history").execute()
    Household.current().change(backup_time="06:00")
    second = Housekeeping(engine)
    second.take_over()
    turn = job("history").next_at
    await pass_to(second, START)
    assert job("backups").next_at.isoformat() == "2026-05-05T06:00:00+00:00"
    assert job("history").next_at == turn == START + MINUTE


async def test_a_job_that_is_tried_again_is_not_put_off_by_a_new_time_zone(engine: Engine) -> None:
    housekeeping = Housekeeping(engine)
    housekeeping.take_over()
    await pass_to(housekeeping, START)
    retry = START + timedelta(minutes=40)
    job("backups").change(failures=4, next_at=retry)
    Household.current().change(time_zone="Asia/Tokyo")
    await pass_to(housekeeping, START + MINUTE)
    assert job("backups").next_at == retry


async def test_every_job_of_the_household_runs_on_an_empty_household(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    housekeeping = Housekeeping(engine)
    housekeeping.take_over()
    for name in JOBS:
        assert await do_now(housekeeping, name)
    await settle(engine)
    runs = JobRun.select().join(Job).order_by(JobRun.id)
    assert [(run.job.name, run.outcome) for run in runs] == [(name, "done") for name in JOBS]
    assert not caplog.records
