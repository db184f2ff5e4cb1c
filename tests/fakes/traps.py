"""Troubles of the database that a test makes, in the words of the database that is used."""

from collections.abc import Iterator
from contextlib import contextmanager

from models.database import database

NAME = "trap"


def trap(event: str, table: str, *, when: str = "TRUE", cry: str = "a bug") -> None:
    """Makes each INSERT or UPDATE in the table fail for rows where `when` is true."""
    head = f"CREATE TRIGGER {NAME} BEFORE {event} ON {table}"
    if not database.is_server:
        database.execute_sql(f"{head} WHEN {when} BEGIN SELECT RAISE(ABORT, '{cry}'); END")
        return
    database.execute_sql(
        f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN RAISE EXCEPTION '{cry}'; END $$"
    )
    database.execute_sql(f"{head} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {NAME}()")


def lift(table: str) -> None:
    """The trap in this table is gone."""
    database.execute_sql(f"DROP TRIGGER {NAME}" + f" ON {table}" * database.is_server)


def refuse_writes(*, refused: bool = True) -> None:
    """Makes writes of this thread fail as on a full disk, or work again."""
    setting = "SET default_transaction_read_only" if database.is_server else "PRAGMA query_only"
    database.execute_sql(f"{setting} = {'on' if refused else 'off'}")


@contextmanager
def unwritable() -> Iterator[None]:
    refuse_writes()
    try:
        yield
    finally:
        refuse_writes(refused=False)


@contextmanager
def unlinked() -> Iterator[None]:
    """What this thread writes may point to rows that are not there."""
    setting, off, on = (
        ("SET session_replication_role", "replica", "origin")
        if database.is_server
        else ("PRAGMA foreign_keys", "OFF", "ON")
    )
    database.execute_sql(f"{setting} = {off}")
    yield
    database.execute_sql(f"{setting} = {on}")
