"""Asks an instance for typed replies; what cannot be decoded becomes a Fault, or is counted."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, TypeVar

import msgspec

from jobs.arr.decoding import CHUNK, Malformed, WrongShape, decode, decode_each
from jobs.arr.faults import Fault, fault
from jobs.arr.http import Connection
from jobs.arr.questions import Question
from jobs.arr.targets import Query

T = TypeVar("T")


class Reader:
    """Each method is exactly one request."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def one(
        self,
        path: str,
        shape: type[T],
        query: Query | None = None,
        *,
        slow: bool = False,
        stranger: str = "malformed",
    ) -> T:
        """One object; `stranger` is the kind of fault that an answer of another shape is."""
        body = await self.connection.get(path, query, slow=slow)
        return self._decoded(body, shape, self.connection.question(path), stranger)

    async def each(
        self,
        path: str,
        shape: type[T],
        query: Query | None = None,
        *,
        slow: bool = False,
    ) -> AsyncGenerator[tuple[list[T], int], None]:
        """The records of an array as they arrive, with the number of those that are malformed."""
        async with aclosing(self.connection.elements(path, query, slow=slow)) as batches:
            async for batch in batches:
                for start in range(0, len(batch), CHUNK):
                    yield decode_each(batch[start : start + CHUNK], shape)
                    await asyncio.sleep(0)

    async def all(
        self,
        path: str,
        shape: type[T],
        query: Query | None = None,
        *,
        slow: bool = False,
    ) -> list[T]:
        """The records of an array, without malformed ones."""
        async with aclosing(self.each(path, shape, query, slow=slow)) as batches:
            return [record async for records, _ in batches for record in records]

    async def post(self, path: str, content: dict[str, Any], shape: type[T]) -> T:
        reply = await self.connection.post(path, msgspec.json.encode(content))
        return self._decoded(reply, shape, self.connection.question(path, "POST"))

    def fault(self, kind: str, path: str, **facts: str) -> Fault:
        """A fault of what was read there, in a sentence that knows the instance."""
        return fault(kind, self.connection.question(path).facts() | facts)

    def _decoded(
        self, body: bytes, shape: type[T], question: Question, stranger: str = "malformed"
    ) -> T:
        try:
            return decode(body, shape)
        except WrongShape:
            raise fault(stranger, question.facts()) from None
        except Malformed:
            raise fault("malformed", question.facts()) from None
