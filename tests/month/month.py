"""The month itself: servers, program and household on one clock, and what happens when."""

import asyncio
import logging
import math
import random
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from jobs.demo.library import DAY_S
from jobs.demo.prowlarr import DemoLimits
from jobs.net import ASGIApp
from models.queues import Queue
from tests.month import indexers
from tests.month.household import PLACES, PLANS, Place, Plan, settle_in
from tests.month.indexers import MonthProwlarr
from tests.month.loop import VirtualClock, VirtualLoop
from tests.month.program import Program
from tests.month.server import Server

log = logging.getLogger(__name__)

START = datetime(2026, 10, 10, tzinfo=UTC)
# By then every backlog has been read.
FIRST_READING = 300.0
EACH_TAKES = 600.0


class Stop(NamedTuple):
    """An end of the program: hours after the month began, and for how many it is down."""

    after: float
    down: float
    killed: bool


STOPS = (
    Stop(4 * 24 + 9.2, 0.1, killed=False),
    Stop(11 * 24 + 14.03, 0.03, killed=True),
    Stop(15 * 24 + 1.2, 0.5, killed=True),
    Stop(18 * 24 + 20.5, 7.0, killed=True),
    Stop(24 * 24 + 12.01, 0.02, killed=False),
)


class Month:
    """After `live`, `servers` hold what happened and the database what the program made of it."""

    def __init__(
        self,
        folder: Path,
        *,
        days: float = 30,
        seed: int = 7,
        places: Sequence[Place] = PLACES,
        plans: Sequence[Plan] = PLANS,
        stops: Sequence[Stop] = STOPS,
        start: datetime = START,
        limits: Mapping[int, DemoLimits] | None = None,
        dying: tuple[int, float] = (0, math.inf),
    ) -> None:
        """With `limits`, a Prowlarr knows the indexers of all servers.

        `dying` is the indexer that falls silent, and after how many days.
        """
        self.limits, self.dying = limits, dying
        self.prowlarr: MonthProwlarr | None = None
        self.folder, self.days, self.seed, self.start = folder, days, seed, start
        self.places, self.plans = places, plans
        self.stops = [stop for stop in stops if stop.after + stop.down < days * 24]
        self.downs: list[tuple[float, float]] = []
        self.took = self.busy = 0.0

    def live(self) -> None:
        began, busy = time.monotonic(), time.process_time()
        random.seed(self.seed)
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(self._live())
        self.took, self.busy = time.monotonic() - began, time.process_time() - busy

    async def _live(self) -> None:
        self.servers = {place.host: self._server(place, n) for n, place in enumerate(self.places)}
        apps: dict[str, ASGIApp] = {**self.servers}
        if self.limits is not None:
            self.prowlarr = MonthProwlarr(
                self._clock().now, seed=self.seed, limits=self.limits, servers=self.servers
            )
            dead, days = self.dying
            self.prowlarr.dead, self.prowlarr.dies_at = dead, self.prowlarr.began + days * DAY_S
            apps[indexers.HOST] = self.prowlarr
        program = self.program = Program(self.folder, self._clock, apps)
        settle_in(self.places, self.plans, self.start)
        if self.prowlarr:
            indexers.connect(self.start)
        program.start()
        self._count_days()
        await self._until(FIRST_READING)
        for queue in list(Queue.select()):
            await self._agree(queue)
        for stop in self.stops:
            await self._until(stop.after * 3600)
            left = self._elapsed
            await (program.kill() if stop.killed else program.stop())
            await self._until(left + stop.down * 3600)
            self.downs.append((left, self._elapsed))
            program.start()
        await self._until(self.days * 86_400)
        await program.stop()
        self._next_count.cancel()

    def _count_days(self) -> None:
        """For whoever waits."""
        taken = sum(len(server.world.taken) for server in self.servers.values())
        log.info("day %.0f, %s searches", self._elapsed / 86_400, taken)
        self._next_count = asyncio.get_running_loop().call_later(86_400, self._count_days)

    @property
    def _elapsed(self) -> float:
        return asyncio.get_running_loop().time()

    def _server(self, place: Place, number: int) -> Server:
        return Server(
            place.name,
            place.application,
            size=place.size,
            seed=self.seed * 1000 + number,
            now=self._clock().now,
            days=self.days,
            skew=place.skew,
        )

    def _clock(self) -> VirtualClock:
        return VirtualClock(self.start)

    async def _until(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds - self._elapsed, 0))

    async def _agree(self, queue: Queue) -> None:
        """Starts the queue, like a person who has seen its preview and goes on to the next."""
        queue.start(self._clock().now())
        self.program.nudge()
        await asyncio.sleep(EACH_TAKES)
