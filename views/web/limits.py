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
LIMITS = {
    ("/setup", "POST"): A_PASSWORD,
    ("/session", "POST"): A_PASSWORD,
    ("/session/second-factor", "POST"): A_PASSWORD,
    ("/invitations/{token}", "GET"): A_PASSWORD,
    ("/invitations/{token}", "POST"): A_PASSWORD,
    ("/password", "PATCH"): A_PASSWORD,
    ("/password/hint", "POST"): A_BACKLOG,
    ("/people/{id:id}", "PATCH"): A_PASSWORD,
    ("/people/{id:id}", "DELETE"): A_PASSWORD,
    ("/people/{id:id}/suspension", "POST"): A_PASSWORD,
    ("/people/{id:id}/suspension", "DELETE"): A_PASSWORD,
    ("/people/invitations", "POST"): A_PASSWORD,
    ("/instances/{id:id}", "DELETE"): A_PASSWORD,
    ("/two-factor", "POST"): A_PASSWORD,
    ("/two-factor", "PATCH"): A_PASSWORD,
    ("/two-factor", "DELETE"): A_PASSWORD,
    ("/two-factor/recovery-codes", "POST"): A_PASSWORD,
    ("/checks", "POST"): AN_INSTANCE,
    ("/instances", "POST"): AN_INSTANCE,
    ("/instances/{id:id}", "PATCH"): AN_INSTANCE,
    ("/instances/{id:id}/checks", "POST"): AN_INSTANCE,
    ("/instances/{id:id}/syncs", "POST"): AN_INSTANCE,
    ("/queues/{id:id}/runs", "POST"): AN_INSTANCE,
    ("/items/{id:id}/searches", "POST"): AN_INSTANCE,
    ("/jobs/{name}/runs", "POST"): AN_INSTANCE,
    ("/queues/{id:id}/preview", "GET"): A_BACKLOG,
    ("/queues/preview", "POST"): A_BACKLOG,
    ("/schedules/preview", "POST"): A_BACKLOG,
    ("/plan", "GET"): A_BACKLOG,
    ("/yield", "GET"): A_BACKLOG,
    ("/items/{id:id}", "GET"): A_BACKLOG,
    ("/backlog", "GET"): A_BACKLOG,
    ("/searches", "GET"): A_BACKLOG,
    ("/exclusions", "POST"): A_BACKLOG,
    ("/audit", "GET"): A_BACKLOG,
}


class Limits:
    """Buckets that fill again as time passes; the least recently used of too many is forgotten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def check(self, request: Request, path: str, method: str) -> None:
        """Raises a 429 that says when to try again."""
        limit = LIMITS.get((path, method))
        if limit is None:
            return
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
