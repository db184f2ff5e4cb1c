"""A day that goes by in the engine, a minute at a time."""

from jobs.scheduler import Scheduler
from tests.fakes.clock import FastClock


async def a_day(scheduler: Scheduler, clock: FastClock) -> None:
    for _ in range(24 * 60):
        clock.advance(minutes=1)
        await scheduler.tick()
        while scheduler.engine.busy:
            await scheduler.engine.clock.rest(0)
