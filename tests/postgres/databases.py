"""The database of each test process on a PostgreSQL server, as good as new for each test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from models.database import Database, database
from models.database.encryption import Keyring
from models.database.fields import now
from models.household import Household
from models.late import late
from models.opening.schema import TABLES
from tests.fakes import traps

# The server's address without the name of a database; empty where tests run on the file.
SERVER = os.environ.get("VQS_TEST_POSTGRES", "")
# One text for all tables, columns, indexes and triggers there are.
SCHEMA = """
    SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
        SELECT concat_ws(' ', relname, attname, atttypid, attnotnull) AS line
        FROM pg_class LEFT JOIN pg_attribute
            ON attrelid = pg_class.oid AND attnum > 0 AND relkind = 'r'
        WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
    ) AS lines
"""


def name_of_database() -> str:
    return f"vqs_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def address_of(server: str, name: str = "") -> str:
    return f"{server.rstrip('/')}/{name or name_of_database()}"


def emptied(server: str, keyring: Keyring) -> Database:
    """A test may have changed tables: then they are made anew, else only the rows go."""
    made = _made(server)
    keeper = _keeper(server)
    keeper.execute(f"DROP FUNCTION IF EXISTS {traps.NAME} CASCADE")
    if keeper.execute(SCHEMA).fetchone()[0] != made:
        keeper.close()
        _keeper.cache_clear()
        _made.cache_clear()
        return emptied(server, keyring)
    names = [table._meta.table_name for table in TABLES]
    rows = "".join(f'DELETE FROM "{name}";' for name in names)
    keeper.execute(
        f"SET session_replication_role = replica; {rows}"
        "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S';"
        "SET session_replication_role = origin"
    )
    opened: Database = late("models.database.server").ServerDatabase(address_of(server), keyring)
    opened.open()
    database.initialize(opened)
    Household.found(now())
    return opened


@cache
def _keeper(server: str) -> Any:
    """A connection that empties the database between tests: each new one learns tables anew."""
    return late("psycopg").connect(address_of(server), autocommit=True)


def make(server: str, name: str, options: str = "LOCALE 'C.UTF-8'") -> None:
    """An empty database; one of that name goes before."""
    with late("psycopg").connect(address_of(server, "postgres"), autocommit=True) as there:
        there.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        there.execute(f'CREATE DATABASE "{name}" TEMPLATE template0 {options}')


@contextmanager
def another(options: str = "LOCALE 'C.UTF-8'") -> Iterator[str]:
    """The address of an empty database beside that of the test; it goes afterwards."""
    name = f"{name_of_database()}_other"
    make(SERVER, name, options)
    yield address_of(SERVER, name)
    with late("psycopg").connect(address_of(SERVER, "postgres"), autocommit=True) as there:
        there.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@cache
def _made(server: str) -> str:
    """Makes the database anew; what its schema is."""
    make(server, name_of_database())
    keyring = Keyring(b"an example of 32 bytes for tests")
    opened = late("models.opening.servers").open_server(address_of(server), keyring, now())
    made: str = opened.execute_sql(SCHEMA).fetchone()[0]
    opened.close_all()
    return made
