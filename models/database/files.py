"""Opens, flushes and removes our own files, and follows no links."""

import os
from contextlib import suppress
from pathlib import Path


def open_own(path: Path, flags: int) -> int:
    """Opens a descriptor that child processes do not inherit; a new file is mode 0600.

    Raises OSError (ELOOP) for a link: it could lead out of the data folder, to the master secret.
    """
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def make_own(path: Path) -> int:
    """Creates a file and opens it. Raises FileExistsError if anything has that name already."""
    return open_own(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)


def touch_own(path: Path) -> None:
    os.close(open_own(path, os.O_WRONLY | os.O_CREAT))


def flush(path: Path) -> None:
    """Waits until the file, or the names in the folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_database(path: Path) -> None:
    """Removes a database file with what SQLite keeps beside it, if it is there."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).unlink()
