"""Splits one long JSON array into its elements while it arrives, so that memory stays flat."""

import re
from collections.abc import Iterator

RECORD_LIMIT = 1_000_000
WHITESPACE = b" \t\r\n"

# Possessive, so that a string cut in two is given up on at once. Each match runs to the next
# bracket outside of strings, and on the top level to the next comma as well.
STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
INSIDE = re.compile(rb'[^"\[\]{}]*+(?:' + STRING + rb'[^"\[\]{}]*+)*+[\[\]{}]', re.DOTALL)
TOP = re.compile(rb'[^"\[\]{},]*+(?:' + STRING + rb'[^"\[\]{},]*+)*+[\[\]{},]', re.DOTALL)

OPENING = frozenset(b"[{")
COMMA = ord(",")


class NotAnArray(ValueError):
    """What arrived is no JSON array, or ends in the middle of one."""


class RecordTooLarge(ValueError):
    """One element is longer than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class Splitter:
    """Takes a JSON array in pieces and gives back each element's bytes; elements are not parsed."""

    def __init__(self, record_limit: int = RECORD_LIMIT) -> None:
        self._limit = record_limit
        self._rest = b""
        self._seen = 0
        self._depth = 0
        self._begun = False
        self._any = False

    def feed(self, piece: bytes) -> list[bytes]:
        """The elements that this piece completes."""
        self._rest += piece
        if not self._begun and not self._begin():
            return []
        if self._depth == 0:
            self._expect_nothing(self._rest)
            self._rest = b""
            return []
        return list(self._elements())

    def close(self) -> None:
        """Raise NotAnArray unless the whole array has been seen."""
        if not self._begun or self._depth:
            raise NotAnArray

    def _begin(self) -> bool:
        self._rest = self._rest.lstrip(WHITESPACE)
        if not self._rest:
            return False
        if not self._rest.startswith(b"["):
            raise NotAnArray
        self._rest, self._begun, self._depth = self._rest[1:], True, 1
        return True

    def _elements(self) -> Iterator[bytes]:
        rest, start, at = self._rest, 0, self._seen
        while match := (TOP if self._depth == 1 else INSIDE).match(rest, at):
            at = match.end()
            sign = rest[at - 1]
            if sign in OPENING:
                self._depth += 1
                continue
            if sign != COMMA:
                self._depth -= 1
            if sign == COMMA or self._depth == 0:
                yield from self._element(rest[start : at - 1].strip(WHITESPACE), sign)
                start = at
            if self._depth == 0:
                self._expect_nothing(rest[at:])
                self._rest, self._seen = b"", 0
                return
        self._rest, self._seen = rest[start:], at - start
        if len(self._rest) > self._limit:
            raise RecordTooLarge(self._limit)

    def _element(self, element: bytes, sign: int) -> Iterator[bytes]:
        if len(element) > self._limit:
            raise RecordTooLarge(self._limit)
        self._any = self._any or sign == COMMA
        if element or self._any:
            yield element

    def _expect_nothing(self, trailing: bytes) -> None:
        if trailing.strip(WHITESPACE):
            raise NotAnArray
