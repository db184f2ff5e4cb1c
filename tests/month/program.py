"""The program of the month: engine and scheduler as they are, stopped, killed and started again."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from jobs.engine import Engine
from jobs.net import ASGIApp
from jobs.scheduler import Scheduler
from models.database.encryption import Keyring
from models.opening.schema import open_database
from tests.month.loop import VirtualClock

Job = Callable[[], Any]


class Program:
    """One data folder; `kill` leaves of it what a killed process would have left on the disk."""

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], VirtualClock],
        servers: Mapping[str, ASGIApp],
    ) -> None:
        self.path = folder / "vqs.db"
        self.keyring = Keyring(b"an example of 32 bytes for tests")
        self.servers, self._clock = servers, clock
        self.database = open_database(self.path, self.keyring, clock().now())

    def start(self) -> None:
        self.engine = Engine(clock=self._clock(), demo=self.servers)
        self.scheduler = Scheduler(self.engine)
        self.scheduler._clock = Ticker(self.engine)
        self.scheduler.start()

    def nudge(self) -> None:
        """Ticks like the scheduler, on the clock of the month."""
        self.scheduler.nudge()

    async def stop(self) -> None:
        await self.scheduler.stop()

    async def kill(self) -> None:
        """The file as it is now goes on; what the dying tasks still write, goes nowhere."""
        kept = self.path.with_name("killed.db")
        for suffix in ("", "-wal"):
            shutil.copy(f"{self.path}{suffix}", f"{kept}{suffix}")
        self.scheduler._clock.shutdown()
        doomed = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        for task in doomed:
            task.cancel()
        await asyncio.gather(*doomed, return_exceptions=True)
        self.database.close_all()
        self._bring_back(kept)
        self.database = open_database(self.path, self.keyring, self.engine.clock.now())

    def _bring_back(self, kept: Path) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        for suffix in ("", "-wal"):
            Path(f"{kept}{suffix}").rename(f"{self.path}{suffix}")


class Ticker:
    """Stands in for APScheduler, which knows only the time of the real world."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.running = False
        self.jobs: dict[str, Ticking] = {}

    def add_job(self, job: Job, trigger: str, *, id: str, seconds: float, **_: object) -> None:
        self.jobs[id] = Ticking(self.engine, job, timedelta(seconds=seconds))

    def modify_job(self, id: str, *, next_run_time: datetime) -> None:
        """`next_run_time` is of the real world's clock, of which only the distance counts here."""
        wait = next_run_time - datetime.now(UTC)
        self.jobs[id].wake_at(self.engine.clock.now() + wait)

    def start(self) -> None:
        self.running = True
        for job in self.jobs.values():
            job.start()

    def pause(self) -> None:
        self.shutdown()

    def shutdown(self, wait: bool = False) -> None:
        for job in self.jobs.values():
            job.stop()


class Ticking:
    """One job: at once, then each time after its period or when it was told to."""

    def __init__(self, engine: Engine, job: Job, period: timedelta) -> None:
        self.engine, self.job, self.period = engine, job, period
        self._next = engine.clock.now()
        self._has_begun = False
        self._changed = asyncio.Event()

    def start(self) -> None:
        self._task = asyncio.create_task(self._go_on())

    def stop(self) -> None:
        self._task.cancel()

    def wake_at(self, moment: datetime) -> None:
        if self._has_begun:
            self._next = min(moment, self.engine.clock.now() + self.period)
            self._changed.set()

    async def _go_on(self) -> None:
        clock = self.engine.clock
        while True:
            self._changed.clear()
            wait = max((self._next - clock.now()).total_seconds(), 0)
            try:
                await asyncio.wait_for(self._changed.wait(), wait)
                continue
            except TimeoutError:
                self._next = clock.now() + self.period
            self._has_begun = True
            await self.job()
