"""Changes the master secret of a database on a server: all that is sealed, in one transaction.

A crash before its end leaves the old secret in use, a crash after it the new one, which the next
start or command puts into its place.
"""

from pathlib import Path

from cryptography.fernet import InvalidToken
from peewee import DatabaseError

from models import happenings
from models.database import database
from models.database.encryption import Keyring, load, new_secret, write_secret
from models.database.fields import now
from models.database.server import ServerDatabase
from models.household import Household
from models.opening.rotation import CannotRotate, coming_of, kept_of, reseal
from models.opening.schema import TABLES, is_behind
from models.opening.servers import alone


def rotate(address: str, secret: Path) -> Path:
    """Makes a new secret and keeps the old one beside it; returns the old one's path.

    Raises CannotRotate, UnusableSecret or UnusableDatabase.
    """
    finish(address, secret)
    old, _ = load(secret)
    coming, kept = coming_of(secret), kept_of(secret, old.id)
    try:
        with alone(address, old) as opened:
            write_secret(coming, new_secret())
            new, _ = load(coming)
            write_secret(kept, secret.read_text().strip())
            _reseal_all(opened, new, old)
        coming.replace(secret)
    except CannotRotate:
        coming.unlink()
        raise
    except OSError as error:
        raise CannotRotate(
            f"The master secret {secret} cannot be replaced ({error.strerror}): hand the new one "
            "in by VQS_SECRET_FILE and the old one by VQS_SECRET_PREVIOUS_FILE, and try again."
        ) from None
    return kept


def take_over(address: str, new: Keyring, old: Keyring) -> None:
    """Seals everything anew. Raises CannotRotate or UnusableDatabase, and nothing is changed."""
    with alone(address, old) as opened:
        _reseal_all(opened, new, old)


def _reseal_all(opened: ServerDatabase, new: Keyring, old: Keyring) -> None:
    if not opened.table_exists(Household._meta.table_name) or is_behind(opened):
        raise CannotRotate("Start the program once, so that the database is up to date.")
    database.initialize(opened)
    with opened.durable():
        for table in TABLES:
            reseal(opened, table, old, new)
        happenings.note("secret-changed", now(), {"address": ""})


def finish(address: str, secret: Path) -> None:
    """Finishes a `rotate` that was cut short. Raises UnusableSecret or UnusableDatabase."""
    coming = coming_of(secret)
    if not coming.exists():
        return
    new, _ = load(coming)
    with alone(address, new) as opened:
        try:
            query = "SELECT pepper FROM settings"
            for (token,) in opened.rows(query, ()):
                new.fernet("pepper").decrypt(token.encode())
            coming.replace(secret)
        except (DatabaseError, InvalidToken):
            coming.unlink()
