"""Backups: encrypted copies of the database file, in a folder beside it.

A file gets the name of a backup only after it was written, read back and found whole; only what a
restore replaced is kept unread.
"""

import re
import stat
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from models.database import database

FOLDER = "backups"
CAUSES = {
    "scheduled": "scheduled",
    "by-hand": "made by hand",
    "before-update": "before an update",
    "before-restore": "before a restore",
}
# The database that a restore replaced: it is kept as it was, which nobody has checked.
FORMER = "before-restore"
NAME = re.compile(
    f"(?P<cause>{'|'.join(CAUSES)})-(?P<moment>[0-9]{{8}}T[0-9]{{6}}[.][0-9]{{3}})Z"
    "-(?P<key_id>[0-9a-f]{8})[.]db"
)
# The same without names for its parts.
SHAPE = re.sub("[?]P<[a-z_]+>", "?:", NAME.pattern)
MOMENT = "%Y%m%dT%H%M%S.%f"
# A clock that was set back makes later backups look like ones of the future.
FUTURE = timedelta(minutes=5)


class Backup(NamedTuple):
    """A backup: why and when it was made, the id of the key that opens it, its size in bytes."""

    path: Path
    cause: str
    made_at: datetime
    key_id: str
    size: int

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def is_verified(self) -> bool:
        return self.cause != FORMER

    @property
    def why(self) -> str:
        return CAUSES[self.cause]


class BackupFolder(NamedTuple):
    """The folder of the backups of one database file."""

    path: Path

    @classmethod
    def beside(cls, file: Path) -> "BackupFolder":
        return cls(file.parent / FOLDER)

    @classmethod
    def current(cls) -> "BackupFolder | None":
        """The folder of the database that is open; None on a server, which has none."""
        return None if database.is_server else cls.beside(Path(database.database))

    def shares_disk(self, file: Path) -> bool:
        """Whether one broken disk can take the backups and the file; True if it is not known."""
        try:
            return self.path.stat().st_dev == file.stat().st_dev
        except OSError:
            return True

    def all(self) -> list[Backup]:
        """The latest first; other files, links and folders are left out."""
        names: list[str] = []
        if not self.path.is_symlink():
            with suppress(OSError):
                names = [each.name for each in self.path.iterdir()]
        found = [backup for name in names if (backup := self.find(name))]
        return sorted(found, key=lambda each: (each.made_at, each.name), reverse=True)

    def find(self, name: str) -> Backup | None:
        """The backup of this name: a plain file that lies in the folder itself, or None."""
        told = NAME.fullmatch(name)
        path = self.path / name
        if told is None or self.path.is_symlink():
            return None
        try:
            made_at = datetime.strptime(told["moment"], MOMENT).replace(tzinfo=UTC)
            about = path.lstat()
        except (OSError, ValueError):
            return None
        is_inside = path.resolve().parent == self.path.resolve()
        if not (is_inside and stat.S_ISREG(about.st_mode)):
            return None
        return Backup(path, told["cause"], made_at, told["key_id"], about.st_size)

    def latest(self, at: datetime) -> Backup | None:
        """The latest one whose moment has come, and which was read back when it was made."""
        known = (each for each in self.all() if each.is_verified)
        return next((each for each in known if each.made_at <= at + FUTURE), None)


def name_of(cause: str, at: datetime, key_id: str) -> str:
    stamp = at.astimezone(UTC).strftime(MOMENT)[:-3]
    return f"{cause}-{stamp}Z-{key_id}.db"
