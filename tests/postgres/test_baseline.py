"""The tables on a server are those of the models, column by column."""

import logging
import re
from collections.abc import Iterator

import psycopg
import pytest

from models import browsing
from models.backlog import Item
from models.batches import Batch
from models.browsing import ItemFilter
from models.database import Database, UnusableDatabase, database
from models.database.encryption import Keyring
from models.database.fields import now
from models.instances import Instance
from models.opening.schema import TABLES
from models.opening.servers import open_server
from models.people.audit import Event
from models.queues import Queue
from tests.conftest import START
from tests.postgres.baseline import statements
from tests.postgres.databases import another
from tests.wanted import wanted

COLUMNS = """
    SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull,
        pg_get_expr(adbin, adrelid), collname
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    LEFT JOIN pg_collation ON pg_collation.oid = attcollation
    WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped
        AND relnamespace = current_schema()::regnamespace
"""
# Keys with what they do ON DELETE, and checks.
CONSTRAINTS = """
    SELECT relname, contype, pg_get_constraintdef(pg_constraint.oid)
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE connamespace = current_schema()::regnamespace
"""
INDEXES = """
    SELECT tablename, indexname, replace(indexdef, schemaname || '.', '')
    FROM pg_indexes WHERE schemaname = current_schema() AND indexdef NOT LIKE '%%USING gin%%'
"""
# The program's own note of what was migrated has no model.
NOT_OURS = "schema_migration"


def described(opened: Database, schema: str) -> set[tuple[object, ...]]:
    opened.execute_sql(f"SET search_path = {schema}")
    found = [
        tuple(row)
        for query in (COLUMNS, CONSTRAINTS, INDEXES)
        for row in opened.execute_sql(query).fetchall()
    ]
    opened.execute_sql("SET search_path = public")
    return {row for row in found if row[0] != NOT_OURS}


def test_the_schema_of_the_server_is_that_of_the_models(db: Database) -> None:
    with database.atomic() as transaction:
        db.execute_sql("CREATE SCHEMA made")
        db.execute_sql("SET search_path = made")
        for statement in statements():
            db.execute_sql(statement)
        made, there = described(db, "made"), described(db, "public")
        transaction.rollback()
    assert {row[0] for row in made} == {table._meta.table_name for table in TABLES}
    assert len(made) > 400
    assert there == made


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET at = 0", "DELETE FROM audit", "TRUNCATE audit"]
)
def test_the_audit_trail_is_kept(db: Database, statement: str) -> None:
    Event.note("held", now(), user=None, address="127.0.0.1")
    with pytest.raises(Exception, match="audit trail"):
        db.execute_sql(statement)
    assert Event.select().count() == 1


def test_keys_and_titles_are_sorted_as_in_the_file_whatever_the_database_does(
    keyring: Keyring, db: Database
) -> None:
    with another("LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'") as address:
        opened = open_server(address, keyring, START)
        assert opened.rows("SELECT 'a' < 'B'", ()) == [(True,)]
        facts = {"application": "sonarr", "url": "demo://", "api_key": "", "created_at": START}
        for name in ("a", "B", "Ä"):
            home = Instance.create(name=name, key=name, **facts)
            wanted(home, sort_title=name)
        assert [row.key for row in Instance.by_name()] == ["B", "a", "Ä"]
        titles = [row.sort_title for row in Item.select().order_by(Item.sort_title)]
        opened.close_all()
    database.initialize(db)
    assert titles == ["B", "a", "Ä"]


def test_a_database_of_a_newer_version_is_refused(keyring: Keyring, db: Database) -> None:
    with another() as address:
        opened = open_server(address, keyring, now())
        newer = "INSERT INTO schema_migration (name, applied) VALUES ('9000_newer', now())"
        opened.execute_sql(newer)
        opened.close_all()
        with pytest.raises(UnusableDatabase, match="A newer version of the program"):
            open_server(address, keyring, now())
    database.initialize(db)


def test_a_database_of_another_encoding_is_refused(keyring: Keyring, db: Database) -> None:
    with (
        another("LOCALE 'C' ENCODING 'SQL_ASCII'") as address,
        pytest.raises(UnusableDatabase, match="UTF8"),
    ):
        open_server(address, keyring, START)
    database.initialize(db)


@pytest.fixture
def many(living_room: Instance, db: Database) -> None:
    """Twenty thousand wanted items."""
    row = wanted(living_room)
    names = [field.column_name for field in Item._meta.sorted_fields if field.name != "id"]
    others = {"arr_id": "1000000 + n", "title": "'Title ' || md5(n::text)"}
    taken = ", ".join(others.get(name, f'"{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    db.execute_sql(
        f"INSERT INTO items ({columns}) SELECT {taken}"
        f" FROM items, generate_series(1, 20000) AS n WHERE items.id = {row.id}"
    )
    db.execute_sql("VACUUM ANALYZE items")


def test_a_batch_is_found_in_order(
    db: Database, many: None, nightly: Queue, living_room: Instance
) -> None:
    """Nothing is sorted, and no more is read than is searched."""
    plan = str(db.plan_of(Batch(nightly, START).query(living_room, "missing")))
    assert "items_due" in plan and "Sort" not in plan


def test_a_text_is_found_by_its_index(db: Database, many: None) -> None:
    plan = db.plan_of(Item.select(Item.id).where(Item.title.contains("c4ca4238a0")))
    assert "items_title_text" in str(plan)


def let_in(address: str, role: str) -> None:
    """It may make tables, and nothing else."""
    with psycopg.connect(address, autocommit=True) as there:
        there.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {role}")


@pytest.fixture
def plain_role(db: Database) -> Iterator[str]:
    db.execute_sql("CREATE ROLE plain LOGIN")
    yield "plain"
    db.execute_sql("DROP ROLE plain")


def test_without_the_extension_texts_are_found_too(
    db: Database, keyring: Keyring, plain_role: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A user who may only make tables may not make an extension."""
    with another() as address, caplog.at_level(logging.WARNING):
        let_in(address, plain_role)
        opened = open_server(re.sub("//[^@]+@", f"//{plain_role}@", address), keyring, START)
        facts = {"application": "sonarr", "url": "demo://", "api_key": "", "created_at": START}
        wanted(Instance.create(name="A", key="a", **facts), title="Low water")
        found = browsing.read(ItemFilter(text="water"), 1, START)
        opened.close_all()
    database.initialize(db)
    assert "pg_trgm cannot be made" in caplog.text
    assert found.total == 1
