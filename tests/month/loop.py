"""An event loop whose time is made up: when nothing is left to do, the next timer comes at once.

Timeouts, sleeps and whatever else asks the loop for the time follow it. Only threads take their
real time: while one works, the loop waits for it and its own time stands still.
"""

import asyncio
import selectors
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from jobs.clock import Clock

# For what nobody told the loop of: real seconds.
PATIENCE = 10.0


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.passed = 0.0
        self.in_threads = 0
        super().__init__(_Leaper(self))

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self.passed

    def run_in_executor(
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        self.in_threads += 1
        working = super().run_in_executor(executor, func, *args)
        working.add_done_callback(self._back)
        return working

    def _back(self, _: asyncio.Future[Any]) -> None:
        self.in_threads -= 1


class _Leaper(selectors.DefaultSelector):
    """Where another selector would wait for a timer, this one moves the time on."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        if self._loop.in_threads:
            return super().select(None if timeout is None or timeout > 0 else 0)
        ready = super().select(PATIENCE if timeout is None else 0)
        if not ready and timeout is None:
            raise RuntimeError("nothing is left that could ever happen")
        if not ready and timeout:
            self._loop.passed += timeout
        return ready


class VirtualClock(Clock):
    """The program's clock, on the time of the loop that runs."""

    def __init__(self, start: datetime) -> None:
        super().__init__()
        self.start = start

    def now(self) -> datetime:
        return self.start + timedelta(seconds=asyncio.get_running_loop().time())
