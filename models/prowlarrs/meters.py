"""What is left of the indexers' limits in their rolling windows, for all instances together."""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import Select, fn

from models.database import database
from models.database.fields import MILLISECOND
from models.database.selects import how_many
from models.instances import Instance
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import IndexerLink, Matches, ProwlarrIndexer
from models.prowlarrs.requests import KEPT, LEEWAY, LONGEST, IndexerRequest
from models.prowlarrs.reserves import InWindow, reserve
from models.searches import Search

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# Room for so many requests of a search is made even where all were cheaper: one that finds nothing
# takes two or three, and an indexer that always had something may have nothing for once.
LEAST_ROOM = 3
# Figures that are older are not relied on.
OLDEST_READING = timedelta(minutes=30)
# A held run is tried again after this at the soonest.
ASK_AGAIN = timedelta(minutes=15)


class Cost(NamedTuple):
    """How many requests our searches sent to one indexer: on average, at most, of how many."""

    mean: float = 0.0
    most: int = 0
    measured: int = 0

    @property
    def expected(self) -> int:
        """What to make room for: the dearest of two days, so that no limit is passed."""
        return max(self.most, LEAST_ROOM)


class IndexerMeter(NamedTuple):
    """One indexer, and what of its limits is used and left.

    `queries`, `feeds` and `grabs` are counted in the window, `feeds` are RSS.
    `sent` is the cost of searches of ours that go on, or that ended since the history was read.
    `reserve` is kept free for what others will ask.
    `links` are the indexers of the instances that it is.
    """

    indexer: ProwlarrIndexer
    queries: int
    feeds: int
    grabs: int
    sent: int
    reserve: int
    cost: Cost
    links: list[IndexerLink]

    @property
    def window(self) -> timedelta:
        return HOUR if self.indexer.is_hourly else DAY

    @property
    def span(self) -> str:
        return "hour" if self.indexer.is_hourly else "day"

    @property
    def used(self) -> int:
        """What counts against the limit of queries."""
        return self.queries + self.feeds

    @property
    def unread(self) -> int:
        """What searches of ours may have asked since the history was read."""
        return self.sent * self.cost.expected

    @property
    def room(self) -> int | None:
        """What is left after what others will need, below 0 if that is more; None: no limit."""
        limit = self.indexer.query_limit
        return None if limit is None else limit - self.used - self.unread - self.reserve

    @property
    def left(self) -> int | None:
        """What is left for searches; None without a limit."""
        return None if self.room is None else max(self.room, 0)

    @property
    def searches_left(self) -> int | None:
        """How many searches that is; None without a limit."""
        return None if self.left is None else self.left // self.cost.expected

    @property
    def pace(self) -> float:
        """How many requests an hour everybody together sent, over the window."""
        return self.used / (self.window / HOUR)

    @property
    def is_too_small(self) -> bool:
        """Whether the feeds alone need the whole limit, so that no search ever has room."""
        limit = self.indexer.query_limit
        return limit is not None and self.feeds + self.cost.expected > limit


class Shortage(NamedTuple):
    """Why an instance may not search now, and when it is worth trying again."""

    sentence: str
    until: datetime


