"""Reads the files of the log from their end, a page of lines at a time."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from models.logs import LEVELS
from models.logs.files import names_of, open_to_read
from models.logs.lines import Line

A_PAGE = 100
# Bytes that are read for one page at most, and at a time.
MOST_READ, CHUNK = 1_000_000, 65_536


class LogPlace(NamedTuple):
    """Where to read on, backwards: `file` is 0 for the newest, `before` counts its bytes."""

    file: int = 0
    before: int | None = None


class Wanted(NamedTuple):
    """What a line must have to be shown: at least this level, this text, this request's id."""

    level: str = "debug"
    text: str = ""
    request: str = ""

    def fits(self, line: Line, raw: str) -> bool:
        if line.level in LEVELS and LEVELS.index(line.level) < LEVELS.index(self.level):
            return False
        if self.request and line.about.get("request") != self.request:
            return False
        return self.text.casefold() in raw.casefold()


class LogPage(NamedTuple):
    """Lines, the newest first; `older` is None where the files end.

    `read` counts the bytes that were looked through. `fault` says why the files cannot be read.
    """

    lines: list[Line]
    older: LogPlace | None
    read: int
    fault: str = ""


class LogPart(NamedTuple):
    """A file that is there, and its bytes."""

    name: str
    size: int


def page(folder: Path, name: str, wanted: Wanted, place: LogPlace) -> LogPage:
    """The lines before `place`: reads at most MOST_READ bytes, however large the files are."""
    found: list[Line] = []
    left = MOST_READ
    names = names_of(name)
    before = place.before
    for number in range(place.file, len(names)):
        try:
            file = open_to_read(folder, names[number])
        except FileNotFoundError:
            break
        except OSError as error:
            return LogPage(found, None, MOST_READ - left, error.strerror or str(error))
        try:
            end = min(_size(file), before) if before is not None else _size(file)
            for start, raw in _backwards(file, end, left):
                line = Line.read(raw)
                if wanted.fits(line, raw):
                    found.append(line)
                if len(found) == A_PAGE or end - start >= left:
                    return LogPage(found, LogPlace(number, start), MOST_READ - left + end - start)
        finally:
            os.close(file)
        left -= min(end, left)
        before = None
    return LogPage(found, None, MOST_READ - left)


def parts(folder: Path, name: str) -> list[LogPart]:
    """The files of this name that can be read, the newest first."""
    found = []
    for each in names_of(name):
        try:
            file = open_to_read(folder, each)
        except OSError:
            continue
        found.append(LogPart(each, _size(file)))
        os.close(file)
    return found


def chunks(file: int, size: int) -> Iterator[bytes]:
    """The first `size` bytes, and closes the file."""
    try:
        while size > 0 and (chunk := os.read(file, min(CHUNK, size))):
            size -= len(chunk)
            yield chunk
    finally:
        os.close(file)


def _backwards(file: int, end: int, most: int) -> Iterator[tuple[int, str]]:
    """Each line before `end`, the last first, with the place of its first byte.

    Where one line is longer than `most`, what was read of it counts as the line.
    """
    start, tail = end, b""
    while start > 0:
        step = min(CHUNK, start)
        start -= step
        pieces = (os.pread(file, step, start) + tail).split(b"\n")
        at = start + sum(len(piece) + 1 for piece in pieces)
        for piece in reversed(pieces[1:]):
            at -= len(piece) + 1
            if piece:
                yield at, piece.decode(errors="replace")
        tail = pieces[0]
        if tail and len(tail) >= most:
            yield start, tail.decode(errors="replace")
            tail = b""
    if tail:
        yield 0, tail.decode(errors="replace")


def _size(file: int) -> int:
    return os.fstat(file).st_size
