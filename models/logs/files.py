"""The files of the log: rotated, private, and never a reason to stop."""

import errno
import logging
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

log = logging.getLogger(__name__)

LARGEST = 10_000_000
# The file that is written to and the ones before it.
KEPT = 5
# Seconds between two tries to write again.
AGAIN_AFTER = 5.0
FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe of that name, without a reader, would keep the program waiting.
FILE_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class LogFolder:
    """The folder of the files, and whether they can be written.

    `trouble` says why they cannot, and is "" while they can. `left_out` counts the lines that were
    lost since the trouble began.
    """

    def __init__(self, path: Path, again_after: float = AGAIN_AFTER) -> None:
        self.path, self.again_after = path, again_after
        self.trouble = ""
        self.left_out = 0
        self._again_at = 0.0

    @property
    def is_resting(self) -> bool:
        """Whether it is too early to try again."""
        return bool(self.trouble) and time.monotonic() < self._again_at

    def fail(self, error: OSError) -> None:
        """Counts a line that is lost, and says so once for each trouble."""
        is_new = not self.trouble
        self._again_at = time.monotonic() + self.again_after
        self.trouble = os.strerror(error.errno) if error.errno else str(error)
        if is_new:
            log.error(
                "the log files in %s cannot be written (%s): their lines are left out, and it is "
                "tried again every %d seconds",
                self.path,
                self.trouble,
                self.again_after,
            )
            # The files lack this line too, but it is said elsewhere.
            self.left_out = 0
        self.left_out += 1

    def recover(self) -> None:
        """Says how many lines are missing, once one was written again."""
        left_out, trouble = self.left_out, self.trouble
        self.left_out, self.trouble = 0, ""
        log.warning("the log files are written again; %d lines are missing: %s", left_out, trouble)

    @contextmanager
    def opened(self) -> Iterator[int]:
        """A descriptor of the folder, which is made if it is missing; no link is followed."""
        with suppress(FileExistsError):
            self.path.mkdir(mode=0o700, parents=True)
        folder = os.open(self.path, FOLDER_FLAGS)
        try:
            yield folder
        finally:
            os.close(folder)


class LogFile:
    """One file of the log, as the stream of a handler: neither `write` nor `flush` raises OSError.

    `name` is the newest file, `name.1` the one before.
    """

    def __init__(self, folder: LogFolder, name: str, largest: int = LARGEST) -> None:
        self.folder, self.name, self.largest = folder, name, largest
        self._file: int | None = None
        self._size = 0

    def write(self, text: str) -> None:
        if self.folder.is_resting:
            self.folder.left_out += 1
            return
        try:
            self._put(text.encode(errors="backslashreplace"))
        except OSError as error:
            self.close()
            self.folder.fail(error)
            return
        if self.folder.trouble:
            self.folder.recover()

    def flush(self) -> None:
        """Does nothing: no line waits in a buffer."""

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _put(self, line: bytes) -> None:
        if self._file is None:
            self._open()
        if self._size and self._size + len(line) > self.largest:
            self.close()
            self._move_on()
            self._open()
        assert self._file is not None
        written = os.write(self._file, line)
        if written < len(line):
            os.ftruncate(self._file, self._size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._size += written

    def _open(self) -> None:
        with self.folder.opened() as folder:
            self._file = os.open(self.name, FILE_FLAGS, 0o600, dir_fd=folder)
        found = os.fstat(self._file)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(f"{self.name} is not a file")
        if found.st_mode & 0o077:
            os.fchmod(self._file, 0o600)
        self._size = found.st_size

    def _move_on(self) -> None:
        """Numbers the files anew; the oldest is lost."""
        names = names_of(self.name)
        with self.folder.opened() as folder:
            for newer, older in zip(names[-2::-1], names[:0:-1], strict=True):
                with suppress(FileNotFoundError):
                    os.replace(newer, older, src_dir_fd=folder, dst_dir_fd=folder)


def names_of(name: str) -> list[str]:
    """The names of a file and of those before it, the newest first."""
    return [name, *(f"{name}.{number}" for number in range(1, KEPT))]


def open_to_read(folder: Path, name: str) -> int:
    """Opens a file of the log. Raises OSError where it is missing, a link or not a file."""
    parent = os.open(folder, FOLDER_FLAGS)
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        found = os.open(name, flags, dir_fd=parent)
    finally:
        os.close(parent)
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise OSError(f"{name} is not a file")
    return found
