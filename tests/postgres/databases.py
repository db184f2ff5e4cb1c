"""The database of each test process on a PostgreSQL server, as good as new for each test."""

import os
from functools import cache

from models.database import Database
from models.database.encryption import Keyring
from models.database.fields import now
from models.household import Household
from models.late import late
from models.opening.schema import TABLES

# The server's address without the name of a database; empty where tests run on the file.
SERVER = os.environ.get("VQS_TEST_POSTGRES", "")
COLUMNS = """
    SELECT md5(string_agg(concat(table_name, column_name, data_type, is_nullable), ','
        ORDER BY table_name, column_name))
    FROM information_schema.columns WHERE table_schema = 'public'
"""


def name_of_database() -> str:
    return f"vqs_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def address_of(server: str, name: str = "") -> str:
    return f"{server.rstrip('/')}/{name or name_of_database()}"


def emptied(server: str, keyring: Keyring) -> Database:
    """A test may have changed tables: then they are made anew, else only the rows go."""
    made = _made(server, keyring.derive("name").hex())
    opened = late("models.opening.servers").open_server(address_of(server), keyring, now())
    if opened.execute_sql(COLUMNS).fetchone()[0] != made:
        opened.close_all()
        _made.cache_clear()
        return emptied(server, keyring)
    names = [table._meta.table_name for table in TABLES]
    rows = "".join(f'DELETE FROM "{name}";' for name in names)
    opened.execute_sql(
        f"SET session_replication_role = replica; {rows}"
        "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S';"
        "SET session_replication_role = origin"
    )
    Household.found(now())
    return opened


@cache
def _made(server: str, key: str) -> str:
    """Makes the database anew; what its columns are."""
    psycopg = late("psycopg")
    with psycopg.connect(address_of(server, "postgres"), autocommit=True) as there:
        name = name_of_database()
        there.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        there.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 LOCALE 'C.UTF-8'")
    keyring = Keyring(b"an example of 32 bytes for tests")
    opened = late("models.opening.servers").open_server(address_of(server), keyring, now())
    columns: str = opened.execute_sql(COLUMNS).fetchone()[0]
    opened.close_all()
    return columns
