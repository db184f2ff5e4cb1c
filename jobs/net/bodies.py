"""The body of a reply, read within its bounds: whole, by the elements of an array, or its head."""

import asyncio
from collections.abc import AsyncIterator

import h11
import httpcore

from jobs.net.arrays import NotAnArray, RecordTooLarge, Splitter
from jobs.net.bounds import (
    ARRAY_LIMIT,
    LIST_LIMIT,
    MEGABYTE,
    MOST_RECORDS,
    REPLY_LIMIT,
    BadEncoding,
    Patience,
    unpacker,
)
from jobs.net.faults import Fault, Unreached, fault
from jobs.net.questions import Question
from jobs.net.refusals import broken

# Whatever the libraries of the connection raise; ssl's errors are OSErrors, those of idna, of
# codecs and of the parsers of addresses are ValueErrors.
BROKEN = (
    Unreached,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
    h11.ProtocolError,
    OSError,
    ValueError,
)

# What of a stranger's page is searched for a password field.
ENOUGH = 65_536


def too_many(most: int, question: Question) -> Fault:
    """More than `most` records came."""
    return fault("too_large.number", question.facts() | {"most": f"{most:,}"})


class Body:
    """Reads each byte once, unpacks it, and gives the loop a turn after each 16 kB."""

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

    async def whole(self) -> bytes:
        """All of it, at most 4 MB."""
        return b"".join([piece async for piece in self._pieces(REPLY_LIMIT)])

    async def elements(self, splitter: Splitter, most: int) -> AsyncIterator[list[bytes]]:
        """The elements of a JSON array as they come: no more than `most`, and as many MB as such a
        list may have.
        """
        number, limit = 0, ARRAY_LIMIT if most >= MOST_RECORDS else LIST_LIMIT
        try:
            async for piece in self._pieces(limit):
                if batch := splitter.feed(piece):
                    number += len(batch)
                    if number > most:
                        raise too_many(most, self._question)
                    yield batch
            splitter.close()
        except NotAnArray:
            raise fault("malformed", self._question.facts()) from None
        except RecordTooLarge as error:
            raise self._too_large(error.limit) from None

    async def head(self) -> bytes:
        """What can be had of its beginning."""
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
        """Pieces of at most 16 kB; neither what arrives nor what it unpacks to passes the limit."""
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
            raise fault("malformed", self._question.facts()) from None

    async def _next(self) -> bytes | None:
        try:
            return await self._patience.wait(anext(self._raw, None))
        except BROKEN as error:
            raise broken(error, self._question, answered=True) from None

    def _too_large(self, limit: int) -> Fault:
        return fault("too_large", self._question.facts() | {"limit": limit // MEGABYTE})
