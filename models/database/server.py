"""A PostgreSQL server as the database; each thread that uses it has its own connection."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import peewee
from peewee import InterfaceError, OperationalError, PostgresqlDatabase, Psycopg3Adapter

from models.database import Database, LostConnection, Room, UnusableDatabase
from models.database.advisory import ENGINE_GUARDS, GUARDS, AdvisoryLocks
from models.database.encryption import Keyring
from models.database.hearing import CHANNEL, MOST_SKEW, Hearing, follow_clock
from models.database.threads import ContextPool
from models.database.wire import refuse_open_wire
from models.late import late

T = TypeVar("T")

log = logging.getLogger(__name__)

OLDEST_SERVER = 150_000
THREADS = 8
# Threads for longer reads of pages and of the engine.
READERS = 2
# Only these tell a server that a machine was cut off.
ALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
    "connect_timeout": 10,
}
# SQLSTATEs that mean so, and what they mean.
UNWRITABLE = {"53100": "the disk of its server is full", "25006": "its server only lets it be read"}


class Driver(Psycopg3Adapter):
    """psycopg, loaded when the first server is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.psycopg = late("psycopg")
        status = late("psycopg.pq").TransactionStatus
        self.txn_idle, self.txn_inerror = status.IDLE, status.INERROR
        self.txn_unknown = status.UNKNOWN

    def check_driver(self) -> None:
        """Does nothing: the adapter has loaded the driver."""

    def connect(self, db: PostgresqlDatabase, **params: Any) -> Any:
        return self.psycopg.connect(db.database, **params)