class Meters:
    """All indexers of all Prowlarrs, read once."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.prowlarrs = {each.id: each for each in Prowlarr.by_name()}
        self.all: list[IndexerMeter] = []
        self.direct: list[IndexerLink] = []
        if self.prowlarrs:
            self._read()

    def _read(self) -> None:
        rows = ProwlarrIndexer.with_prowlarrs()
        indexers = list(rows.order_by(Prowlarr.demo, Prowlarr.key, ProwlarrIndexer.name))
        matches = Matches.of(indexers)
        self.direct = matches.direct
        costs = _costs(self.now)
        sent = self._sent_lately(
            {each.instance_id for all in matches.links.values() for each in all}
        )
        for indexer in indexers:
            counts = self._counts(indexer)
            links = matches.links[indexer.id]
            asking = {each.instance_id for each in links if each.automatic}
            read_at = indexer.prowlarr.read_at
            lately = sum(
                search.cost
                for search in sent
                if search.instance_id in asking and _is_unread(search, read_at)
            )
            cost = costs.get(indexer.id, Cost())
            meter = IndexerMeter(indexer, *counts[:3], lately, counts[3], cost, links)
            self.all.append(meter)

    def _counts(self, indexer: ProwlarrIndexer) -> tuple[int, int, int, int]:
        """Queries, feeds and grabs in the window, and what others will need."""
        window = (HOUR if indexer.is_hourly else DAY) // MILLISECOND
        at, request = indexer.prowlarr.its_time(self.now), IndexerRequest
        # Its clock is known to two seconds: a row leaves a little later rather than sooner.
        begins = at - window - LEEWAY // MILLISECOND
        others = request.search.is_null()
        rows = (
            request.select(
                request.kind,
                fn.COUNT(request.id),
                how_many(others),
                how_many(others & (request.at > at - HOUR // MILLISECOND)),
                fn.MIN(request.at),
            )
            .where(request.indexer == indexer, request.at > begins)
            .group_by(request.kind)
        )
        found = {kind: InWindow(*map(int, told)) for kind, *told in rows.tuples()}
        queries, feeds = (found.get(kind, InWindow(oldest=at)) for kind in ("query", "rss"))
        grabs = found.get("grab", InWindow()).all
        return queries.all, feeds.all, grabs, reserve(queries, feeds, at, window)

    def _sent_lately(self, instances: set[int]) -> list[Search]:
        """The searches that a reading of the history may not hold yet."""
        if not instances:
            return []
        since = self.now - OLDEST_READING - HOUR
        times = (Search.created_at, Search.finished_at)
        rows = Search.select(Search.instance, Search.cost, Search.outcome, *times)
        return list(
            rows.where(Search.instance.in_(instances), Search.created_at > since, Search.cost > 0)
        )

    def of_instance(self, instance: Instance) -> list[IndexerMeter]:
        """The indexers that a search on the instance asks now."""
        return [
            each
            for each in self.all
            if not each.indexer.rests(self.now)
            and any(link.automatic and link.instance_id == instance.id for link in each.links)
        ]

    def shortage(self, instance: Instance, cost: int = 1) -> Shortage | None:
        """Why a search on the instance would pass a limit; None while it would not."""
        for meter in self.of_instance(instance):
            if found := self._unknown(meter) or self._spent(meter, cost):
                return found
        return None

    def _unknown(self, meter: IndexerMeter) -> Shortage | None:
        """A shortage without fresh figures: a limit that is unknown cannot be kept."""
        prowlarr, indexer = meter.indexer.prowlarr, meter.indexer
        if indexer.query_limit is None and indexer.grab_limit is None:
            return None
        if prowlarr.fault:
            sentence = f"What is left of the limits of {indexer.name} is unknown: {prowlarr.fault}"
            return Shortage(sentence, prowlarr.retry_at or self.now + ASK_AGAIN)
        if prowlarr.read_at is None or prowlarr.read_at < self.now - OLDEST_READING:
            sentence = f"The limits of {indexer.name} were not read from {prowlarr.name} lately."
            return Shortage(sentence, self.now + ASK_AGAIN)
        return None

    def _spent(self, meter: IndexerMeter, cost: int) -> Shortage | None:
        name, span = meter.indexer.name, meter.span
        grabs, limit = meter.indexer.grab_limit, meter.indexer.query_limit
        if grabs is not None and meter.grabs >= grabs:
            sentence = f"{name} has no grabs left: {meter.grabs} of {grabs} in one {span}."
            return Shortage(sentence, self._frees(meter, ("grab",), meter.grabs - grabs + 1))
        if grabs is not None and meter.grabs + meter.sent >= grabs:
            taken = f"{meter.grabs} of {grabs} in one {span}"
            sentence = f"Searches just sent may take the last grabs of {name}: {taken}."
            return Shortage(sentence, self.now + ASK_AGAIN)
        need = meter.cost.expected * cost
        if meter.room is None or meter.room >= need:
            return None
        used = meter.used + meter.unread
        kept = (
            f" and {meter.reserve} are kept for feeds and other programs" if meter.reserve else ""
        )
        sentence = (
            f"{name} has too little left: {used} of its {limit} queries in one {span} are used"
            f"{kept}; this search may need {need}."
        )
        return Shortage(sentence, self._frees(meter, ("query", "rss"), need - meter.room))

    def _frees(self, meter: IndexerMeter, kinds: Iterable[str], rows: int) -> datetime:
        """When so many rows have left the window."""
        prowlarr, window = meter.indexer.prowlarr, meter.window // MILLISECOND
        at = prowlarr.its_time(self.now)
        inside = (
            IndexerRequest.select(IndexerRequest.at)
            .where(
                IndexerRequest.indexer == meter.indexer,
                IndexerRequest.at > at - window - LEEWAY // MILLISECOND,
                IndexerRequest.kind.in_(list(kinds)),
            )
            .order_by(IndexerRequest.at)
            .offset(max(rows - 1, 0))
            .limit(1)
        )
        told = inside.tuples().first()
        ends = prowlarr.our_time(told[0] + window) + LEEWAY if told else self.now
        return max(ends, self.now + ASK_AGAIN)


def _is_unread(search: Search, read_at: datetime | None) -> bool:
    """Whether it may have sent requests after the reading.

    One whose end nobody saw may go on, although we follow it no longer.
    """
    ended = search.finished_at
    if ended is None or read_at is None:
        return True
    if search.outcome == "unknown":
        ended = max(ended, search.created_at + LONGEST)
    return ended > read_at


def _costs(now: datetime) -> dict[int, Cost]:
    """The measured costs by indexer, of the last two days; a pack's is shared by its cost."""
    each = (
        IndexerRequest.select(
            IndexerRequest.indexer.alias("indexer"),
            (fn.COUNT(IndexerRequest.id) * 1.0 / fn.MAX(Search.cost)).alias("requests"),
        )
        .join(Search)
        .where(Search.created_at > now - KEPT, Search.cost > 0, ~IndexerRequest.is_ambiguous)
        .group_by(IndexerRequest.indexer, IndexerRequest.search)
    )
    told = (fn.AVG(each.c.requests), fn.MAX(each.c.requests), fn.COUNT(each.c.indexer))
    rows = Select([each], [each.c.indexer, *told]).group_by(each.c.indexer)
    return {
        indexer: Cost(float(mean), math.ceil(most), measured)
        for indexer, mean, most, measured in database.execute(rows).fetchall()
    }
