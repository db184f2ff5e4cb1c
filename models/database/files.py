"""Opens our own files without following links or emptying anything."""

import os
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
