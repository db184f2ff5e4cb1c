"""A clock on which waiting costs no time."""

import asyncio
from datetime import datetime, timedelta

from jobs.clock import Clock


class FastClock(Clock):
    """Every wait moves it on at once."""

    def __init__(self, start: datetime) -> None:
        super().__init__()
        self.present = start

    def now(self) -> datetime:
        return self.present

    def advance(self, **span: float) -> None:
        self.present += timedelta(**span)

    async def sleep(self, seconds: float) -> bool:
        if self.stopping.is_set():
            return False
        await self.rest(seconds)
        return not self.stopping.is_set()

    async def rest(self, seconds: float) -> None:
        self.advance(seconds=seconds)
        await asyncio.sleep(0)
