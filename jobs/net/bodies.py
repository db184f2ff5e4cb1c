"""Reads the body of a reply within limits: whole, as elements of an array, or its beginning."""

import asyncio
from collections.abc import AsyncIterator

from jobs.net.arrays import NotAnArray, RecordTooLarge, Splitter
from jobs.net.bounds import MEGABYTE, REPLY_LIMIT, BadEncoding, Patience, unpacker
from jobs.net.breakage import BROKEN, broken
from jobs.net.faults import Fault
from jobs.net.questions import Question

# Bytes of a strange page that are searched for a password field.
ENOUGH = 65_536


class Body:
    """Reads and unpacks a body once, with a turn of the loop after each 16 kB."""

    def __init__(
        self,
        raw: AsyncIterator[bytes],
        encoding: str,
        patience: Patience,
        question: Question,
    ) -> None:
        self._raw = raw
        self._encoding = encoding.strip().lower()
        self._patience = patience
        self._question = question

    async def whole(self, limit: int = REPLY_LIMIT) -> bytes:
        """The whole body. Raises a Fault beyond `limit` bytes."""
        return b"".join([piece async for piece in self._pieces(limit)])

    async def elements(
        self, splitter: Splitter, *, most: int, limit: int
    ) -> AsyncIterator[list[bytes]]:
        """Elements of a JSON array, in batches.

        Raises a Fault beyond `most` elements or `limit` bytes.
        """
        number = 0
        try:
            async for piece in self._pieces(limit):
                if batch := splitter.feed(piece):
                    number += len(batch)
                    if number > most:
                        raise self._question.fault("too_large.number", most=f"{most:,}")
                    yield batch
            splitter.close()
        except NotAnArray:
            raise self._question.fault("malformed") from None
        except RecordTooLarge as error:
            raise self._too_large(error.limit) from None

    async def head(self) -> bytes:
        """The beginning of the body, as far as it can be read."""
        head = b""
        try:
            async for piece in self._pieces(REPLY_LIMIT):
                head += piece
                if len(head) >= ENOUGH:
                    break
        except Fault:
            return head
        return head

    async def _pieces(self, limit: int) -> AsyncIterator[bytes]:
        """Pieces of at most 16 kB; the limit holds both packed and unpacked."""
        arrived = unpacked = 0
        try:
            unpack = unpacker(self._encoding)
            while (chunk := await self._next()) is not None:
                arrived += len(chunk)
                for piece in unpack(chunk):
                    unpacked += len(piece)
                    if max(arrived, unpacked) > limit:
                        raise self._too_large(limit)
                    yield piece
                    await asyncio.sleep(0)
        except BadEncoding:
            raise self._question.fault("malformed") from None

    async def _next(self) -> bytes | None:
        try:
            return await self._patience.wait(anext(self._raw, None))
        except BROKEN as error:
            raise broken(error, self._question, answered=True) from None

    def _too_large(self, limit: int) -> Fault:
        return self._question.fault("too_large", limit=f"{limit / MEGABYTE:g}")
