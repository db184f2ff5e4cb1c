"""The time, and waiting for it to pass: in one place, so that a test can make it fly."""

import asyncio
from datetime import datetime

from models.database import fields


class Clock:
    """`stopping` ends every wait early."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()

    def now(self) -> datetime:
        return fields.now()

    async def sleep(self, seconds: float) -> bool:
        """Whether to go on: False once the program is stopping."""
        try:
            await asyncio.wait_for(self.stopping.wait(), max(seconds, 0))
        except TimeoutError:
            return not self.stopping.is_set()
        return False

    async def rest(self, seconds: float) -> None:
        """A wait that a stop does not cut short: for what is already under way."""
        await asyncio.sleep(max(seconds, 0))
