"""Reads a wanted list page by page while it changes, without missing items."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import NamedTuple

from jobs.arr.records import Page
from models.backlog import Entry

# A server that invents records for ever is left after two million of them.
MOST_PAGES = 2000


class Fetched(NamedTuple):
    """A page as the server gave it; `size` is its own number of records a page."""

    total: int
    size: int | None
    entries: list[Entry]
    malformed: int
    unread: set[int]


async def walk(
    fetch: Callable[[int, int], Awaitable[Fetched]], size: int
) -> AsyncGenerator[Page, None]:
    """The pages of a list, with each item once.

    `fetch` takes a page's number and size, which the server may have reduced.
    The walk ends with a page without new items, or once as many records came as the server
    counts; a short page alone is not the end.
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
