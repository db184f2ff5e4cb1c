"""Walks a wanted list page by page while it changes, without missing its end or its middle."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import NamedTuple

from jobs.arr.records import Page
from models.backlog import Entry

# A server that invents new records for ever is left at two million of them.
MOST_PAGES = 2000


class Fetched(NamedTuple):
    """A page as the server gave it; `size` is how many records it says that a page has."""

    total: int
    size: int | None
    entries: list[Entry]
    malformed: int
    unread: set[int]


async def walk(
    fetch: Callable[[int, int], Awaitable[Fetched]], size: int
) -> AsyncGenerator[Page, None]:
    """Each item once; `fetch` gets a page's number and size, which the server may have lessened.

    Ends with a page that brings nothing new, or when as many records were seen as the server
    counts: a short page is not the end by itself.
    """
    seen: set[int] = set()
    unreadable = 0
    for number in range(1, MOST_PAGES + 1):
        fetched = await fetch(number, size)
        size = min(size, fetched.size or size)
        fresh = {entry.arr_id: entry for entry in fetched.entries if entry.arr_id not in seen}
        seen.update(fresh)
        unreadable += fetched.malformed
        page = list(fresh.values())
        yield Page(number, fetched.total, page, fetched.malformed, frozenset(fetched.unread))
        if not (fresh or fetched.malformed) or len(seen) + unreadable >= fetched.total:
            return
