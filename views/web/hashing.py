"""Password hashing in a thread, one at a time, because each takes 64 MiB."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import TypeVar

T = TypeVar("T")


@cache
def _one() -> ThreadPoolExecutor:
    """The one thread of all event loops; on a server, each thread of the database has a loop."""
    return ThreadPoolExecutor(1, "hashing")


async def aside(work: Callable[..., T], *args: object) -> T:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_one(), partial(work, *args))
