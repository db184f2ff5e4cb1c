"""Lines of the log: one for each event, redacted, and without a control character."""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from models.environment.redaction import redacted
from models.logs.about import fields

# Characters of a message and of a traceback, whose end says what happened.
LONGEST_MESSAGE, LONGEST_ERROR = 4_000, 12_000
CUT = "[...]"
PLAIN_WORD = re.compile(r"[A-Za-z0-9_.:/+-]+")
NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}
PAIR = re.compile(r'(\w{1,20})=("(?:[^"\\]|\\.)*+"|[^\s"]*+)')
ESCAPE = re.compile(r'\\([nrt"\\])')
MEANT = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
OURS = ("time", "level", "logger", "message", "error")


class LineFormatter(logging.Formatter):
    """Writes `name=value` pairs, or JSON where `style` is "json".

    Redaction comes first, on the text as it was, and escaping after it. The fields of the context
    are our own words and numbers. The line is kept on the record, for the next handler.
    """

    def __init__(self, style: str) -> None:
        super().__init__()
        self._written = _as_json if style == "json" else _as_pairs

    def format(self, record: logging.LogRecord) -> str:
        line: str | None = record.__dict__.get("line")
        if line is None:
            line = record.__dict__["line"] = self._written(self._parts(record))
        return line

    def _parts(self, record: logging.LogRecord) -> dict[str, str | int]:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        parts: dict[str, str | int] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _head(redacted(record.getMessage().strip())),
        }
        parts |= fields()
        told = [self.formatException(record.exc_info)] if record.exc_info else []
        told += [record.stack_info] if record.stack_info else []
        if told:
            parts["error"] = _tail(redacted("\n".join(told)))
        return parts


class Line(NamedTuple):
    """A line as it was read; `at` is as it was written, `about` has the fields of the context."""

    at: str
    level: str
    logger: str
    message: str
    error: str
    about: Mapping[str, str]

    @property
    def when(self) -> datetime | None:
        """Its moment; None for a line that is none of ours."""
        try:
            return datetime.fromisoformat(self.at).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    @classmethod
    def read(cls, text: str) -> "Line":
        """A line that is none of ours becomes the message of one without anything else."""
        found = _from_json(text) if text.startswith("{") else _from_pairs(text)
        if "message" not in found:
            found = {"message": text}
        own = [found.get(name, "") for name in OURS]
        at, level, logger, message, error = own
        others = {name: value for name, value in found.items() if name not in OURS}
        return cls(at, level, logger, message, error, others)


def _as_json(parts: Mapping[str, str | int]) -> str:
    """ASCII alone, so that nothing in it can end the line or turn its direction."""
    return json.dumps(parts)


def _as_pairs(parts: Mapping[str, str | int]) -> str:
    return " ".join(f"{name}={_quoted(str(value))}" for name, value in parts.items())


def _quoted(text: str) -> str:
    if PLAIN_WORD.fullmatch(text):
        return text
    return f'"{"".join(each if _is_plain(each) else _escaped(each) for each in text)}"'


def _is_plain(letter: str) -> bool:
    return letter.isprintable() and letter not in '"\\'


def _escaped(letter: str) -> str:
    r"""`\n`, `\"`, or the number of the character, such as \u2028."""
    return NAMED.get(letter) or f"\\u{ord(letter):04x}"


def _from_json(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(value) for name, value in found.items()}


def _from_pairs(text: str) -> dict[str, str]:
    return {name: _meant(value) for name, value in PAIR.findall(text)}


def _meant(value: str) -> str:
    if not value.startswith('"'):
        return value
    return ESCAPE.sub(lambda found: MEANT[found[1]], value[1:-1])


def _head(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + CUT


def _tail(text: str) -> str:
    return text if len(text) <= LONGEST_ERROR else CUT + text[-LONGEST_ERROR:]
