"""Splits a long JSON array into its elements as it arrives, with constant memory.

A parser would cost more. msgspec holds the whole body: 12,000 records of 8 kB take 107 MB (here 11)
and stop the loop for 160 ms, and 32 MB of `1,` take 1.2 GB. ijson makes objects of fields that
nobody reads: 4 MB of `{},` take 98 MB. One byte that is not UTF-8 ends its list.
"""

import re
from collections.abc import Iterator

# Bytes of one element, and of everything around the array in its object.
RECORD_LIMIT = 4_000_000
ENVELOPE_LIMIT = 65_536
WHITESPACE = b" \t\r\n"

# Possessive, so that nothing is read twice. A match runs to the next bracket outside strings, and
# between elements also to the next comma.
STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
INSIDE = re.compile(rb'[^"\[\]{}]*+(?:' + STRING + rb'[^"\[\]{}]*+)*+[\[\]{}]', re.DOTALL)
BETWEEN = re.compile(rb'[^"\[\]{},]*+(?:' + STRING + rb'[^"\[\]{},]*+)*+[\[\]{},]', re.DOTALL)
# Text before an unfinished string, the beginning of such a string, and its end.
BEFORE = re.compile(rb'[^"]*+(?:' + STRING + rb'[^"]*+)*+', re.DOTALL)
BEGUN = re.compile(rb'(?:[^"\\]|\\.)*+', re.DOTALL)
ENDED = re.compile(rb'(?:[^"\\]|\\.)*+"', re.DOTALL)

OPENING = frozenset(b"[{")
COMMA = ord(",")
OPENING_OF = rb'"%b"[ \t\r\n]*:[ \t\r\n]*\[\Z'
LONGEST_OPENING = 64


class NotAnArray(ValueError):
    """The text is not a JSON array, or it is incomplete."""


class RecordTooLarge(ValueError):
    """One element is longer than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class Splitter:
    """Splits a JSON array that arrives in pieces into its elements' bytes, without parsing them.

    With `inside`, the array is in an object under that name; `envelope` is that object without
    the elements, once all has arrived.
    """

    def __init__(self, record_limit: int = RECORD_LIMIT, *, inside: str = "") -> None:
        self.envelope = b""
        self._limit = record_limit
        self._paged = bool(inside)
        self._opening = re.compile(OPENING_OF % re.escape(inside).encode())
        self._rest = b""
        self._seen = 0
        self._in_string = False
        self._depth = 0
        # The depth of elements; 0 outside the array.
        self._level = 0
        self._begun = False
        self._any = False

    def feed(self, piece: bytes) -> list[bytes]:
        """The elements that this piece completes."""
        self._rest += piece
        if not self._begun and not self._begin():
            return []
        if self._depth == 0:
            self._end(0)
            return []
        return list(self._elements())

    def close(self) -> None:
        """Raises NotAnArray unless the whole array has arrived."""
        if not self._begun or self._depth:
            raise NotAnArray

    def _begin(self) -> bool:
        self._rest = self._rest.lstrip(WHITESPACE)
        if not self._rest:
            return False
        if not self._rest.startswith(b"{" if self._paged else b"["):
            raise NotAnArray
        self._begun, self._seen, self._depth = True, 1, 1
        if not self._paged:
            self._rest, self._seen, self._level = self._rest[1:], 0, 1
        return True

    def _elements(self) -> Iterator[bytes]:
        start, at = 0, self._seen
        while end := self._next(at):
            at, sign = end, self._rest[end - 1]
            if sign in OPENING:
                self._depth += 1
                if self._opens_the_array(at):
                    self._keep(start, at)
                    start, self._level, self._any = at, 2, False
                continue
            if sign != COMMA:
                self._depth -= 1
            if sign == COMMA or self._depth == self._level - 1:
                yield from self._element(start, at - 1, sign)
                start = at
            if self._paged and self._depth < self._level:
                start, self._level = at - 1, 0
            if self._depth == 0:
                self._keep(start, at)
                self._end(at)
                return
        self._rest, self._seen = self._rest[start:], self._seen - start
        if self._level and len(self._rest) > self._limit:
            raise RecordTooLarge(self._limit)
        if not self._level and len(self._rest) > ENVELOPE_LIMIT:
            raise NotAnArray

    def _next(self, at: int) -> int:
        """The position after the next sign that matters; 0 if none is there up to `_seen`."""
        rest = self._rest
        if self._in_string and (ended := ENDED.match(rest, at)):
            self._in_string, at = False, ended.end()
        if not self._in_string:
            found = (BETWEEN if self._depth == self._level else INSIDE).match(rest, at)
            if found:
                return found.end()
            before = BEFORE.match(rest, at)
            at = before.end() if before else at
            if at < len(rest):
                self._in_string, at = True, at + 1
        if self._in_string:
            begun = BEGUN.match(rest, at)
            at = begun.end() if begun else at
        self._seen = at
        return 0

    def _opens_the_array(self, at: int) -> bool:
        """Whether the bracket before opens the object's array."""
        if not self._paged or self._level or self._depth != 2:
            return False
        return self._opening.search(self._rest[max(0, at - LONGEST_OPENING) : at]) is not None

    def _element(self, start: int, end: int, sign: int) -> Iterator[bytes]:
        if end - start > self._limit:
            raise RecordTooLarge(self._limit)
        element = self._rest[start:end].strip(WHITESPACE)
        self._any = self._any or sign == COMMA
        if element or self._any:
            yield element

    def _keep(self, start: int, at: int) -> None:
        if self._paged:
            self.envelope += self._rest[start:at]
        if len(self.envelope) > ENVELOPE_LIMIT:
            raise NotAnArray

    def _end(self, at: int) -> None:
        if self._rest[at:].strip(WHITESPACE):
            raise NotAnArray
        self._rest, self._seen = b"", 0
