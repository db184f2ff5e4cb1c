"""Opens a PostgreSQL server: makes its tables, or brings an earlier schema up to date."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from cryptography.fernet import InvalidToken
from peewee import DatabaseError
from playhouse.migrations import Runner

from models.database import Database, UnusableDatabase, database
from models.database.encryption import Keyring, UnusableSecret
from models.database.locks import Lock
from models.database.server import ServerDatabase
from models.household import Household
from models.opening.schema import MIGRATIONS, refuse_newer

log = logging.getLogger(__name__)

BASELINE = MIGRATIONS / "postgresql" / "baseline.sql"
# The baseline holds the results of these migrations; later ones run on both databases.
LAST_IN_BASELINE = "0025_owners"
TRIGRAMS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS items_title_text ON items USING gin (title gin_trgm_ops)",
    "CREATE INDEX IF NOT EXISTS items_series_text ON items USING gin (series_title gin_trgm_ops)",
)


def open_server(address: str, keyring: Keyring, at: datetime) -> Database:
    """Opens and migrates the server for this thread. Raises UnusableDatabase or UnusableSecret."""
    opened = ServerDatabase(address, keyring)
    opened.open()
    refuse_other_encodings(opened)
    database.initialize(opened)
    opened.wait_for_lock(Lock.MIGRATION)
    try:
        refuse_newer(opened)
        migrate_server(opened)
        Household.found(at)
    except UnusableDatabase:
        opened.close_all()
        raise
    finally:
        if not opened.is_closed():
            opened.unlock(Lock.MIGRATION)
    refuse_other_secret(opened)
    return opened


@contextmanager
def alone(address: str, keyring: Keyring) -> Iterator[ServerDatabase]:
    """The server, while no process of ours uses it, and none may begin to.

    Raises UnusableDatabase.
    """
    opened = ServerDatabase(address, keyring)
    opened.open()
    try:
        if not (opened.try_lock(Lock.SERVING) and opened.try_lock(Lock.MIGRATION)):
            raise UnusableDatabase(
                "The program is running on that database: stop every replica first."
            )
        refuse_other_encodings(opened)
        yield opened
    finally:
        opened.close_all()


def refuse_other_encodings(opened: ServerDatabase) -> None:
    (encoding,) = opened.execute_sql("SHOW server_encoding").fetchone()
    if encoding != "UTF8":
        opened.close_all()
        raise UnusableDatabase(
            f"The database on the server holds texts as {encoding}: make one with ENCODING 'UTF8'."
        )


def migrate_server(opened: ServerDatabase) -> None:
    """Makes the tables, or brings those that are there up to date. Call under `MIGRATION`."""
    runner = Runner(opened, str(MIGRATIONS))
    if not opened.table_exists(Household._meta.table_name):
        with opened.atomic():
            opened.execute_sql(BASELINE.read_text())
            runner.fake(LAST_IN_BASELINE)
        _index_texts(opened)
    if done := runner.up():
        log.info("migrated the database: %s", ", ".join(done))


def _index_texts(opened: ServerDatabase) -> None:
    """Makes indexes that find texts quickly, if the extension may be created."""
    try:
        with opened.atomic():
            for statement in TRIGRAMS:
                opened.execute_sql(statement)
    except DatabaseError as error:
        log.warning("texts are searched without an index: pg_trgm cannot be made (%s)", error)


def refuse_other_secret(opened: ServerDatabase) -> None:
    """Raises UnusableSecret."""
    try:
        Household.current().pepper.reveal()
    except InvalidToken:
        opened.close_all()
        raise UnusableSecret(
            "The database on the server was made with another master secret: "
            "name that one in VQS_SECRET_FILE."
        ) from None
