"""A PostgreSQL server as the database; each thread that uses it has its own connection."""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar

import peewee
from peewee import InterfaceError, OperationalError, PostgresqlDatabase, Psycopg3Adapter

from models.database import Database, LostConnection, Room, UnusableDatabase, fields
from models.database.encryption import Keyring
from models.database.locks import Lock
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
MOST_SKEW = timedelta(minutes=5)
# SQLSTATEs of a full disk and of a read-only server.
UNWRITABLE = ("53100", "25006")


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


class ServerDatabase(Database, PostgresqlDatabase):
    """A database on PostgreSQL 15 or newer; `address` is a connection string, never shown."""

    psycopg2_adapter = psycopg3_adapter = Driver
    is_server = True

    def __init__(self, address: str, keyring: Keyring) -> None:
        refuse_open_wire(address)
        self.keyring = keyring
        self._workers = threading.local()
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
        skew = self.measure_clock()
        if abs(skew) > MOST_SKEW:
            self.close()
            raise UnusableDatabase(
                f"The clock of this machine and that of the PostgreSQL server are "
                f"{abs(skew).total_seconds() / 60:.0f} minutes apart: set them right."
            )

    def prepare_threads(self) -> None:
        self._listeners = []
        self._pool = ThreadPoolExecutor(THREADS, "database")
        self._readers = ThreadPoolExecutor(READERS, "reader")
        self._runners: list[asyncio.Runner] = []
        self._connections: list[Any] = []

    def stop_threads(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._readers.shutdown(cancel_futures=True)
        for runner in self._runners:
            runner.close()

    def close_all(self) -> None:
        """Closes the connections of all threads."""
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
        return runner.run(_awaited(serve))

    def _as_worker(self, plain: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """Runs it; a broken connection is dropped, so that the next call opens a new one."""
        self._workers.is_one = True
        try:
            self.connect(reuse_if_open=True)
            return plain(*args)
        except (InterfaceError, OperationalError) as error:
            if self.drop_if_lost():
                raise LostConnection from error
            raise

    def drop_if_lost(self) -> bool:
        """Drops this thread's connection if it is broken, and returns whether it was."""
        state = self._state
        if state.closed or not state.conn.closed:
            return False
        state.reset()
        return True

    def is_lost(self, error: BaseException) -> bool:
        """Whether the connection broke, so that a new one may help."""
        return isinstance(error, InterfaceError | OperationalError) and (
            self._state.closed or bool(self._state.conn.closed)
        )

    def measure_clock(self) -> timedelta:
        """How far the server's clock is ahead of ours; from now on, ours follows it."""
        began = time.monotonic()
        (told,) = self.execute_sql("SELECT clock_timestamp()").fetchone()
        halfway = (began + time.monotonic()) / 2
        skew: timedelta = told.astimezone(UTC) - datetime.now(UTC)
        fields.follow(told.astimezone(UTC), halfway)
        return skew

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

    def is_unwritable(self, error: BaseException) -> bool:
        """Whether the server is read-only or its disk is full, by SQLSTATE."""
        return getattr(getattr(error, "orig", error), "sqlstate", None) in UNWRITABLE

    def notify(self, topic: str) -> None:
        """Tells all processes, this one too, once the transaction is committed."""
        self.execute_sql("SELECT pg_notify('vqs', %s)", (topic,))

    def try_lock(self, lock: Lock, number: int = 0, *, shared: bool = False) -> bool:
        """Takes the lock for this thread's session; a session may take a lock more than once."""
        kind = "_shared" if shared else ""
        query = f"SELECT pg_try_advisory_lock{kind}(%s, %s)"
        return bool(self.execute_sql(query, (lock, number)).fetchone()[0])

    def wait_for_lock(self, lock: Lock, number: int = 0) -> None:
        """Waits for the lock, which blocks the thread."""
        self.execute_sql("SELECT pg_advisory_lock(%s, %s)", (lock, number))

    def unlock(self, lock: Lock, number: int = 0) -> None:
        self.execute_sql("SELECT pg_advisory_unlock(%s, %s)", (lock, number))

    def lock_until_commit(self, lock: Lock, number: int = 0) -> None:
        """Takes the lock until the transaction ends; waits for it. Call inside a transaction."""
        self.execute_sql("SELECT pg_advisory_xact_lock(%s, %s)", (lock, number))

    def room(self) -> Room:
        (size,) = self.execute_sql("SELECT pg_database_size(current_database())").fetchone()
        return Room(size, 0)

    def give_back(self) -> bool:
        """Does nothing, as autovacuum does it."""
        return False

    def outgrown(self) -> list[str]:
        """Nothing, as autovacuum keeps statistics up to date."""
        return []

    def learn(self, name: str) -> None:
        """Does nothing, as autovacuum does it."""

    def faults(self, is_to_stop: Callable[[], bool]) -> list[str] | None:
        """Nothing: the server's administrator checks its pages, with pg_amcheck."""
        return []

    def back_up(self, target: Path) -> None:
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


def refuse_open_wire(address: str) -> None:
    """Raises UnusableDatabase unless the server is on this machine, or proves its name by TLS."""
    psycopg = late("psycopg")
    if not address.startswith(("postgresql://", "postgres://")):
        raise UnusableDatabase(
            "The file in VQS_DATABASE_URL_FILE does not hold an address that begins with "
            "postgresql://."
        )
    try:
        parts = late("psycopg.conninfo").conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        raise UnusableDatabase(
            "The file in VQS_DATABASE_URL_FILE holds no usable address: it is written "
            "postgresql://user:password@host:5432/name."
        ) from None
    hosts = f"{parts.get('hostaddr') or parts.get('host') or ''}".split(",")
    if all(_is_here(host) for host in hosts) or parts.get("sslmode") == "verify-full":
        return
    raise UnusableDatabase(
        "The PostgreSQL server is on another machine, so its address must end with "
        "?sslmode=verify-full&sslrootcert=FILE: without TLS whatever is asked could be read and "
        "changed on the way."
    )


def _is_here(host: str) -> bool:
    """Whether the host is a Unix socket, or an address of this machine alone."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
