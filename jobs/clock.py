"""The time and every wait, in one place, so that a test can make time fly."""

import asyncio
from datetime import datetime

from models.database import fields


class Clock:
    """The clock of the program; setting `stopping` ends every wait except `rest`."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()

    def now(self) -> datetime:
        return fields.now()

    async def sleep(self, seconds: float) -> bool:
        """Waits, and returns whether to go on: False once the program is stopping."""
        try:
            await asyncio.wait_for(self.stopping.wait(), max(seconds, 0))
        except TimeoutError:
            return not self.stopping.is_set()
        return False

    async def rest(self, seconds: float) -> None:
        """Waits even while the program stops: for a search that is already under way."""
        await asyncio.sleep(max(seconds, 0))
