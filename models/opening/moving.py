"""Moves a household between the file and a server: every row is copied, counted and compared.

All of it is one transaction of the target. A crash before its end leaves the source as it was and
the target empty.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.fernet import InvalidToken
from peewee import BooleanField, DatabaseError, Model
from playhouse.migrations import Runner

from models.database import database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.database.files import flush, make_own, remove_database
from models.database.server import ServerDatabase
from models.household import Household
from models.late import late
from models.opening import CannotMove
from models.opening.schema import MIGRATIONS, TABLES, is_behind, migrate
from models.opening.servers import alone, migrate_server

Row = tuple[Any, ...]
# Told the table's name, how many of its rows are copied, and how many there are.
Tell = Callable[[str, int, int], None]
AT_ONCE = 5000
NUL = "\0"


class Moved(NamedTuple):
    """What was copied, and the names of tables in whose texts NUL was left out."""

    rows: int
    cleaned: list[str]


class Side:
    """One of the two databases, read and written row by row."""

    def __init__(self, opened: EmbeddedDatabase | ServerDatabase) -> None:
        self.opened = opened

    def count(self, table: type[Model]) -> int:
        query = f"SELECT count(*) FROM {_name(table)}"  # noqa: S608  # nosec B608 # our own names
        return int(self.opened.execute_sql(query).fetchone()[0])

    def rows(self, table: type[Model]) -> Iterator[Row]:
        """The rows in the order of their keys, truths as 0 and 1."""
        key = ", ".join(f'"{field.column_name}"' for field in table._meta.get_primary_keys())
        columns = ", ".join(self.told(field) for field in table._meta.sorted_fields)
        query = f"SELECT {columns} FROM {_name(table)} ORDER BY {key}"  # noqa: S608  # nosec B608 # our own names
        with closing(self.reader()) as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(AT_ONCE):
                yield from rows

    def told(self, field: Any) -> str:
        return f'"{field.column_name}"'

    def reader(self) -> Any:
        raise NotImplementedError

    def write(self, table: type[Model], rows: Iterable[Row]) -> None:
        raise NotImplementedError

    def last_id(self, table: type[Model]) -> int:
        """The highest id that was ever given; 0 if none was."""
        raise NotImplementedError

    def go_on_after(self, table: type[Model], last: int) -> None:
        """The next id is a higher one, even if the row of the last is gone."""
        raise NotImplementedError


class FileSide(Side):
    """The embedded file."""

    def reader(self) -> Any:
        return self.opened.connection().cursor()

    def write(self, table: type[Model], rows: Iterable[Row]) -> None:
        marks = ", ".join("?" for _ in table._meta.sorted_fields)
        query = f"INSERT INTO {_name(table)} ({_columns(table)}) VALUES ({marks})"  # noqa: S608  # nosec B608 # our own names
        self.opened.connection().executemany(query, rows)

    def last_id(self, table: type[Model]) -> int:
        query = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        found = self.opened.execute_sql(query, (table._meta.table_name,)).fetchone()
        return found[0] if found else 0

    def go_on_after(self, table: type[Model], last: int) -> None:
        name = table._meta.table_name
        self.opened.execute_sql("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
        query = "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)"
        self.opened.execute_sql(query, (name, last))


class ServerSide(Side):
    """The PostgreSQL server."""

    def told(self, field: Any) -> str:
        cast = "::int" if isinstance(field, BooleanField) else ""
        return super().told(field) + cast

    def reader(self) -> Any:
        return self.opened.connection().cursor(name="moving")

    def write(self, table: type[Model], rows: Iterable[Row]) -> None:
        query = f"COPY {_name(table)} ({_columns(table)}) FROM STDIN"
        try:
            with self.opened.cursor() as cursor, cursor.copy(query) as copy:
                for row in rows:
                    copy.write_row(row)
        except late("psycopg").Error as error:
            raise DatabaseError(str(error)) from None

    def last_id(self, table: type[Model]) -> int:
        query = f"SELECT last_value, is_called FROM {self._sequence(table)}"  # noqa: S608  # nosec B608 # our own names
        last, is_called = self.opened.execute_sql(query).fetchone()
        return int(last) if is_called else 0

    def go_on_after(self, table: type[Model], last: int) -> None:
        self.opened.execute_sql("SELECT setval(%s::regclass, %s)", (self._sequence(table), last))

    def _sequence(self, table: type[Model]) -> str:
        query = "SELECT pg_get_serial_sequence(%s, 'id')"
        return str(self.opened.execute_sql(query, (table._meta.table_name,)).fetchone()[0])


def to_server(path: Path, address: str, keyring: Keyring, tell: Tell) -> Moved:
    """Copies the file into an empty database on a server. Call only while no server has the file.

    Raises CannotMove or UnusableDatabase, and nothing is changed then.
    """
    with (
        _opened(path, keyring) as file,
        alone(address, keyring) as server,
    ):
        if is_behind(file):
            raise CannotMove("Start the program once, so that it brings the file up to date.")
        if server.get_tables():
            raise CannotMove("The database on the server is not empty: make a new one.")
        with file.atomic(), server.durable():
            migrate_server(server)
            moved = copy_all(FileSide(file), ServerSide(server), tell)
        server.execute_sql("ANALYZE")
    return moved


def to_file(path: Path, address: str, keyring: Keyring, at: datetime, tell: Tell) -> Moved:
    """Copies the database on a server into a new file. Call while nobody uses the data folder.

    Raises CannotMove or UnusableDatabase, and nothing is changed then.
    """
    if path.exists():
        raise CannotMove(f"There is a database {path} already: move it elsewhere first.")
    draft = path.with_name(f"{path.name}.coming")
    remove_database(draft)
    os.close(make_own(draft))
    try:
        with (
            alone(address, keyring) as server,
            _opened(draft, keyring) as file,
        ):
            _is_readable(server)
            migrate(file, draft, at)
            with server.atomic(), file.durable():
                server.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                moved = copy_all(ServerSide(server), FileSide(file), tell)
        flush(draft)
        draft.replace(path)
        flush(path.parent)
    finally:
        remove_database(draft)
    return moved


def copy_all(source: Side, target: Side, tell: Tell) -> Moved:
    """Copies and compares all tables. Raises CannotMove. Call in a transaction of the target."""
    total, cleaned = 0, []
    for table in TABLES:
        copying = Copying(table, source, tell)
        try:
            target.write(table, copying.rows())
        except DatabaseError as error:
            raise CannotMove(_refused(table, error)) from None
        if (copying.done, copying.digest.digest()) != _read_back(target, table):
            raise CannotMove(f"The rows of {_name(table)} are other ones after they were copied.")
        if "id" in table._meta.fields and (last := source.last_id(table)):
            target.go_on_after(table, last)
        total += copying.done
        cleaned += [table._meta.table_name] if copying.is_cleaned else []
    return Moved(total, cleaned)


class Copying:
    """One table on its way: how many rows are copied, and the digest over them."""

    def __init__(self, table: type[Model], source: Side, tell: Tell) -> None:
        self.table, self.source, self.tell = table, source, tell
        self.done, self.digest, self.is_cleaned = 0, hashlib.sha256(), False

    def rows(self) -> Iterator[Row]:
        name, total = self.table._meta.table_name, self.source.count(self.table)
        self.tell(name, 0, total)
        for row in self.source.rows(self.table):
            told = self._cleaned(row)
            self.digest.update(repr(told).encode())
            self.done += 1
            if not self.done % AT_ONCE:
                self.tell(name, self.done, total)
            yield told
        self.tell(name, self.done, total)

    def _cleaned(self, row: Row) -> Row:
        """The row without NUL in its texts, which a server does not take."""
        if not any(NUL in value for value in row if isinstance(value, str)):
            return row
        self.is_cleaned = True
        return tuple(v.replace(NUL, "") if isinstance(v, str) else v for v in row)


def _read_back(side: Side, table: type[Model]) -> tuple[int, bytes]:
    digest = hashlib.sha256()
    for row in side.rows(table):
        digest.update(repr(row).encode())
    return side.count(table), digest.digest()


@contextmanager
def _opened(path: Path, keyring: Keyring) -> Iterator[EmbeddedDatabase]:
    opened = EmbeddedDatabase(path, keyring)
    opened.open()
    try:
        yield opened
    finally:
        opened.close_all()


def _is_readable(server: ServerDatabase) -> None:
    """Raises CannotMove unless this version and this secret are those of the database."""
    if not server.table_exists(Household._meta.table_name):
        raise CannotMove("The database on the server is empty: there is nothing to move.")
    there = set(Runner(server, str(MIGRATIONS)).applied())
    if is_behind(server) or there - {path.stem for path in MIGRATIONS.glob("*.py")}:
        raise CannotMove("Another version of the program made that database: use that one.")
    with server.bind_ctx([Household]):
        before, database.obj = database.obj, server
        try:
            Household.current().pepper.reveal()
        except InvalidToken:
            raise CannotMove("That database was made with another master secret.") from None
        finally:
            database.obj = before


def _refused(table: type[Model], error: DatabaseError) -> str:
    first = (str(error).strip().splitlines() or ["no reason was given"])[0]
    return f"The rows of {_name(table)} cannot be written there: {first[:200]}."


def _name(table: type[Model]) -> str:
    return f'"{table._meta.table_name}"'


def _columns(table: type[Model]) -> str:
    return ", ".join(f'"{field.column_name}"' for field in table._meta.sorted_fields)
