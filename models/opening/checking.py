"""Checks a backup before it may take the place of the database."""

from pathlib import Path
from typing import NamedTuple

from playhouse.migrations import Migration

from models.backups import Backup
from models.backups.reading import Contents, Unsound, read
from models.database.encryption import Keyring, UnusableSecret, load
from models.household import Household
from models.opening.rotation import kept_of
from models.opening.schema import MIGRATIONS

GIGABYTE = 2**30
LARGEST = 16 * GIGABYTE


class UnfitBackup(Exception):
    """The backup cannot be restored; the message is a sentence that says why."""


class Secrets(NamedTuple):
    """The master secret in use, where it lies, and the previous one where it is named."""

    path: Path
    keyring: Keyring
    previous: Path | None = None

    def opening(self, key_id: str) -> Keyring:
        """The keyring of this id. Raises UnfitBackup, which says where its secret is looked for."""
        if self.keyring.id == key_id:
            return self.keyring
        kept = kept_of(self.path, key_id)
        for path in filter(None, (kept, self.previous)):
            try:
                found, _ = load(path)
            except UnusableSecret:
                continue
            if found.id == key_id:
                return found
        raise UnfitBackup(
            f"It was encrypted with another master secret, whose key has the id {key_id}: put that "
            f"secret into {kept}, readable by its owner only."
        )


def check(backup: Backup, secrets: Secrets) -> Contents:
    """What it holds, once it is sure that it can be restored. Raises UnfitBackup.

    It reads the whole file: call it on a thread of its own.
    """
    refuse_at_sight(backup)
    try:
        found = read(backup.path, secrets.opening(backup.key_id))
    except Unsound as error:
        raise UnfitBackup(str(error)) from None
    refuse_other_schema(found)
    return found


def refuse_at_sight(backup: Backup) -> None:
    if not 0 < backup.size <= LARGEST:
        raise UnfitBackup(
            f"It holds {backup.size:,} bytes; between one and {LARGEST // GIGABYTE} GB "
            "can be restored."
        )


def refuse_other_schema(found: Contents) -> None:
    known = {each.name for each in Migration.load_directory(str(MIGRATIONS))}
    if newer := sorted(found.migrations - known):
        raise UnfitBackup(
            f"A newer version of the program made it (it knows {newer[-1]}): update first."
        )
    if not found.migrations or Household._meta.table_name not in found.rows:
        raise UnfitBackup("It is no database of this program.")
