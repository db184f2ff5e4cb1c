"""One server on a data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Unavailable(Exception):
    """The data folder cannot be had; the message is one sentence for the terminal."""


@contextmanager
def only_server(folder: Path) -> Iterator[None]:
    """Holds the data folder for one process."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "server.lock").open("w")
    except OSError as error:
        user = os.getuid()
        raise Unavailable(
            f"The data folder {folder} cannot be written to by user {user} ({error.strerror}): "
            f"give it to that user, with chown -R {user}, or name another in VQS_DATA_DIR."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Unavailable(f"Another server is running on the data folder {folder}.") from None
        yield
