"""The database of all models, and what every kind of database offers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import peewee
from peewee import DatabaseError, DatabaseProxy

from models.database.encryption import Keyring
from models.database.locks import Lock
from models.database.threads import ContextPool

T = TypeVar("T")

database = DatabaseProxy()


class UnusableDatabase(Exception):
    """The database cannot be opened; the message is one sentence for the terminal."""


@contextmanager
def unwritable_is_refused() -> Iterator[None]:
    """Raises UnusableDatabase in the place of an error of a database that takes nothing."""
    try:
        yield
    except DatabaseError as error:
        if not (why := database.why_unwritable(error)):
            raise
        raise UnusableDatabase(f"The database could not be written: {why}.") from None


class LostConnection(Exception):
    """The connection to the database's server broke during a request."""


class Room(NamedTuple):
    """The size of the database and the free room inside it, both in bytes."""

    size: int
    free: int


class Database(peewee.Database):
    """What every kind of database can do; each kind implements it in its own way."""

    keyring: Keyring
    is_server = False
    is_elsewhere = False
    # Whether it merges sorted lists only where each of them is sorted and limited by itself.
    merges_short_lists = False
    # SQL that follows PRIMARY KEY, so that an id is never used twice.
    never_again = ""

    def prepare_threads(self) -> None:
        """Starts the reader thread. Call before the first query."""
        self._reader = ContextPool(1, "reader")
        self._listeners: list[tuple[asyncio.AbstractEventLoop, Callable[[str], None]]] = []

    def stop_threads(self) -> None:
        """Closes the reader's connection on its own thread, then ends the thread."""
        self._reader.submit(self.close).result()
        self._reader.shutdown()

    async def aside(self, query: Callable[..., Any], *args: Any) -> Any:
        """Runs a read of more than a few milliseconds on the reader thread's own connection."""
        return await asyncio.get_running_loop().run_in_executor(
            self._reader, self._read, query, args
        )

    async def apart(self, query: Callable[..., Any], *args: Any) -> Any:
        """Runs a read that takes seconds, on a thread and a connection of its own."""
        return await asyncio.to_thread(self._once, query, args)

    def _once(self, query: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        with self.connection_context():
            return query(*args)

    def _read(self, query: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        self.connect(reuse_if_open=True)
        return query(*args)

    def if_writable(self, write: Callable[..., Any], **values: Any) -> bool:
        """Makes a write; False where nothing can be written, as on a full disk."""
        try:
            with self.atomic():
                write(**values)
        except DatabaseError as error:
            if not self.is_unwritable(error):
                raise
            return False
        return True

    async def whole(self, method: str, serve: Callable[[], Awaitable[T]]) -> T:
        """Serves one request, which may await, where the database is at hand.

        Raises LostConnection; a GET is tried once more before.
        """
        raise NotImplementedError

    async def work(self, plain: Callable[..., Any], *args: Any) -> Any:
        """Runs a plain function, which may read and write, where it may use the database."""
        raise NotImplementedError

    def many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Runs one SQL statement for many rows, `?` for each value. Call in a transaction."""
        raise NotImplementedError

    def rows(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The rows that one SQL statement reads, with `?` for values."""
        raise NotImplementedError

    def durable(self) -> AbstractContextManager[None]:
        """A transaction that is on the disk when it ends, not only safe from a killed process."""
        raise NotImplementedError

    def notify(self, topic: str) -> None:
        """Tells the listeners in every process, once the transaction is committed."""
        raise NotImplementedError

    def learn_skew(self, skew: timedelta) -> None:
        """Takes note of how far the server's clock is ahead of ours."""

    @property
    def clock_fault(self) -> str:
        """A sentence where the server's clock and ours are too far apart; else ""."""
        return ""

    def listen(self, hears: Callable[[str], None]) -> None:
        """Calls `hears` on this loop with each topic of `notify` from now on."""
        self._listeners.append((asyncio.get_running_loop(), hears))

    def stop_listening(self, hears: Callable[[str], None]) -> None:
        self._listeners = [each for each in self._listeners if each[1] != hears]

    def tell_listeners(self, topic: str) -> None:
        for loop, hears in self._listeners:
            loop.call_soon_threadsafe(hears, topic)

    def is_lost(self, error: BaseException) -> bool:
        """Whether the connection broke, so that a new one may help."""
        return False

    def try_lock(self, lock: Lock, number: int = 0, *, shared: bool = False) -> bool:
        """Takes the lock; False if another process has it. Always True for a file."""
        return True

    def unlock(self, lock: Lock, number: int = 0) -> None:
        """Releases the lock."""

    def holders(self, lock: Lock) -> frozenset[int]:
        """The numbers of this lock that some session holds now; a file has no sessions."""
        return frozenset()

    def lock_until_commit(self, lock: Lock, number: int = 0) -> None:
        """Takes the lock until the transaction ends; waits for it. Call inside a transaction."""

    def is_unwritable(self, error: BaseException) -> bool:
        """Whether the error means that nothing can be written now, as on a full disk."""
        return bool(self.why_unwritable(error))

    def why_unwritable(self, error: BaseException) -> str:
        """Why nothing can be written now, for the end of a sentence; "" for any other error."""
        raise NotImplementedError

    @property
    def obstacle(self) -> str:
        """A sentence where nothing can be written, which is known without a try; else ""."""
        return ""

    def room(self) -> Room:
        raise NotImplementedError

    def give_back(self) -> bool:
        """Gives some free room back to the disk; False when there was none to give."""
        raise NotImplementedError

    def outgrown(self) -> list[str]:
        """Names of tables and indexes whose statistics are out of date."""
        raise NotImplementedError

    def learn(self, name: str) -> None:
        """Renews the statistics of one table or index: a few milliseconds."""
        raise NotImplementedError

    def faults(self, is_to_stop: Callable[[], bool]) -> list[str] | None:
        """What is wrong with the database's pages; None when `is_to_stop` ended the check.

        It reads on the calling thread's own connection.
        """
        raise NotImplementedError

    def back_up(self, target: Path, is_to_stop: Callable[[], bool]) -> None:
        """Writes a copy of the whole database, under the same keys, into a new or empty file.

        Raises DatabaseError, also where `is_to_stop` ended it.
        """
        raise NotImplementedError

    def plan_of(self, query: peewee.BaseQuery) -> list[str]:
        """How the database would find the rows of the query, one line for each step."""
        raise NotImplementedError
