"""Limits of one call: seconds for each stage, and bytes of its reply."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple, TypeVar

T = TypeVar("T")

MEGABYTE = 1_000_000
# Bytes of a reply that is read as a whole.
REPLY_LIMIT = 4 * MEGABYTE
# Bytes; small enough that unpacking or splitting a piece does not block the loop for long.
PIECE = 16_384


class Timeouts(NamedTuple):
    """Timeouts in seconds; the slow ones are for requests such as a long list.

    `search` is for a reply that comes only after the server has asked others, as many as it has.
    Totals count only the time spent waiting for the server, not the work on its reply.
    """

    connect: float = 5.0
    read: float = 30.0
    slow_read: float = 90.0
    total: float = 60.0
    slow_total: float = 600.0
    search: float = 300.0


class Patience:
    """The seconds that one call may still wait, so that a trickling reply ends too."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    async def wait(self, for_this: Awaitable[T]) -> T:
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(max(0.0, self._left)):
                return await for_this
        finally:
            self._left -= clock() - began


class BadEncoding(ValueError):
    """The reply has an encoding that was not asked for, or a broken one."""


def unpacker(encoding: str) -> Callable[[bytes], Iterator[bytes]]:
    """Unpacks chunks into pieces of at most 16 kB, so that a gzip bomb never unfolds."""
    if encoding in ("", "identity"):
        return _sliced
    if encoding not in ("gzip", "x-gzip"):
        raise BadEncoding(encoding)
    return _Gunzip()


def _sliced(chunk: bytes) -> Iterator[bytes]:
    for start in range(0, len(chunk), PIECE):
        yield chunk[start : start + PIECE]


class _Gunzip:
    def __init__(self) -> None:
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def __call__(self, chunk: bytes) -> Iterator[bytes]:
        while chunk and not self._stream.eof:
            try:
                piece = self._stream.decompress(chunk, PIECE)
            except zlib.error as error:
                raise BadEncoding("gzip") from error
            chunk = self._stream.unconsumed_tail
            if piece:
                yield piece
