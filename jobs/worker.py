"""The engine beside the pages: where the database is a server, on a thread and a loop of its own.

Its one connection is also the session of all its locks. When that is lost, the engine ends and
another one begins, so that nothing goes on without the lock that it began under.
"""

import asyncio
import logging
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from peewee import PeeweeException

from jobs.engine import Engine
from jobs.scheduler import Scheduler
from models.database import LostConnection, database
from models.database.locks import Lock

log = logging.getLogger(__name__)

# Seconds. A dead replica is missed after a beat, and another one leads then.
BEAT = 0.5
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0
BEGINS = "The engine is beginning."
ENDED = "The engine has ended; start the program again."
NO_CONNECTION = "The engine has lost the database; it begins anew as soon as it can."
MOVING = "The database is being moved, or its master secret is being changed."
LOSSES = (PeeweeException, LostConnection)


class Interrupted(Exception):
    """Why the engine may not go on; the message is a sentence for the log and the health page."""


class Worker:
    """Begins an engine anew for as long as the program runs.

    `trouble` is a sentence that says why it does not work now, and "" while it does.
    """

    def __init__(self, make_engine: Callable[[], Engine]) -> None:
        self.trouble = BEGINS
        self._make_engine = make_engine
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._has_begun = threading.Event()
        self._life: Life | None = None

    @property
    def is_alive(self) -> bool:
        """Whether an engine works here, and has not been told to stop."""
        life = self._life
        return not self.trouble and life is not None and life.scheduler.is_alive

    @property
    def leads(self) -> bool:
        """Whether the engine that works here does what only one of all replicas does."""
        life = self._life
        return not self.trouble and life is not None and life.engine.leads

    @property
    def ticked_at(self) -> datetime | None:
        return self._life.scheduler.ticked_at if self._life else None

    def start(self) -> None:
        self._thread.start()
        self._has_begun.wait()

    def begin_to_stop(self) -> None:
        """Keeps anything new from beginning. May be called from any thread, and more than once."""
        if self._thread.is_alive():
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stopping.set)

    async def stop(self) -> None:
        """Waits for the searches in flight, as long as the scheduler does."""
        self.begin_to_stop()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        finally:
            self.trouble = ENDED

    async def _live(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self._has_begun.set()
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                await self._one_life()
                pause = FIRST_PAUSE
            except LOSSES as error:
                self.trouble = NO_CONNECTION
                reason = str(error).partition("\n")[0]
                log.warning("the engine has lost the database, and begins anew: %s", reason)
            except Interrupted as reason:
                self.trouble = str(reason)
                log.warning("the engine stands still: %s", reason)
            finally:
                database.leave()
            with suppress(TimeoutError):
                wait = pause * random.uniform(0.5, 1)
                await asyncio.wait_for(self._stopping.wait(), wait)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _one_life(self) -> None:
        """Works until the connection is lost or the program stops. Raises one of LOSSES."""
        database.join()
        engine = self._make_engine()
        life = self._life = Life(engine)
        try:
            life.begin()
            self.trouble = ""
            await life.last(self._stopping)
        finally:
            life.scheduler.pause()
            await engine.abandon()


class Life:
    """One engine under one name, as long as its connection lasts."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.engine.leads = False
        self.scheduler = Scheduler(engine)
        self._others: frozenset[int] = frozenset()

    def begin(self) -> None:
        """Raises Interrupted where it may not work now."""
        if not database.try_lock(Lock.SERVING, shared=True):
            raise Interrupted(MOVING)
        if not database.try_lock(Lock.REPLICA, self.engine.replica):
            raise Interrupted(BEGINS)
        self._others = self._who_else()
        self.engine.is_alone = not self._others
        self.engine.leads = database.try_lock(Lock.LEADER)
        self.scheduler.start()
        log.info("replica %s works%s", self.engine.replica, " and leads" * self.engine.leads)

    async def last(self, stopping: asyncio.Event) -> None:
        """Lasts until the program stops; raises one of LOSSES, or Interrupted."""
        beats = asyncio.create_task(self._beat())
        ends = [asyncio.create_task(each.wait()) for each in (stopping, self.engine.lost)]
        try:
            await asyncio.wait([beats, *ends], return_when=asyncio.FIRST_COMPLETED)
            if self.engine.lost.is_set():
                raise LostConnection("a task found it broken")
            if stopping.is_set():
                stop = asyncio.create_task(self.scheduler.stop())
                await asyncio.wait([beats, stop], return_when=asyncio.FIRST_COMPLETED)
                if stop.done():
                    await stop
                    return
                stop.cancel()
            await beats
        finally:
            for task in (beats, *ends):
                task.cancel()

    async def _beat(self) -> None:
        """Keeps the session from being taken for a dead one, and notices the death of others."""
        while True:
            self.look_around()
            await asyncio.sleep(BEAT)

    def look_around(self) -> None:
        """Leads if nobody else does; raises Interrupted where the clocks do not agree."""
        if database.clock_fault:
            raise Interrupted(database.clock_fault)
        if not self.engine.leads and database.try_lock(Lock.LEADER):
            self.engine.leads = True
            log.info("replica %s leads now", self.engine.replica)
            self.scheduler.lead()
        others = self._who_else()
        self.engine.is_alone = not others
        if self._others - others:
            self.scheduler.nudge()
        self._others = others

    def _who_else(self) -> frozenset[int]:
        found: frozenset[int] = database.holders(Lock.REPLICA) - {self.engine.replica}
        return found
