"""The made-up time of the month."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.month.loop import VirtualClock, VirtualLoop

START = datetime(2026, 10, 10, tzinfo=UTC)
MONTH = timedelta(days=30)


async def sleepers() -> list[float]:
    async def one(seconds: float) -> float:
        await asyncio.sleep(seconds)
        return asyncio.get_running_loop().time()

    return list(await asyncio.gather(one(100), one(MONTH.total_seconds()), one(5)))


async def thread() -> float:
    await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.05)
    return asyncio.get_running_loop().time()


async def stopped() -> tuple[bool, datetime]:
    clock = VirtualClock(START)
    asyncio.get_running_loop().call_later(60, clock.stopping.set)
    return await clock.sleep(3600), clock.now()


def live(what):
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(what)


def test_many_sleep_at_once_and_each_wakes_in_its_time() -> None:
    began = time.monotonic()
    assert live(sleepers()) == [100, MONTH.total_seconds(), 5]
    assert time.monotonic() - began < 5


def test_time_stands_still_while_a_thread_works() -> None:
    assert live(thread()) == 0


def test_the_clock_of_the_program_goes_with_it_and_a_stop_ends_a_wait() -> None:
    assert live(stopped()) == (False, START + timedelta(minutes=1))


def test_what_can_never_happen_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.month.loop.PATIENCE", 0.01)
    with pytest.raises(RuntimeError, match="nothing is left"):
        live(asyncio.Event().wait())
