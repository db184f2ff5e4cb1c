"""Asks an instance for typed replies; undecodable ones become a Fault, or are counted."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from sys import getsizeof
from typing import Any, TypeVar

import msgspec
from msgspec.structs import astuple

from jobs.arr.api import COMMANDS, Api
from jobs.arr.bounds import KEPT_LIMIT, MOST_OF_A_KIND, MOST_RECORDS
from jobs.arr.decoding import CHUNK, Malformed, WrongShape, decode, decode_each, ids_in
from jobs.arr.records import Meter
from jobs.arr.replies import PagedReply
from jobs.net import Fault, Query, Question, Splitter

T = TypeVar("T")
K = TypeVar("K")


class Reader:
    """Reads typed replies; each method is exactly one request."""

    def __init__(self, api: Api) -> None:
        self.api = api

    async def one(
        self,
        path: str,
        shape: type[T],
        query: Query | None = None,
        *,
        slow: bool = False,
        stranger: str = "malformed",
    ) -> T:
        """One object; an answer of another shape is a fault of kind `stranger`."""
        body = await self.api.get(path, query, slow=slow)
        return self._decoded(body, shape, self.api.question(path), stranger)

    async def each(
        self,
        path: str,
        shape: type[T],
        query: Query | None = None,
        *,
        slow: bool = False,
        most: int = MOST_RECORDS,
        meter: Meter | None = None,
    ) -> AsyncGenerator[tuple[list[T], int], None]:
        """The records of an array in batches as they arrive, with the number of malformed ones."""
        pieces = self._elements(path, query, Splitter(), most=most, slow=slow)
        async with aclosing(pieces):
            async for piece in pieces:
                if meter:
                    meter.bytes += sum(map(len, piece))
                yield decode_each(piece, shape)

    async def all(
        self,
        path: str,
        shape: type[T],
        make: Callable[[T], K],
        query: Query | None = None,
        *,
        slow: bool = False,
        most: int = MOST_OF_A_KIND,
        room: int = KEPT_LIMIT,
    ) -> list[K]:
        """The records of an array, each as `make` turns it into, without malformed ones.

        Raises a Fault beyond `most` records, or `room` bytes of memory.
        """
        kept: list[K] = []
        async with aclosing(self.each(path, shape, query, slow=slow, most=most)) as batches:
            async for records, _ in batches:
                made = [make(record) for record in records]
                room -= sum(map(weight, made))
                if room < 0:
                    raise self.fault("too_large.kept", path)
                kept += made
        return kept

    async def page(
        self,
        path: str,
        shape: type[T],
        query: Query,
        most: int,
        *,
        meter: Meter | None = None,
    ) -> tuple[PagedReply, list[T], int, set[int]]:
        """A page of at most `most` records.

        Returns its counts, its records, the number of malformed records, and the ids in those.
        """
        splitter = Splitter(inside="records")
        found: list[T] = []
        malformed, unread = 0, set[int]()
        pieces = self._elements(path, query, splitter, most=most, slow=True)
        async with aclosing(pieces):
            async for piece in pieces:
                if meter:
                    meter.bytes += sum(map(len, piece))
                records, failed = decode_each(piece, shape)
                found += records
                if failed:
                    malformed += failed
                    unread |= ids_in(piece)
        around = self._decoded(splitter.envelope, PagedReply, self.api.question(path))
        return around, found, malformed, unread

    async def _elements(
        self, path: str, query: Query | None, splitter: Splitter, *, most: int, slow: bool
    ) -> AsyncGenerator[list[bytes], None]:
        """Elements in chunks, with a turn of the loop between."""
        elements = self.api.elements(path, query, splitter, most=most, slow=slow)
        async with aclosing(elements) as batches:
            async for batch in batches:
                for start in range(0, len(batch), CHUNK):
                    yield batch[start : start + CHUNK]
                    await asyncio.sleep(0)

    async def order(self, content: dict[str, Any], shape: type[T]) -> T:
        """The command that the instance made of these properties."""
        reply = await self.api.order(msgspec.json.encode(content))
        return self._decoded(reply, shape, self.api.question(COMMANDS, "POST"))

    def fault(self, kind: str, path: str, **facts: Any) -> Fault:
        """A fault about what was read, in a sentence that names the instance."""
        return self.api.question(path).fault(kind, **facts)

    def _decoded(
        self, body: bytes, shape: type[T], question: Question, stranger: str = "malformed"
    ) -> T:
        try:
            return decode(body, shape)
        except WrongShape:
            raise question.fault(stranger) from None
        except Malformed:
            raise question.fault("malformed") from None


def as_it_is(record: T) -> T:
    return record


def weight(value: object) -> int:
    """About how many bytes of memory a record takes, with its texts and tuples."""
    parts = astuple(value) if isinstance(value, msgspec.Struct) else value
    own = getsizeof(value)
    return own + sum(map(weight, parts)) if isinstance(parts, tuple) else own
