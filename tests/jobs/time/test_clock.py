"""A clock that is set: no moment runs twice in a day, and no queue waits for a wrong year."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from jobs import scheduler
from jobs.clock import Clock
from jobs.engine import Engine
from jobs.scheduler import Scheduler
from models.queues import Queue
from tests.conftest import START
from tests.jobs.time.conftest import Days, utc
from tests.timing import daily, every

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def running(days: Days, nightly: Queue) -> Days:
    """Every two hours since START, the last time four hours later."""
    nightly.start(START)
    await days.until(START + 4 * HOUR)
    assert days.runs == [START, START + 2 * HOUR, START + 4 * HOUR]
    return days


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("hours", [1, 3, 20])
async def test_a_clock_set_back_by_hours_runs_no_moment_again(
    hours: int, restarts: bool, running: Days
) -> None:
    back = START + (4 - hours) * HOUR
    running.jump(back)
    if restarts:
        await running.restart(back)
    await running.until(START + 6 * HOUR)
    assert sorted(running.runs) == [START + number * 2 * HOUR for number in range(4)]


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("back", [2 * DAY, 365 * DAY])
async def test_a_queue_does_not_wait_for_a_year_that_was_wrong(
    back: timedelta, restarts: bool, running: Days
) -> None:
    now = START + 4 * HOUR + 7 * MINUTE - back
    running.jump(now)
    if restarts:
        await running.restart(now)
    await running.until(now + 4 * HOUR)
    again = [at for at in running.runs if at >= now and at < START]
    assert len(again) == 2
    assert now < again[0] <= now + 2 * HOUR
    assert again[1] - again[0] == 2 * HOUR


async def test_a_first_run_does_not_wait_for_a_year_that_was_wrong(
    days: Days, nightly: Queue
) -> None:
    nightly.start(START + HOUR)
    now = START - 365 * DAY
    days.jump(now)
    await days.until(now + 2 * HOUR)
    assert len(days.runs) == 1


async def test_a_clock_set_forward_by_an_hour_skips_nothing(running: Days) -> None:
    running.jump(START + 6 * HOUR + 10 * MINUTE)
    await running.until(START + 8 * HOUR)
    made_up, regular = running.runs[3:]
    assert START + 6 * HOUR < made_up <= START + 6 * HOUR + 20 * MINUTE
    assert regular == START + 8 * HOUR


async def test_a_clock_set_forward_by_a_year_and_then_right_again_is_no_harm(
    running: Days,
) -> None:
    wrong = START + 365 * DAY + 5 * HOUR
    running.jump(wrong)
    await running.until(wrong + 20 * MINUTE)
    assert len(running.runs) == 4
    running.jump(START + 5 * HOUR)
    await running.until(START + 8 * HOUR)
    assert [at for at in running.runs if at < wrong][3:] == [START + 6 * HOUR, START + 8 * HOUR]


@pytest.mark.parametrize("minutes", [1, 59, 61, 23 * 60])
async def test_a_daily_moment_is_not_run_again_by_a_clock_set_back_within_the_day(
    minutes: int, days: Days, nightly: Queue
) -> None:
    nightly.change(schedule_json=daily("17:00"))
    nightly.start(START)
    moment = utc(5, 4, 15)
    await days.until(moment + 5 * MINUTE)
    assert days.runs == [START, moment]
    days.jump(moment - minutes * MINUTE)
    await days.until(moment + 2 * DAY)
    assert days.runs == [START, moment, moment + DAY, moment + 2 * DAY]


async def test_a_first_run_may_be_agreed_for_the_night_after_next(
    days: Days, nightly: Queue
) -> None:
    """At 03:00, when its hours are over, so that it begins in the evening after."""
    nightly.change(schedule_json=every(120, hours=("22:00", "02:00")))
    first = nightly.start(START + timedelta(hours=15))
    assert first - START > 30 * HOUR
    await days.until(first + HOUR)
    assert days.runs == [first]


async def test_ticks_go_on_when_the_clock_is_set_back_by_a_year(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """APScheduler waits for the time of the clock at which the next tick was to come."""
    monkeypatch.setattr(scheduler, "LONGEST_WAIT", timedelta(milliseconds=50))
    engine.clock = Clock()
    real = Scheduler(engine)
    real.start()
    await asyncio.sleep(0.2)
    real._clock.modify_job("tick", next_run_time=datetime.now(UTC) + 365 * DAY)
    before = real._ticks
    await asyncio.sleep(0.5)
    assert real._ticks > before
    await real.stop()
