"""Walks a wanted list page by page while it changes, without missing its end or its middle."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

import msgspec

from jobs.arr.decoding import CHUNK
from jobs.arr.records import Page
from jobs.arr.replies import PagedReply
from models.backlog import Entry

# A server that invents new records for ever is left at two million of them.
MOST_PAGES = 2000

# Entries, how many records could not be read, and the ids that those show.
Decoded = tuple[list[Entry], int, set[int]]


async def walk(
    fetch: Callable[[int, int], Awaitable[PagedReply]],
    decode: Callable[[Sequence[msgspec.Raw]], Decoded],
    size: int,
) -> AsyncGenerator[Page, None]:
    """Each item once; `fetch` gets a page's number and size, which the server may have lessened.

    Ends with a page that brings nothing new, or when as many records were seen as the server
    counts: a short page is not the end by itself.
    """
    seen: set[int] = set()
    unreadable = 0
    for number in range(1, MOST_PAGES + 1):
        reply = await fetch(number, size)
        size = min(size, reply.page_size or size)
        entries, malformed, unread = await _in_chunks(reply.records, decode)
        fresh = {entry.arr_id: entry for entry in entries if entry.arr_id not in seen}
        seen.update(fresh)
        unreadable += malformed
        page = list(fresh.values())
        yield Page(number, reply.total_records, page, malformed, frozenset(unread))
        if not (fresh or malformed) or len(seen) + unreadable >= reply.total_records:
            return


async def _in_chunks(
    records: list[msgspec.Raw], decode: Callable[[Sequence[msgspec.Raw]], Decoded]
) -> Decoded:
    entries: list[Entry] = []
    malformed, unread = 0, set[int]()
    for start in range(0, len(records), CHUNK):
        decoded, failed, ids = decode(records[start : start + CHUNK])
        entries += decoded
        malformed += failed
        unread |= ids
        await asyncio.sleep(0)
    return entries, malformed, unread
