"""The log of this process: on its standard error, and in three files."""

import logging
import os
import platform
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from models.logs.files import LogFile, LogFolder
from models.logs.lines import LineFormatter

log = logging.getLogger("vqs")

LEVELS = ("debug", "info", "warning", "error", "critical")
ALL, ERRORS, DEBUG = "all.log", "errors.log", "debug.log"
FILES = (ALL, ERRORS, DEBUG)
NOTHING = logging.CRITICAL + 10
LOCK = threading.RLock()
# They tell every step, every header, or every statement with its values.
TALKATIVE = ("apscheduler", "hpack", "httpcore", "httpx", "peewee", "python_multipart")


class Terminal:
    """The standard error as the stream of a handler: it may be closed, or its disk full."""

    def __init__(self) -> None:
        self.left_out = 0

    def write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
        except (OSError, ValueError):
            self.left_out += 1

    def flush(self) -> None:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            self.left_out += 1


class LineHandler(logging.StreamHandler[Any]):
    """Writes to a stream; a line that cannot be put together is left out, and said to be.

    All of them share one lock, as a file that fails says so through the others.
    """

    def createLock(self) -> None:
        self.lock = LOCK

    def handleError(self, record: logging.LogRecord) -> None:
        said = f"a line of {record.name} could not be put together, line {record.lineno}"
        record.msg, record.args, record.exc_info = said, None, None
        self.stream.write(self.format(record) + self.terminator)


class Log:
    """How much of it is written where.

    `terminal` gets what is at least of the level, as does `all.log`, but for lines of level debug.
    `debug.log` has everything while the level is debug; `errors.log` has errors at every level.
    """

    def __init__(self) -> None:
        self.level = "info"
        self.folder: LogFolder | None = None
        self.terminal = Terminal()
        self._formatter = LineFormatter("text")
        self._handlers: dict[str, LineHandler] = {}

    def begin(self, *, style: str, level: str) -> None:
        """Logs to the standard error from now on, also an error that ends the program."""
        self._formatter = LineFormatter(style)
        self._add("terminal", self.terminal)
        logging.captureWarnings(True)
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        sys.excepthook = lambda *error: log.critical("the program ends", exc_info=error)
        self._choose(level)

    def keep_in(self, path: Path) -> None:
        """Writes the files too. Where they cannot be written, it goes on without them."""
        self.folder = LogFolder(path)
        for name in FILES:
            self._add(name, LogFile(self.folder, name))
        self._choose(self.level)

    def choose(self, level: str) -> None:
        """Changes the level."""
        if level != self.level and level in LEVELS:
            self._choose(level)
            log.warning("the level of the log is %s now", level)

    def end(self) -> None:
        """Takes its handlers away again."""
        for handler in self._handlers.values():
            logging.getLogger().removeHandler(handler)
            if isinstance(handler.stream, LogFile):
                handler.stream.close()
        self._handlers.clear()
        self.folder = None

    @property
    def place(self) -> str:
        """The process, among several on one database."""
        return f"{platform.node() or 'this machine'}, process {os.getpid()}"

    def _add(self, name: str, stream: Terminal | LogFile) -> None:
        handler = self._handlers[name] = LineHandler(stream)
        handler.setFormatter(self._formatter)
        logging.getLogger().addHandler(handler)

    def _choose(self, level: str) -> None:
        self.level = level
        number = logging.getLevelName(level.upper())
        levels = {
            "terminal": number,
            ALL: max(number, logging.INFO),
            ERRORS: logging.ERROR,
            DEBUG: logging.DEBUG if level == "debug" else NOTHING,
        }
        for name, handler in self._handlers.items():
            handler.setLevel(levels[name])
        logging.getLogger().setLevel(min(number, logging.ERROR))


LOG = Log()


def levels() -> Iterable[tuple[str, str]]:
    """Values and labels for a form."""
    return [(level, level.capitalize()) for level in LEVELS]
