"""A busy Prowlarr: everybody asks its indexers, it has bad hours, and one indexer dies."""

import math
from collections import Counter
from collections.abc import Callable, MutableMapping
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from random import Random
from typing import Any, NamedTuple

from jobs.demo.library import DAY_S, HOUR_S, DemoItem, Episode
from jobs.demo.prowlarr import FEEDS_EVERY_S, FEEDS_OF, OTHERS, DemoLimits, DemoProwlarr
from jobs.demo.releases import INDEXERS

LIMITS = {
    1: DemoLimits(345, 40),
    2: DemoLimits(30, None, is_hourly=True),
    3: DemoLimits(None, None),
}
# How often in a day somebody else asks each indexer: by hour, most in the evening.
BY_NIGHT, BY_DAY, IN_THE_EVENING = 0.5, 3.0, 6.0
# The share of items of which an indexer has something; it has it each time, or never.
SHARES = {1: 0.85, 2: 0.6, 3: 0.4}
# How often an answer differs from that.
WHIMS = 0.1
# Bad hours of the Prowlarr itself: days after the beginning, and how long each lasts.
BAD_HOURS = ((3.4, 0.2), (9.1, 2.0), (17.7, 0.05), (22.2, 0.6))


class Request(NamedTuple):
    """One that an indexer was sent; `at` by the Prowlarr's clock, epoch seconds."""

    indexer: int
    kind: str
    source: str
    at: float
    is_refused: bool


class BusyProwlarr(DemoProwlarr):
    """`requests` has all that its indexers were sent.

    `audit` counts what they did for searches, by indexer, application and figure.
    `dead` is the indexer that answers everything with nothing from the moment `dies_at` on, and
    `unheard` is when each search asked it since. `skew`: how many seconds its clock is ahead.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        seed: int,
        skew: float = 37.0,
        dead: int = 0,
        dies_after: float = math.inf,
    ) -> None:
        self.requests: list[Request] = []
        self.unheard: list[float] = []
        super().__init__(now=lambda: now() + timedelta(seconds=skew), seed=seed)
        self.limits, self.seed, self.skew = dict(LIMITS), seed, skew
        self.began = self.now
        begins = self.began - DAY_S
        sources = (*FEEDS_OF, OTHERS)
        self._coming = [(begins, each.id, source) for each in INDEXERS for source in sources]
        heapify(self._coming)
        self.dead, self.dies_at = dead, self.began + dies_after * DAY_S

    def ask(
        self, indexer: int, kind: str, source: str, at: float, results: int, **ids: int
    ) -> dict[str, Any] | None:
        row = super().ask(indexer, kind, source, at, results, **ids)
        self.requests.append(Request(indexer, kind, source, at, row is None))
        return row

    def hear(self, source: str, item: DemoItem, at: float, found: bool) -> None:
        """A search as it ends; `at` is by another clock, so it is not believed."""
        self.hear_at(self.now, source, item, found)

    def hear_at(self, at: float, source: str, item: DemoItem, found: bool) -> None:
        """The same, `at` by its own clock."""
        self.catch_up()
        if at >= self.dies_at:
            self.silent.add(self.dead)
            self.unheard.append(at)
        ids = {}
        if isinstance(item, Episode):
            ids = {"season": item.season, "episode": item.number}
        for indexer in INDEXERS:
            has = self._has(indexer.id, item) or (found and indexer.id == 1)
            rows = []
            for _ in range(1 if has else self._random.choice((1, 2, 2, 3))):
                results = self._random.randint(1, 9) if has else 0
                rows.append(self.ask(indexer.id, "query", source, at, results, **ids))
            self.keep_audit(indexer.id, source, [row for row in rows if row])

    def _has(self, indexer: int, item: DemoItem) -> bool:
        luck = Random(f"{self.seed}:{indexer}:{type(item).__name__}:{item.id}").random()
        return (luck < SHARES[indexer]) != (self._random.random() < WHIMS)

    def catch_up(self) -> None:
        """The feeds of all applications, and whoever else asks, by the hour of the day."""
        while self._coming[0][0] <= self.now:
            at, indexer, source = heappop(self._coming)
            is_feed = source in FEEDS_OF
            self.ask(indexer, "rss" if is_feed else "query", source, at, 40 if is_feed else 0)
            after = FEEDS_EVERY_S if is_feed else self._until_the_next(at)
            heappush(self._coming, (at + after, indexer, source))
        self.forget()

    def _until_the_next(self, at: float) -> float:
        """Seconds; requests of others are independent of each other."""
        hour = at % DAY_S / HOUR_S
        an_hour = BY_NIGHT if hour < 7 else IN_THE_EVENING if hour >= 18 else BY_DAY
        return self._random.expovariate(an_hour / HOUR_S)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        days = (self.now - self.began) / DAY_S
        bad = any(begins <= days < begins + lasts / 24 for begins, lasts in BAD_HOURS)
        self.status = 503 if bad else 200
        await super().__call__(scope, receive, send)


def most_used(prowlarr: BusyProwlarr, indexer: int) -> int:
    """The fullest window of an indexer, in requests that count against its limit of queries."""
    window = HOUR_S if prowlarr.limits[indexer].is_hourly else DAY_S
    mine = sorted(
        each.at
        for each in prowlarr.requests
        if each.indexer == indexer and each.kind != "grab" and not each.is_refused
    )
    first, most = 0, 0
    for last, at in enumerate(mine):
        while mine[first] <= at - window:
            first += 1
        most = max(most, last - first + 1)
    return most


def refused(prowlarr: BusyProwlarr) -> Counter[tuple[int, str, str]]:
    """What a limit refused, by indexer, application and kind."""
    return Counter(
        (each.indexer, each.source, each.kind) for each in prowlarr.requests if each.is_refused
    )
