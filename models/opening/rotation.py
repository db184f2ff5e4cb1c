"""Changes the master secret: a copy of the database under new keys replaces the old one.

One rename makes the change. A crash before it leaves the old database and secret, a crash after
it the new ones; each pair opens.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import InvalidToken
from peewee import Model

from models.database import Database, UnusableDatabase
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring, UnusableSecret, load, new_secret, write_secret
from models.database.fields import SealedField
from models.database.files import flush, make_own, remove_database

Tables = tuple[type[Model], ...]
SOUND = [("ok",)]


class CannotRotate(Exception):
    """The secret cannot be changed, and nothing was; the message is a sentence for the terminal."""


def rotate(database: Path, secret: Path, tables: Tables) -> Path:
    """Makes a new secret and keeps the old one beside it; returns the old one's path.

    Call only while no server runs. Raises CannotRotate, UnusableSecret or UnusableDatabase.
    """
    finish(database, secret)
    old, _ = load(secret)
    coming, kept = coming_of(secret), kept_of(secret, old.id)
    try:
        write_secret(coming, new_secret())
        new, _ = load(coming)
        write_secret(kept, secret.read_text().strip())
        _turn(database, old, new, tables)
        coming.replace(secret)
    except OSError as error:
        raise CannotRotate(
            f"The master secret {secret} cannot be replaced ({error.strerror}): hand the new one "
            "in by VQS_SECRET_FILE and the old one by VQS_SECRET_PREVIOUS_FILE."
        ) from None
    return kept


def take_over(database: Path, new: Keyring, previous: Keyring, tables: Tables) -> bool:
    """Moves the database from the previous secret to the new one; False if it was moved already.

    Raises UnusableDatabase if neither opens it, or CannotRotate.
    """
    if not database.exists() or _opens(database, new):
        return False
    if not _opens(database, previous):
        raise UnusableDatabase(
            f"The database {database} was encrypted neither with this master secret "
            "nor with the previous one."
        )
    _turn(database, previous, new, tables)
    return True


def finish(database: Path, secret: Path) -> bool:
    """Finishes a `rotate` that was cut short; returns whether the new secret is in use.

    Raises UnusableSecret.
    """
    coming = coming_of(secret)
    if not coming.exists():
        return False
    new, _ = load(coming)
    done = database.exists() and _opens(database, new)
    try:
        if done:
            coming.replace(secret)
        else:
            coming.unlink()
    except OSError as error:
        raise UnusableSecret(
            f"A change of the master secret was cut short, and {coming} cannot be "
            f"{'put in its place' if done else 'removed'}: {error.strerror}."
        ) from None
    return done


def coming_of(secret: Path) -> Path:
    return secret.with_name(f"{secret.name}.coming")


def kept_of(secret: Path, key_id: str) -> Path:
    """The path of the old secret, which still opens old backups; it is named after its key."""
    return secret.with_name(f"{secret.name}.before-{key_id}")


def _turn(database: Path, old: Keyring, new: Keyring, tables: Tables) -> None:
    draft = database.with_name(f"{database.name}.coming")
    remove_database(draft)
    try:
        _copy(database, draft, old, new)
        with _opened(draft, new) as copy:
            for table in tables:
                reseal(copy, table, old, new)
            _check(copy)
        flush(draft)
        draft.replace(database)
        flush(database.parent)
    finally:
        remove_database(draft)


def _copy(source: Path, target: Path, old: Keyring, new: Keyring) -> None:
    """Copies the database; the source is closed, so its -wal is not taken for the copy's."""
    os.close(make_own(target))
    with _opened(source, old) as opened:
        key = f"x'{new.database_key.hex()}'"
        opened.execute_sql("ATTACH ? AS coming KEY ?", (str(target), key))
        opened.execute_sql("SELECT sqlcipher_export('coming')")
        version = opened.execute_sql("PRAGMA user_version").fetchone()[0]
        opened.execute_sql(f"PRAGMA coming.user_version = {int(version)}")
        opened.execute_sql("DETACH coming")
        busy, *_ = opened.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise CannotRotate(f"Something else has the database {source} open: stop it first.")


def reseal(copy: Database, table: type[Model], old: Keyring, new: Keyring) -> None:
    """Seals the table's secrets anew; columns that an older schema lacks are left to migrations."""
    name = table._meta.table_name
    there = {column.name for column in copy.get_columns(name)} if copy.table_exists(name) else set()
    for field in table._meta.sorted_fields:
        if isinstance(field, SealedField) and field.column_name in there:
            _reseal_column(copy, name, field, old, new)


def _reseal_column(
    copy: Database, table: str, field: SealedField, old: Keyring, new: Keyring
) -> None:
    column = field.column_name
    rows = copy.rows(
        f'SELECT id, "{column}" FROM "{table}" '  # noqa: S608  # nosec B608 # our own names
        f'WHERE "{column}" IS NOT NULL',
        (),
    )
    sealed = []
    for row_id, token in rows:
        try:
            text = old.fernet(field.purpose).decrypt(token.encode())
        except InvalidToken:
            raise CannotRotate(
                f"A value in {table}.{column} cannot be opened with the old master secret."
            ) from None
        sealed.append((new.fernet(field.purpose).encrypt(text).decode(), row_id))
    update = f'UPDATE "{table}" SET "{column}" = ? WHERE id = ?'  # noqa: S608  # nosec B608 # our own names
    copy.many(update, sealed)


def _check(copy: EmbeddedDatabase) -> None:
    faults = copy.execute_sql("PRAGMA cipher_integrity_check").fetchall()
    if faults or copy.execute_sql("PRAGMA quick_check").fetchall() != SOUND:
        raise CannotRotate("The copy under the new master secret is not sound, so the old stays.")


@contextmanager
def _opened(path: Path, keyring: Keyring) -> Iterator[EmbeddedDatabase]:
    opened = EmbeddedDatabase(path, keyring)
    opened.open()
    try:
        yield opened
    finally:
        opened.close_all()


def _opens(path: Path, keyring: Keyring) -> bool:
    try:
        with _opened(path, keyring):
            return True
    except UnusableDatabase:
        return False
