"""Our own files are opened as they are: no link is followed, and nothing is emptied."""

import os
from pathlib import Path


def open_own(path: Path, flags: int) -> int:
    """A descriptor, closed in children; what is made is readable by its owner alone.

    Raises OSError (ELOOP) for a link: it could lead out of the data folder, to the master secret.
    """
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def make_own(path: Path) -> int:
    """A descriptor of a file that nobody can have put there before."""
    return open_own(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)


def touch_own(path: Path) -> None:
    os.close(open_own(path, os.O_WRONLY | os.O_CREAT))
