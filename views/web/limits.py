"""How often one person may ask for what costs something; an address, while nobody is signed in."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request

from models.environment.network import place_of
from views.web.visitor import peer

MOST_KEYS = 10_000
SENTENCE = "That was asked for too often. Try again in {} s; nothing was done."


class Limit(NamedTuple):
    """So many at once, and so many more with each so many seconds."""

    times: int
    seconds: float


# Besides these, wrong passwords and codes are slowed down by the throttle, which is stored.
A_PASSWORD = Limit(30, 60)
AN_INSTANCE = Limit(30, 60)
A_BACKLOG = Limit(120, 60)


class Limits:
    """Buckets that fill again as time passes; the least recently used of too many is forgotten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def check(self, request: Request, path: str, method: str, limit: Limit) -> None:
        """Raises a 429 that says when to try again."""
        user = request.state.visitor.user
        who = f"user:{user.id}" if user else f"peer:{place_of(peer(request))}"
        if wait := self.wait((f"{method} {path}", who), limit):
            seconds = math.ceil(wait)
            headers = {"Retry-After": str(seconds)}
            raise HTTPException(429, SENTENCE.format(seconds), headers)

    def wait(self, key: tuple[str, str], limit: Limit) -> float:
        """Seconds until the next is allowed; 0 when this one is, which it counts."""
        now = self._clock()
        left, since = self._buckets.pop(key, (float(limit.times), now))
        left = min(left + (now - since) * limit.times / limit.seconds, limit.times)
        allowed = left >= 1
        self._buckets[key] = left - allowed, now
        if len(self._buckets) > MOST_KEYS:
            self._buckets.popitem(last=False)
        return 0 if allowed else (1 - left) * limit.seconds / limit.times
