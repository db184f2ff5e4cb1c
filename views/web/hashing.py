"""Password hashing in a thread, one at a time, because each takes 64 MiB."""

from collections.abc import Callable
from functools import cache, partial
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")


@cache
def _one() -> CapacityLimiter:
    return CapacityLimiter(1)


async def aside(work: Callable[..., T], *args: object) -> T:
    return await to_thread.run_sync(partial(work, *args), limiter=_one())
