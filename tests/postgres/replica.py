"""Replicas within one process: each an engine on a thread, with a session of its own."""

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Coroutine, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar

from jobs.clock import Clock
from jobs.engine import Engine
from jobs.net import ASGIApp
from models.database import database
from models.database.locks import Lock
from models.database.server import ServerDatabase

T = TypeVar("T")

PATIENCE = 20.0


class Lockless(ServerDatabase):
    """Gives everybody the locks that are `off` at once."""

    off: Collection[Lock] = ()

    def try_lock(self, lock: Lock, number: int = 0, *, shared: bool = False) -> bool:
        return lock in self.off or super().try_lock(lock, number, shared=shared)

    def lock_until_commit(self, lock: Lock, number: int = 0) -> None:
        if lock not in self.off:
            super().lock_until_commit(lock, number)


class Replica:
    """What it does, it does on its own thread; its session dies with `die`."""

    def __init__(self, clock: Clock, apps: Mapping[str, ASGIApp]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.do(database.join)
        self.engine = self.do(lambda: Engine(clock=clock, demo=apps))
        assert self.do(database.try_lock, Lock.REPLICA, self.engine.replica)

    @property
    def name(self) -> int:
        return self.engine.replica

    @property
    def thread_id(self) -> int | None:
        return self._thread.ident

    def do(self, plain: Callable[..., T], *args: Any) -> T:
        async def done() -> T:
            return plain(*args)

        return self.run(done())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.begin(work).result(PATIENCE)

    def begin(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def settle(self) -> None:
        """Until all that was begun has ended."""

        async def ended() -> None:
            while self.engine.busy:
                await asyncio.sleep(0.01)

        self.run(ended())

    def die(self) -> None:
        """Returns when the server has ended the session too, and so freed its locks."""
        (session,) = self.do(lambda: database.execute_sql("SELECT pg_backend_pid()").fetchone())
        self.do(database.leave)
        until = time.monotonic() + PATIENCE
        while database.rows("SELECT 1 FROM pg_stat_activity WHERE pid = ?", (session,)):
            assert time.monotonic() < until
            time.sleep(0.01)

    def close(self) -> None:
        self.run(self.engine.abandon())
        self.do(database.leave)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
