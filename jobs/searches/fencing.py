"""Keeps a command back when another replica may have taken its search over meanwhile."""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from jobs.searches.errands import Announced
from models.database import database

T = TypeVar("T")

# Seconds. The server believes a silent replica dead only after a longer time.
LONGEST_STALL = 5.0
STOOD_STILL = "Not sent: this process stood still just before, so another one may have its turn."


class Stalled(Exception):
    """Nothing was sent; the message is a sentence for the history."""


class Fence:
    """Lets a command through within 5 s of the commit that proved the search to be ours.

    A later try proves it anew, by a commit on the connection that holds the locks. Nobody can take
    a search over from the one process of the file.
    """

    def __init__(self, announced: Announced) -> None:
        self._search = announced.search
        self._proved_at: float | None = announced.proved_at

    async def let_through(self, send: Callable[[], Awaitable[T]]) -> T:
        """Raises Stalled, before anything is sent."""
        if database.is_server:
            self._prove()
        return await send()

    def _prove(self) -> None:
        proved_at, self._proved_at = self._proved_at, None
        if proved_at is None:
            proved_at = time.monotonic()
            if not self._search.is_still_to_send():
                raise Stalled(STOOD_STILL)
        if time.monotonic() - proved_at > LONGEST_STALL:
            raise Stalled(STOOD_STILL)
