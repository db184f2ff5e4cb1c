"""Locks that let only one server use a data folder."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.database.files import open_own


class Unavailable(Exception):
    """The data folder cannot be used; the message is one sentence for the terminal."""


@contextmanager
def only_server(folder: Path) -> Iterator[None]:
    """Holds the data folder for a server, or for a command that needs the server stopped."""
    taken = f"Another server is running on the data folder {folder}: stop it first."
    with _held(folder, "server.lock", fcntl.LOCK_EX, taken):
        yield


@contextmanager
def as_command(folder: Path) -> Iterator[None]:
    """Holds the folder for a short command: beside a server, but not while keys are changed."""
    taken = f"The master secret of the data folder {folder} is being changed; try again."
    with _held(folder, "commands.lock", fcntl.LOCK_SH, taken):
        yield


@contextmanager
def no_commands(folder: Path) -> Iterator[None]:
    """Keeps commands away; what they wrote would be lost with the file that is replaced."""
    taken = f"A command is using the data folder {folder}: wait for its end."
    with _held(folder, "commands.lock", fcntl.LOCK_EX, taken):
        yield


@contextmanager
def _held(folder: Path, name: str, kind: int, taken: str) -> Iterator[None]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.fdopen(open_own(folder / name, os.O_RDWR | os.O_CREAT), "rb")
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unavailable(
                f"{folder / name} is a link, which the program never makes: remove it."
            ) from None
        if error.errno == errno.EROFS:
            raise Unavailable(
                f"The data folder {folder} lies where nothing can be written ({error.strerror}): "
                "name another in VQS_DATA_DIR."
            ) from None
        if not isinstance(error, PermissionError):
            raise Unavailable(
                f"The data folder {folder} cannot be used ({error.strerror}): mend that, or name "
                "another in VQS_DATA_DIR."
            ) from None
        user = os.getuid()
        raise Unavailable(
            f"The data folder {folder} cannot be written to by user {user} ({error.strerror}): "
            f"give it to that user, with chown -R {user}, or name another in VQS_DATA_DIR."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable(taken) from None
        except OSError as error:
            raise Unavailable(
                f"The file system of the data folder {folder} has no locks ({error.strerror}): put "
                "it on a local disk, or into a named volume of the container."
            ) from None
        yield
