"""Whether there is a fresh backup, wherever the database is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from models.backups import FUTURE, Backup, BackupFolder
from models.household import Household

# One missed day is no reason to worry: the machine was off.
OLD_AFTER = {"daily": timedelta(hours=50), "weekly": timedelta(days=9)}


class BackupStanding(NamedTuple):
    """The latest backup.

    `latest` is its file; None on a server, whose backups only leave a note.
    `made_at` is None where no backup is known.
    """

    latest: Backup | None
    made_at: datetime | None
    is_old: bool

    @classmethod
    def at(cls, at: datetime, household: Household, note: Path | None) -> "BackupStanding":
        """`note` is the file that whatever runs pg_dump touches after each backup."""
        folder = BackupFolder.current()
        latest = folder.latest(at) if folder else None
        made_at = latest.made_at if latest else None
        if folder is None:
            made_at = _touched(note, at)
        oldest = at - OLD_AFTER[household.backup_rhythm]
        return cls(latest, made_at, made_at is None or made_at < oldest)


def _touched(note: Path | None, at: datetime) -> datetime | None:
    """When the file was changed last; None where there is no such file, or it is of the future."""
    try:
        touched = None if note is None else datetime.fromtimestamp(note.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None
    return touched if touched is None or touched <= at + FUTURE else None
