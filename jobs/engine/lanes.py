"""A queue of searches for each instance: one at a time, smallest share first."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count


class Lane:
    """Lets one search at a time run on an instance.

    `share` is what a queue spent in the last day, by its weight; the smallest goes first.
    `busy` is True from before a search's row is written until its outcome is.
    """

    def __init__(self) -> None:
        self.busy = False
        self._numbers = count()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def turn(self, share: float = 0.0) -> AsyncIterator[None]:
        await self._enter(share)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, share: float) -> None:
        if not self.busy:
            self.busy = True
            return
        called = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (share, next(self._numbers), called))
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        """Hands the turn to the next search that still waits."""
        while self._waiting:
            _, _, called = heapq.heappop(self._waiting)
            if not called.done():
                called.set_result(None)
                return
        self.busy = False
