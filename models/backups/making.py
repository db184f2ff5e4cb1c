"""Makes a backup while the program goes on: written, read back, and only then given its name."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from peewee import DatabaseError

from models.backups import Backup, BackupFolder, name_of
from models.backups.reading import Unsound, count, never, read
from models.database.embedded import EmbeddedDatabase
from models.database.files import flush, make_own, remove_database

MEGABYTE = 1_000_000
# What has to stay free on the disk, for the program itself.
SPARE = 50 * MEGABYTE
DRAFT = ".coming"
STOPPED = "The backup was stopped."
KEPT_OF_EACH = 5
# Rows that may come or go between two countings while the program works.
FEW, SHARE = 1000, 0.02


class BackupFailed(Exception):
    """No backup was made; the message is a sentence that says why."""


def make(
    opened: EmbeddedDatabase,
    cause: str,
    at: datetime,
    is_to_stop: Callable[[], bool] = never,
) -> Backup | None:
    """Makes a backup over the calling thread's connection; None when `is_to_stop` ended it.

    Raises BackupFailed, and leaves nothing behind.
    """
    try:
        return _make(opened, cause, at, is_to_stop)
    except BackupFailed:
        if is_to_stop():
            return None
        raise


def _make(
    opened: EmbeddedDatabase, cause: str, at: datetime, is_to_stop: Callable[[], bool]
) -> Backup:
    file = Path(opened.database)
    folder = BackupFolder.beside(file)
    try:
        prepare(folder.path)
        refuse_without_room(folder.path, file.stat().st_size)
        draft, target = _claim(folder.path, cause, at, opened.keyring.id)
        try:
            _write(opened, draft, is_to_stop)
            draft.rename(target)
            flush(folder.path)
        finally:
            with suppress(OSError):
                remove_database(draft)
    except OSError as error:
        raise BackupFailed(f"The backup could not be written: {error.strerror}.") from None
    except DatabaseError as error:
        raise BackupFailed(f"The backup could not be written: {error}.") from None
    made = folder.find(target.name)
    assert made is not None
    return made


def prepare(folder: Path) -> None:
    """Makes the folder. Raises BackupFailed where a link is in its place."""
    if folder.is_symlink():
        raise BackupFailed(
            f"{folder} is a link, which the program never makes: mount a disk there instead."
        )
    folder.mkdir(mode=0o700, exist_ok=True)


def refuse_without_room(folder: Path, needed: int) -> None:
    """Raises BackupFailed where the disk has less room than `needed` bytes and some to spare."""
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise BackupFailed(
            f"The disk has {free / MEGABYTE:,.0f} MB free, and "
            f"{(needed + SPARE) / MEGABYTE:,.0f} MB are needed: make room on it."
        )


def thin_out(folder: BackupFolder, cause: str) -> None:
    """Removes the oldest backups of this cause, so that only a few stay."""
    for old in [each for each in folder.all() if each.cause == cause][KEPT_OF_EACH:]:
        old.path.unlink(missing_ok=True)


def clear_drafts(folder: Path) -> None:
    """Removes what killed processes left half written. Call while nobody makes a backup."""
    if not folder.is_symlink():
        for draft in folder.glob(f"*.db{DRAFT}"):
            remove_database(draft)


def _claim(folder: Path, cause: str, at: datetime, key_id: str) -> tuple[Path, Path]:
    """A draft that is ours alone, and the free name that it will get."""
    while True:
        target = folder / name_of(cause, at, key_id)
        draft = folder / f"{target.name}{DRAFT}"
        with suppress(FileExistsError):
            os.close(make_own(draft))
            if not target.exists():
                return draft, target
            draft.unlink()
        at += timedelta(milliseconds=1)


def _write(opened: EmbeddedDatabase, draft: Path, is_to_stop: Callable[[], bool]) -> None:
    before, seen = count(opened.connection()), _changes(opened)
    opened.back_up(draft, is_to_stop)
    flush(draft)
    after, is_still = count(opened.connection()), _changes(opened) == seen
    try:
        if is_to_stop():
            raise BackupFailed(STOPPED)
        written = read(draft, opened.keyring, is_to_stop).rows
    except Unsound as error:
        raise BackupFailed(
            f"The backup does not read back as it was written. {error} Check the disk."
        ) from None
    if wrong := [name for name in after if not _fits(name, written, before, after, is_still)]:
        raise BackupFailed(f"The backup lacks rows of {', '.join(wrong)}. Check the disk.")


def _changes(opened: EmbeddedDatabase) -> int:
    """A number that is another one after somebody else has written."""
    return int(opened.execute_sql("PRAGMA data_version").fetchone()[0])


def _fits(
    name: str,
    written: dict[str, int],
    before: dict[str, int],
    after: dict[str, int],
    is_still: bool,
) -> bool:
    """Whether the copy has as many rows; of a table that changed meanwhile, about as many."""
    if name not in written or name not in before:
        return False
    least, most = sorted((before[name], after[name]))
    around = 0 if is_still else max(FEW, round(most * SHARE))
    return least - around <= written[name] <= most + around
