"""Whether there is a fresh backup, as a part of the program."""

from datetime import datetime

from models.backups.standing import BackupStanding
from models.environment import Environment
from models.household import Household
from models.parts import PartState

NAME, PAGE = "Backup", "/backups"
UNNOTED = "No backup of the PostgreSQL server was noted."
HOW = "Run pg_dump every night, and name the file that it touches in VQS_BACKUP_NOTE_FILE."


def latest_backup(options: Environment, at: datetime) -> datetime | None:
    """When the latest backup was made; None where none is known. The database is open."""
    return _standing(options, at).made_at


def backup(options: Environment, at: datetime) -> PartState:
    """Whether there is a fresh one. The database is open."""
    found = _standing(options, at)
    if found.made_at is None and options.database_url_file is not None:
        return PartState(NAME, "warning", UNNOTED, HOW, href=PAGE)
    if found.made_at is None:
        said = "The program has made none yet."
        return PartState(NAME, "warning", said, "Make one now.", href=PAGE)
    if found.is_old:
        said = "The latest one is old."
        return PartState(NAME, "warning", said, "Make a new one.", found.made_at, PAGE)
    return PartState(NAME, "well", "The latest one is fresh.", "", found.made_at, PAGE)


def _standing(options: Environment, at: datetime) -> BackupStanding:
    return BackupStanding.at(at, Household.current(), options.backup_note_file)