class ServerDatabase(AdvisoryLocks, Database, PostgresqlDatabase):
    """A database on PostgreSQL 15 or newer; `address` is a connection string, never shown."""

    psycopg2_adapter = psycopg3_adapter = Driver
    is_server = True
    merges_short_lists = True
    skew = timedelta()
    # Whether it was, or is being, moved away.
    is_elsewhere = False

    def __init__(self, address: str, keyring: Keyring) -> None:
        refuse_open_wire(address)
        self.keyring = keyring
        self._workers = threading.local()
        self._hearing: Hearing | None = None
        self._era = 0
        super().__init__(address, prefer_psycopg3=True, **ALIVE)
        self.prepare_threads()

    def open(self) -> None:
        """Opens it. Raises UnusableDatabase if it is unreachable, too old or its clock is wrong."""
        try:
            self.connect(reuse_if_open=True)
        except OperationalError as error:
            raise UnusableDatabase(_sentence(error)) from None
        if self.connection().info.server_version < OLDEST_SERVER:
            self.close()
            raise UnusableDatabase("The PostgreSQL server is older than version 15: upgrade it.")
        self.measure_clock()
        if self.clock_fault:
            self.close()
            raise UnusableDatabase(self.clock_fault)

    def prepare_threads(self) -> None:
        self._listeners = []
        self._pool = ContextPool(THREADS, "database")
        self._readers = ContextPool(READERS, "reader")
        self._runners: list[asyncio.Runner] = []
        self._connections: list[Any] = []

    def stop_threads(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._readers.shutdown(cancel_futures=True)
        for runner in self._runners:
            runner.close()

    def close_all(self) -> None:
        """Closes the connections of all threads."""
        self.stop_hearing()
        self.stop_threads()
        if not self.is_closed():
            self.close()
        for connection in self._connections:
            connection.close()

    def _connect(self) -> Any:
        connection = super()._connect()
        self._connections = [each for each in self._connections if not each.closed]
        self._connections.append(connection)
        return connection

    async def work(self, plain: Callable[..., Any], *args: Any) -> Any:
        """Runs it on one of the threads, each of which keeps a connection of its own.

        If the calling thread is one of them, it runs at once.
        """
        if getattr(self._workers, "is_one", False):
            return plain(*args)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._as_worker, plain, args)

    async def aside(self, query: Callable[..., Any], *args: Any) -> Any:
        if getattr(self._workers, "is_one", False):
            return query(*args)
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._readers, self._as_worker, query, args)
        except LostConnection:
            # A reader's connection is not the one of who asks, whose own may be as good as before.
            return await loop.run_in_executor(self._readers, self._as_worker, query, args)

    async def whole(self, method: str, serve: Callable[[], Awaitable[T]]) -> T:
        """Serves on one of the threads; what it awaits runs on that thread's own loop."""
        try:
            found: T = await self.work(self._serve, serve)
        except LostConnection:
            if method != "GET":
                raise
            found = await self.work(self._serve, serve)
        return found

    def _serve(self, serve: Callable[[], Awaitable[T]]) -> T:
        runner = getattr(self._workers, "runner", None)
        if runner is None:
            runner = self._workers.runner = asyncio.Runner()
            self._runners.append(runner)
        return runner.run(_awaited(serve), context=copy_context())

    def _as_worker(self, plain: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """Runs it; a broken connection is dropped, so that the next call opens a new one."""
        if self.is_elsewhere:
            raise LostConnection
        self._workers.is_one = True
        try:
            self._connect_anew()
            found = plain(*args)
        except (InterfaceError, OperationalError) as error:
            if self.drop_if_lost():
                raise LostConnection from error
            raise
        self.drop_if_lost()
        return found

    def _connect_anew(self) -> None:
        """A thread that saw its connection break tells the others: theirs will have, too."""
        if getattr(self._workers, "era", 0) != self._era:
            self.leave()
        self._workers.era = self._era
        if self.connect(reuse_if_open=True):
            self.guard(GUARDS)

    def drop_if_lost(self) -> bool:
        """Drops this thread's connection if it is broken, and returns whether it was."""
        state = self._state
        if state.closed or not state.conn.closed:
            return False
        state.reset()
        self._era += 1
        return True

    def is_lost(self, error: BaseException) -> bool:
        """Whether the connection broke, so that a new one may help."""
        return isinstance(error, InterfaceError | OperationalError) and (
            self._state.closed or bool(self._state.conn.closed)
        )

    def measure_clock(self) -> timedelta:
        """How far the server's clock is ahead of ours; from now on, ours follows it."""
        self.skew = follow_clock(self.connection())
        return self.skew

    def learn_skew(self, skew: timedelta) -> None:
        self.skew = skew

    @property
    def clock_fault(self) -> str:
        """A sentence where the two clocks are too far apart to work by; else ""."""
        if abs(self.skew) <= MOST_SKEW:
            return ""
        minutes = abs(self.skew).total_seconds() / 60
        return (
            "The clock of this machine and that of the PostgreSQL server are "
            f"{minutes:.0f} minutes apart: set them right."
        )

    def begin_to_hear(self) -> None:
        self._hearing = Hearing(self, self.database, **ALIVE)

    def stop_hearing(self) -> None:
        if self._hearing is not None:
            self._hearing.stop()
            self._hearing = None

    def join(self) -> None:
        """A new connection for this thread, which the engine works with and holds its locks by."""
        self.leave()
        self.connect()
        self.guard(ENGINE_GUARDS)

    def leave(self) -> None:
        """Ends this thread's connection, and with it all locks, whatever was under way."""
        connection = None if self._state.closed else self._state.conn
        self._state.reset()
        if connection is not None:
            connection.close()

    def many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        if there := list(rows):
            self.cursor().executemany(_placed(statement), there)

    def rows(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        return list(self.execute_sql(_placed(statement), values).fetchall())

    @contextmanager
    def durable(self) -> Iterator[None]:
        with self.atomic():
            self.execute_sql("SET LOCAL synchronous_commit = on")
            yield

    def why_unwritable(self, error: BaseException) -> str:
        return UNWRITABLE.get(getattr(getattr(error, "orig", error), "sqlstate", None) or "", "")

    def notify(self, topic: str) -> None:
        """Every process hears it once the transaction is committed, this one too."""
        self.execute_sql("SELECT pg_notify(%s, %s)", (CHANNEL, topic))

    def room(self) -> Room:
        (size,) = self.execute_sql("SELECT pg_database_size(current_database())").fetchone()
        return Room(size, 0)

    def give_back(self) -> bool:
        """Does nothing, as autovacuum does it."""
        return False

    def outgrown(self) -> list[str]:
        """Does nothing: autovacuum keeps statistics up to date."""
        return []

    def learn(self, name: str) -> None:
        """Does nothing, as autovacuum does it."""

    def faults(self, is_to_stop: Callable[[], bool]) -> list[str] | None:
        """Finds nothing: the server's administrator checks its pages, with pg_amcheck."""
        return []

    def back_up(self, target: Path, is_to_stop: Callable[[], bool]) -> None:
        """Does nothing: the server's administrator makes backups, with pg_dump."""

    def plan_of(self, query: peewee.BaseQuery) -> list[str]:
        statement, values = query.sql()
        return [line for (line,) in self.execute_sql(f"EXPLAIN {statement}", values).fetchall()]


async def _awaited(serve: Callable[[], Awaitable[T]]) -> T:
    return await serve()


def _placed(statement: str) -> str:
    """The statement with psycopg's marks for values."""
    return statement.replace("%", "%%").replace("?", "%s")


def _sentence(error: OperationalError) -> str:
    """The sentence of an error; its first line, cut, holds neither address nor password."""
    said = str(error).strip().splitlines()
    reason = said[-1].rpartition(": ")[2] if said else "no reason was given"
    return f"The PostgreSQL server cannot be used: {reason[:200]}."
