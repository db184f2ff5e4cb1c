"""Rate limits by person, or by address where nobody is signed in."""

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
SENTENCE = "You asked for this too often, so nothing was done. Try again in {} s."


class Limit(NamedTuple):
    """`times` requests at once; as many again come back over `seconds`."""

    times: int
    seconds: float


# Wrong passwords and codes are also slowed down by the throttle, which is stored.
A_PASSWORD = Limit(30, 60)
AN_INSTANCE = Limit(30, 60)
A_BACKLOG = Limit(120, 60)
AN_EXPORT = Limit(10, 60)


class Limits:
    """Token buckets in memory; beyond MOST_KEYS the least recently used one is dropped."""

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
        """Seconds until the next request is allowed; 0 where this one is, which is then counted."""
        now = self._clock()
        left, since = self._buckets.pop(key, (float(limit.times), now))
        left = min(left + (now - since) * limit.times / limit.seconds, limit.times)
        allowed = left >= 1
        self._buckets[key] = left - allowed, now
        if len(self._buckets) > MOST_KEYS:
            self._buckets.popitem(last=False)
        return 0 if allowed else (1 - left) * limit.seconds / limit.times
