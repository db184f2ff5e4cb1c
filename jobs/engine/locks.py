"""Locks that only one of all replicas holds; on the file, whose process is the only one, at once.

Within a process they exclude nobody: a lane, or a task's name, has to be held before.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jobs.clock import Clock
from models.database import database
from models.database.locks import Lock

# Seconds between two tries; not all replicas try at the same moments.
SHORTEST, LONGEST = 0.05, 0.25


@asynccontextmanager
async def held(clock: Clock, lock: Lock, number: int = 0) -> AsyncIterator[bool]:
    """Holds the lock; yields whether another replica had it first.

    Whoever still waits when the program stops is cancelled.
    """
    waited = False
    while not database.try_lock(lock, number):
        waited = True
        if clock.stopping.is_set():
            raise asyncio.CancelledError
        await asyncio.sleep(random.uniform(SHORTEST, LONGEST))
    try:
        yield waited
    finally:
        database.unlock(lock, number)


def is_free(lock: Lock, number: int) -> bool:
    """Whether no other replica holds it now."""
    if not database.try_lock(lock, number):
        return False
    database.unlock(lock, number)
    return True
