"""The latest copy of the database that the program made by itself."""

from datetime import UTC, datetime, timedelta

from models.environment import Environment
from models.parts import PartState

NAME = "Backup"
OLD_AFTER = timedelta(days=2)


def latest_backup(options: Environment) -> datetime | None:
    """When the newest copy in the folder of backups was written; None where there is none."""
    folder = options.data_dir / "backups"
    try:
        times = [path.stat().st_mtime for path in folder.glob("*.db")]
    except OSError:
        return None
    return datetime.fromtimestamp(max(times), UTC) if times else None


def backup(options: Environment, at: datetime) -> PartState:
    """Whether there is a fresh copy."""
    if options.database_url_file is not None:
        return PartState(
            NAME, "off", "The PostgreSQL server is backed up by its own means (pg_dump)."
        )
    made_at = latest_backup(options)
    if made_at is None:
        return PartState(NAME, "warning", "The program has made none yet.", "Make one of your own.")
    if made_at < at - OLD_AFTER:
        return PartState(NAME, "warning", "The latest one is old.", "Make a new one.", made_at)
    return PartState(NAME, "well", "The latest one is fresh.", checked_at=made_at)
