"""The encrypted database file: how it is opened, and what SQLite does differently."""

import os
import shutil
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import peewee
from peewee import DatabaseError, OperationalError
from playhouse.sqlcipher_ext import SqlCipherDatabase
from sqlcipher3 import dbapi2

from models.database import Database, UnusableDatabase
from models.database.encryption import Keyring
from models.database.storage import STEPS_BETWEEN, Storage

T = TypeVar("T")

KEY_BYTES = 32
PRAGMAS = {
    "cipher_log_level": "NONE",
    # Works only on a new file: free pages can be given back a few at a time.
    "auto_vacuum": 2,
    "journal_mode": "wal",
    "synchronous": "normal",
    "foreign_keys": 1,
    "busy_timeout": 15_000,
    "cache_size": -16_384,
    "journal_size_limit": 16 * 1024 * 1024,
    "wal_autocheckpoint": 500,
}

NOT_OURS = "not a database"
# What SQLite says without room: for its file, and for the memory that it shares beside that.
OF_ROOM = ("disk is full", "disk I/O error")
LEAST_ROOM = 1_000_000
FULL = "its disk is full"
# Parts of the texts of SQLite's errors, and what they mean.
UNWRITABLE = {
    "disk is full": FULL,
    "disk I/O error": "its disk refuses what is written",
    "readonly": "it can only be read",
    "database is locked": "another program holds it",
}


class EmbeddedDatabase(Storage, Database, SqlCipherDatabase):
    """SQLCipher 4 (AES-256-CBC, HMAC-SHA512 a page) with a raw key: opening costs 0.4 ms."""

    never_again = "AUTOINCREMENT"

    def __init__(self, path: Path, keyring: Keyring) -> None:
        self.keyring = keyring
        super().__init__(
            str(path),
            passphrase=_raw_key(keyring.database_key),
            pragmas=PRAGMAS,
            lock_type="IMMEDIATE",
        )
        self.prepare_threads()

    def open(self) -> None:
        """Raises UnusableDatabase when the key is not this file's, or the file is not ours."""
        self._refuse_links()
        try:
            if self._is_anothers():
                raise DatabaseError(NOT_OURS)
            self.connect()
            self.execute_sql("SELECT count(*) FROM sqlite_master").fetchone()
        except DatabaseError as error:
            self.close()
            raise self.refusal(error) from None

    def _refuse_links(self) -> None:
        """Raises UnusableDatabase for a link: SQLite would write to and empty its target."""
        for end in ("", "-wal", "-shm", "-journal"):
            if (path := Path(f"{self.database}{end}")).is_symlink():
                raise UnusableDatabase(
                    f"{path} is a link, which the program never makes: put the file itself there. "
                    "The data folder as a whole may be a link."
                )

    def _is_anothers(self) -> bool:
        """Whether the key does not open the file.

        The file is opened read-only: otherwise closing would move a killed server's -wal into it.
        """
        path = Path(self.database)
        if not path.is_file() or not path.stat().st_size:
            return False
        try:
            with read_only(path, self.keyring) as asking:
                asking.execute("PRAGMA schema_version")
        except dbapi2.DatabaseError as error:
            return NOT_OURS in str(error)
        return False

    def close_all(self) -> None:
        self.stop_threads()
        if not self.is_closed():
            # On a full disk the statistics stay as they are.
            self.if_writable(self.execute_sql, sql="PRAGMA optimize")
            self.close()

    def rollback(self) -> None:
        """Rolls back, unless SQLite did so itself on a full disk: its error must not be hidden."""
        if self.connection().in_transaction:
            super().rollback()

    @contextmanager
    def durable(self) -> Iterator[None]:
        """A transaction that is on the disk when it ends, not only safe from a killed process."""
        self.execute_sql("PRAGMA synchronous = full")
        try:
            with self.atomic():
                yield
        finally:
            self.execute_sql("PRAGMA synchronous = normal")

    async def whole(self, method: str, serve: Callable[[], Awaitable[T]]) -> T:
        return await serve()

    def notify(self, topic: str) -> None:
        """This process is the only one: its listeners hear it as soon as the loop is free."""
        self.tell_listeners(topic)

    async def work(self, plain: Callable[..., Any], *args: Any) -> Any:
        """Runs it directly on the loop: the file answers before a thread would have started."""
        return plain(*args)

    def many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self.connection().executemany(statement, rows)

    def rows(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        return list(self.execute_sql(statement, values).fetchall())

    def why_unwritable(self, error: BaseException) -> str:
        if not isinstance(error, OperationalError):
            return ""
        told = str(error)
        why = next((meaning for cry, meaning in UNWRITABLE.items() if cry in told), "")
        if any(cry in told for cry in OF_ROOM) and _is_full(Path(self.database).parent):
            return FULL
        return why

    @property
    def obstacle(self) -> str:
        folder = Path(self.database).parent
        if _is_full(folder):
            return "The disk of the data folder is full: make room, and all goes on by itself."
        if _is_read_only(folder):
            return "The disk of the data folder can only be read: mount it writable."
        return ""

    def refusal(self, error: DatabaseError) -> UnusableDatabase:
        return UnusableDatabase(_sentence(self.database, error))

    def back_up(self, target: Path, is_to_stop: Callable[[], bool]) -> None:
        connection = self.connection()
        connection.set_progress_handler(is_to_stop, STEPS_BETWEEN)
        try:
            self.execute_sql("VACUUM INTO ?", (str(target),))
        finally:
            connection.set_progress_handler(None, 0)

    def plan_of(self, query: peewee.BaseQuery) -> list[str]:
        statement, values = query.sql()
        steps = self.execute_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
        return [step[-1] for step in steps]


@contextmanager
def read_only(path: Path, keyring: Keyring, *, alone: bool = False) -> Iterator[dbapi2.Connection]:
    """A connection that changes nothing; its first question raises DatabaseError for another key.

    With `alone`, nothing is made beside the file either, as nobody writes to it meanwhile.
    """
    address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' * alone}"
    with closing(dbapi2.connect(address, uri=True)) as asking:
        asking.execute("PRAGMA cipher_log_level = NONE")
        asking.execute(f'PRAGMA key = "{_raw_key(keyring.database_key)}"')
        yield asking


def _raw_key(key: bytes) -> str:
    """The key as SQLCipher takes a raw one: 64 hex digits.

    SQLCipher takes anything else for a passphrase, and opens a PLAINTEXT database on "".
    """
    if len(key) != KEY_BYTES:
        raise UnusableDatabase(f"The database key must be {KEY_BYTES} bytes long.")
    return f"x'{key.hex()}'"


def _sentence(path: str, error: DatabaseError) -> str:
    text = str(error)
    if NOT_OURS in text:
        return f"The database {path} was not encrypted with this master secret."
    if any(cry in text for cry in OF_ROOM) and _is_full(Path(path).parent):
        return (
            f"The database {path} cannot be opened, as its disk is full: make room there, and "
            "start the program again. Nothing was lost."
        )
    return f"The database {path} cannot be opened: {text}."


def _is_full(folder: Path) -> bool:
    """Whether the disk of the folder has no room for what SQLite keeps beside its file."""
    try:
        return shutil.disk_usage(folder).free < LEAST_ROOM
    except OSError:
        return False


def _is_read_only(folder: Path) -> bool:
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except OSError:
        return False
