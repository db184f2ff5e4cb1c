"""Queries are written so that every database understands them alike, not SQLite alone."""

import ast
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from peewee import BigIntegerField, BooleanField, Field, Model, Ordering

from models.batches import Batch
from models.browsing.sorts import SORTS, terms
from models.database import Database, database
from models.instances import Instance
from models.opening.schema import TABLES
from models.people.throttles import FREE_TRIES, Throttle
from models.queues import Queue
from models.queues.orders import ORDERS, columns
from tests.conftest import START
from tests.trees import nodes, tree

ROOT = Path(__file__).parents[3]
SOURCES = [
    path
    for folder in ("models", "jobs", "views")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts
]
# Where statements are written: each of the first few by what it would cost to compose them.
WRITTEN = {
    "models/backlog/exclusions.py",
    "models/backlog/judging.py",
    "models/backlog/seasons.py",
    "models/backlog/snapshots.py",
    "models/backlog/tags.py",
    "models/dashboard/version.py",
    "models/scores/__init__.py",
    "models/scores/items.py",
    "models/scores/shelves.py",
    "models/sync/item_rows.py",
    # It reads the database of another program.
    "models/houndarr/__init__.py",
    # These are about one kind of database alone.
    "models/database/embedded.py",
    "models/database/storage.py",
    "models/database/advisory.py",
    "models/database/hearing.py",
    "models/database/server.py",
    "models/opening/servers.py",
    "models/opening/rotation.py",
    "models/opening/resealing.py",
    "models/opening/moving.py",
    "models/opening/restoring.py",
    "models/backups/making.py",
    "models/backups/reading.py",
}
OF_ONE_KIND = ("models/database", "models/opening", "models/backups")
OF_THE_FILE = {name for name in WRITTEN if name.startswith(OF_ONE_KIND)}
OWN_CONNECTION = {
    "models/backups/reading.py",
    "models/database/hearing.py",
    "models/opening/resealing.py",
}
STATEMENT = re.compile(
    r"\s*(SELECT\b|INSERT INTO|UPDATE \w+ SET|DELETE FROM|WITH \w+ AS|PRAGMA|VACUUM|ATTACH|DETACH|"
    r"CREATE (TABLE|INDEX|TRIGGER|UNIQUE)|DROP (TABLE|INDEX|TRIGGER)|ALTER TABLE|ANALYZE|EXPLAIN)"
)
# Asks a driver past the database's own methods.
PAST_IT = {"execute_sql", "executemany", "connection", "cursor"}
# Functions that SQLite has, or has with these names.
SQLITES_OWN = {"RANDOM", "IFNULL", "STRFTIME", "JULIANDAY", "GROUP_CONCAT", "PRINTF", "TOTAL"}
MOMENTS = ("at", "until", "since", "ms", "told")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _texts(path: Path) -> Iterator[str]:
    return (
        node.value
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """By the last part of the name that is called."""
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node


def _fields() -> Iterator[Field]:
    return (field for table in TABLES for field in table._meta.sorted_fields)


def test_statements_are_written_in_a_few_files_only() -> None:
    found = {_name(path) for path in SOURCES if any(map(STATEMENT.match, _texts(path)))}
    assert found == WRITTEN


def test_nothing_goes_past_the_database_to_its_driver() -> None:
    """What hears the server, and what reads a backup, have a connection of their own."""
    found = {_name(path) for path in SOURCES for name, _ in _calls(path) if name in PAST_IT}
    assert found == OF_THE_FILE - OWN_CONNECTION


def test_written_statements_have_plain_marks_and_no_function_of_sqlite() -> None:
    for path in SOURCES:
        if _name(path) in OF_THE_FILE:
            continue
        for text in filter(STATEMENT.match, _texts(path)):
            assert not re.search(r"\?\d|\b(max|min|ifnull|abs)\(|INSERT OR| IS NOT \(", text), text


def test_functions_are_those_of_every_database() -> None:
    """MIN and MAX of several values at once are SQLite's alone."""
    for path in SOURCES:
        for name, call in _calls(path):
            if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "fn":
                assert name not in SQLITES_OWN, _name(path)
                assert name not in ("MIN", "MAX") or len(call.args) == 1, _name(path)


def test_an_insert_that_may_collide_has_a_savepoint_of_its_own() -> None:
    """Elsewhere an error ends the whole transaction around it."""
    guarded = 0
    for path in SOURCES:
        for node in nodes(path):
            if isinstance(node, ast.Try) and "IntegrityError" in ast.unparse(node.handlers):
                assert [ast.unparse(each) for each in node.body if isinstance(each, ast.With)]
                assert all("database.atomic()" in ast.unparse(each) for each in node.body)
                guarded += 1
    assert guarded >= 3


def test_what_holds_milliseconds_has_64_bits() -> None:
    narrow = [
        str(field)
        for field in _fields()
        if field.name.rpartition("_")[2] in MOMENTS and not isinstance(field, BigIntegerField)
    ]
    assert not narrow


def test_a_truth_that_the_database_fills_in_is_written_as_one() -> None:
    for field in _fields():
        if isinstance(field, BooleanField):
            told = [each.sql for each in field.constraints or ()]
            assert set(told) <= {"DEFAULT FALSE", "DEFAULT TRUE"}, field


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_says_where_nothing_stands(order: str) -> None:
    for column in columns(order):
        if isinstance(column, Field):
            assert not column.null, column
        if isinstance(column, Ordering):
            assert column.nulls == ("last" if column.direction == "DESC" else "first")


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", SORTS)
def test_a_sort_of_the_backlog_says_where_nothing_stands(sort: str, descending: bool) -> None:
    for term in terms(sort, descending=descending, merged=False):
        if isinstance(term.node, Field) and term.node.null:
            assert term.nulls == ("last" if descending else "first")


def _tables() -> dict[str, type[Model]]:
    return {table.__name__: table for table in TABLES}


def _ordered(path: Path) -> Iterator[tuple[type[Model], str]]:
    """The plain columns that queries of this file are sorted by, with their tables."""
    for part in tree(path).body:
        own = part.name if isinstance(part, ast.ClassDef) else ""
        for node in ast.walk(part):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".order_by"):
                for told in map(ast.unparse, node.args):
                    table, _, column = told.removesuffix(".desc()").partition(".")
                    owner = _tables().get(own if table == "cls" else table)
                    if owner is not None and column.isidentifier():
                        yield owner, column


