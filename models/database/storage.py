"""The database's file: its free room, what SQLite knows of its rows, and whether it is sound."""

from collections.abc import Callable
from typing import NamedTuple

from peewee import DatabaseError

from models.database import database

PAGES_KEPT_FREE = 1000
# 16 pages take 1 ms, and 8 where their commit meets a checkpoint.
PAGES_A_STEP = 16
# An index of 200,000 rows takes up to 16 ms; one of a million, 80.
LONGEST_ANALYSED = 200_000
ROWS_ANALYSED = 200
# How often a check on its way asks whether it is to stop: about every 10 ms.
STEPS_BETWEEN = 100_000
MOST_FAULTS = 3


class Room(NamedTuple):
    """Bytes of the file, and of what is free in it."""

    size: int
    free: int

    @classmethod
    def now(cls) -> "Room":
        page = _pragma("page_size")
        return cls(_pragma("page_count") * page, _pragma("freelist_count") * page)


def give_back() -> bool:
    """Some of the free pages at the file's end go back to the disk; False when none is to go."""
    free = _pragma("freelist_count")
    if free <= PAGES_KEPT_FREE:
        return False
    database.execute_sql(f"PRAGMA incremental_vacuum({PAGES_A_STEP})").fetchall()
    return _pragma("freelist_count") < free


def outgrown() -> list[str]:
    """Statements, each a few milliseconds, that tell SQLite how its rows are spread today.

    It asks for them when a table has become ten times as long. Tables that would hold the loop
    wait for the next stop, when `Database.close_all` sees to them.
    """
    database.execute_sql(f"PRAGMA analysis_limit = {ROWS_ANALYSED}")
    asked = database.execute_sql("PRAGMA optimize(-1)").fetchall()
    tables = [statement.split('"')[3] for (statement,) in asked]
    return [
        f'ANALYZE "{name}"'
        for table in tables
        if _length(table) <= LONGEST_ANALYSED
        for name in _indexes(table) or [table]
    ]


def faults(is_to_stop: Callable[[], bool]) -> list[str] | None:
    """What SQLite finds wrong, on this thread's own connection; None when it was stopped.

    Each page is read, and its authentication code compared, and each index with its table: 16 s
    for a million items and a million searches.
    """
    connection = database.connection()
    connection.set_progress_handler(is_to_stop, STEPS_BETWEEN)
    found: list[str] = []
    try:
        for table in database.get_tables():
            if is_to_stop():
                return None
            rows = database.execute_sql(f'PRAGMA integrity_check("{table}")').fetchall()
            found += [text for (text,) in rows if text != "ok"]
    except (DatabaseError, connection.DatabaseError) as error:
        if is_to_stop():
            return None
        found.append(str(error))
    return found[:MOST_FAULTS]


def _pragma(name: str) -> int:
    return int(database.execute_sql(f"PRAGMA {name}").fetchone()[0])


def _length(table: str) -> int:
    """At the most: rows are numbered, and none is numbered twice; else nobody knows quickly."""
    (*_, unnumbered, _) = database.execute_sql(f'PRAGMA table_list("{table}")').fetchone()
    if unnumbered:
        return LONGEST_ANALYSED + 1
    query = f'SELECT max(rowid) FROM "{table}"'  # noqa: S608  # nosec B608 # our own names
    (highest,) = database.execute_sql(query).fetchone()
    return highest or 0


def _indexes(table: str) -> list[str]:
    return [index.name for index in database.get_indexes(table)]
