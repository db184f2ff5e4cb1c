"""Requests as the demo servers read them, and their answers, good and bad."""

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec

Document = Any
INT32 = 2**31
DIRECTIONS = ("default", "ascending", "descending")


class DemoReply(NamedTuple):
    """An answer; without a document its body is empty."""

    status: int
    document: Document = None
    headers: tuple[tuple[str, str], ...] = ()


class Refusal(Exception):
    """Ends a request with this reply."""

    def __init__(self, reply: DemoReply) -> None:
        super().__init__(reply.status)
        self.reply = reply


@dataclass
class DemoRequest:
    """A request; `problems` is the address of error documents, `id` the last part of the path."""

    problems: str
    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes = b""
    id: int = 0
    _query: dict[str, list[str]] | None = field(default=None, init=False)

    @property
    def query(self) -> dict[str, list[str]]:
        """The query's values by lower-case name."""
        if self._query is None:
            self._query = {}
            for name, value in parse_qsl(self.query_string, keep_blank_values=True):
                self._query.setdefault(name.lower(), []).append(value)
        return self._query

    def number(self, name: str, default: int | None = None) -> int | None:
        given = self.query.get(name.lower())
        return self._number(name, given[0]) if given else default

    def numbers(self, name: str) -> list[int]:
        return [self._number(name, value) for value in self.query.get(name.lower(), ())]

    def flag(self, name: str, default: bool = False) -> bool:
        given = self.query.get(name.lower())
        if not given:
            return default
        if given[0].strip().lower() not in ("true", "false"):
            raise self._invalid(name, given[0])
        return given[0].strip().lower() == "true"

    def text(self, name: str) -> str | None:
        given = self.query.get(name.lower())
        return given[0] if given else None

    def choice(self, name: str, words: tuple[str, ...], default: str) -> str:
        """A word of an enum, in any case or by its number."""
        given = self.query.get(name.lower())
        if not given:
            return default
        word = given[0].strip().lower()
        if word.isdigit() and int(word) < len(words):
            return words[int(word)]
        for known in words:
            if known.lower() == word:
                return known
        raise self._invalid(name, given[0], f" for {name[0].upper()}{name[1:]}")

    def _number(self, name: str, value: str) -> int:
        if not re.fullmatch(r"\s*[+-]?\d{1,11}\s*", value) or not -INT32 <= int(value) < INT32:
            raise self._invalid(name, value)
        return int(value)

    def _invalid(self, name: str, value: str, tail: str = "") -> Refusal:
        return Refusal(self.invalid(name, f"The value '{value}' is not valid{tail}."))

    def invalid(self, name: str, sentence: str) -> DemoReply:
        """The 400 reply to a query or body that cannot be read."""
        title = "One or more validation errors occurred."
        return self.problem(400, title, errors={name: [sentence]})

    def problem(self, status: int, title: str, **more: Any) -> DemoReply:
        section = f"{self.problems}{status - 399}"
        trace = f"00-{zlib.crc32(self.path.encode()):032x}-{status:016x}-00"
        return DemoReply(
            status,
            {"type": section, "title": title, "status": status, "traceId": trace} | more,
        )

    def missing(self) -> DemoReply:
        return self.problem(404, "Not Found")

    def json(self) -> dict[str, Any]:
        """The body's properties by lower-case name."""
        if "json" not in self.headers.get("content-type", ""):
            raise Refusal(self.problem(415, "Unsupported Media Type"))
        try:
            document = msgspec.json.decode(self.body)
        except msgspec.DecodeError as error:
            raise Refusal(self.invalid("$", f"The JSON value could not be read: {error}")) from None
        if not isinstance(document, dict):
            raise Refusal(self.invalid("$", "The JSON value could not be converted."))
        return {name.lower(): value for name, value in document.items()}


def failure(status: int, message: str, description: str = "") -> DemoReply:
    """The servers' reply to an exception."""
    return DemoReply(status, {"message": message, "description": description or message})


def paged(
    request: DemoRequest,
    keys: tuple[str, ...],
    rows: Callable[[str, bool], list[Any]],
    render: Callable[[Any], Document],
) -> DemoReply:
    """A page of a sorted list; an unknown sort key silently becomes the first of the keys."""
    page, size = request.number("page", 1) or 0, request.number("pageSize", 10)
    assert size is not None
    wish = (request.text("sortKey") or "").lower()
    key = next((known for known in keys if known.lower() == wish), keys[0])
    direction = request.choice("sortDirection", DIRECTIONS, "descending")
    records = rows(key, direction == "descending")
    start = (max(page, 1) - 1) * size
    shown = records if size < 0 else records[start : start + size]
    return DemoReply(
        200,
        {
            "page": page,
            "pageSize": size,
            "sortKey": key,
            "sortDirection": direction,
            "totalRecords": len(records),
            "records": [render(record) for record in shown],
        },
    )
