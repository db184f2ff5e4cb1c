"""Where the queries of the models execute, and what they may ask of any database."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import peewee
from peewee import DatabaseProxy, OperationalError

from models.database.encryption import Keyring

database = DatabaseProxy()


class UnusableDatabase(Exception):
    """The database cannot be opened; the message is one sentence for the terminal."""


class Room(NamedTuple):
    """Bytes that the database takes, and of these the bytes that are free in it."""

    size: int
    free: int


class Database(peewee.Database):
    """What every kind of database can do; each kind does the last part in its own way."""

    keyring: Keyring
    # What follows PRIMARY KEY, so that no id is ever given twice.
    never_again = ""

    def prepare_threads(self) -> None:
        """Before the first query."""
        self._reader = ThreadPoolExecutor(1, "reader")

    def stop_threads(self) -> None:
        """The reader's connection is closed on the reader's thread."""
        self._reader.submit(self.close).result()
        self._reader.shutdown()

    async def aside(self, query: Callable[..., Any], *args: Any) -> Any:
        """Runs a read of more than a few milliseconds on the reader thread's own connection."""
        return await asyncio.get_running_loop().run_in_executor(
            self._reader, self._read, query, args
        )

    async def apart(self, query: Callable[..., Any], *args: Any) -> Any:
        """Runs a read of seconds on a thread and a connection that are there for it alone."""
        return await asyncio.to_thread(self._once, query, args)

    def _once(self, query: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        with self.connection_context():
            return query(*args)

    def _read(self, query: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        self.connect(reuse_if_open=True)
        return query(*args)

    def if_writable(self, write: Callable[..., Any], **values: Any) -> None:
        """A write that a page can do without, such as of when somebody was last seen."""
        try:
            with self.atomic():
                write(**values)
        except OperationalError as error:
            if not self.is_unwritable(error):
                raise

    async def work(self, plain: Callable[..., Any], *args: Any) -> Any:
        """Runs a plain function, which may read and write, where the database is at hand."""
        raise NotImplementedError

    def many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """One written statement for many rows, with `?` for each value. Call in a transaction."""
        raise NotImplementedError

    def rows(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """What one written statement reads, with `?` for each value."""
        raise NotImplementedError

    def durable(self) -> AbstractContextManager[None]:
        """A transaction that is on the disk when it ends, not only safe from a killed process."""
        raise NotImplementedError

    def is_unwritable(self, error: BaseException) -> bool:
        """Whether it says that nothing can be written at present: a full disk, a lost right."""
        raise NotImplementedError

    def room(self) -> Room:
        """What it takes now."""
        raise NotImplementedError

    def give_back(self) -> bool:
        """Some of the free room goes back to the disk; False when none is to go."""
        raise NotImplementedError

    def outgrown(self) -> list[str]:
        """Names of tables and indexes whose rows are spread otherwise than it knows."""
        raise NotImplementedError

    def learn(self, name: str) -> None:
        """How the rows of one of these are spread today: a few milliseconds."""
        raise NotImplementedError

    def faults(self, is_to_stop: Callable[[], bool]) -> list[str] | None:
        """What is wrong with its pages, on this thread's connection; None when it was stopped."""
        raise NotImplementedError

    def back_up(self, target: Path) -> None:
        """A copy of all that is in it, under the same keys."""
        raise NotImplementedError

    def plan_of(self, query: peewee.BaseQuery) -> list[str]:
        """How it would find the rows, a line for each step."""
        raise NotImplementedError