def test_no_query_leaves_the_place_of_nothing_to_the_database() -> None:
    sorted_by = [each for path in SOURCES for each in _ordered(path)]
    assert len(sorted_by) > 20
    vague = [
        f"{table.__name__}.{column}"
        for table, column in sorted_by
        if table._meta.fields[column].null
    ]
    assert not vague


def test_a_batch_of_less_than_none_asks_for_nothing(
    nightly: Queue, living_room: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    """A limit below 0 is none at all in SQLite, and an error elsewhere."""
    batch = Batch(nightly, START, size=-1)
    with caplog.at_level("DEBUG", logger="peewee"):
        assert batch.picks() == []
    assert not caplog.records


def test_tries_at_the_same_moment_are_all_counted(db: Database) -> None:
    def guess(_: int) -> None:
        with db.connection_context():
            for _ in range(25):
                Throttle.count(["name:alice"], START)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(guess, range(4)))
    assert Throttle.get().failures == 100


def test_of_tries_at_the_same_moment_only_the_free_ones_are_admitted(db: Database) -> None:
    together = Barrier(8)

    def guess(_: int) -> list[bool]:
        admitted = []
        with db.connection_context():
            for number in range(20):
                together.wait()
                admitted.append(Throttle.admit([f"name:{number}"], START))
        return admitted

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(guess, range(8)))
    assert {sum(each) for each in zip(*found, strict=True)} == {FREE_TRIES}


async def test_work_is_done_where_the_file_is(db: Database) -> None:
    async def later() -> int:
        return 3

    assert await database.work(lambda a, b: a + b, 1, 2) == 3
    assert await (await database.work(later)) == 3


def test_many_rows_are_written_by_one_statement(db: Database) -> None:
    with database.atomic():
        written = "INSERT INTO throttles (key, failures, failed_at) VALUES (?, ?, ?)"
        database.many(written, [("a", 1, 0), ("b", 2, 0)])
    assert database.rows("SELECT key FROM throttles WHERE failures > ?", (1,)) == [("b",)]
