"""No limit refuses a search of ours, whenever others burst: the rule against an adversary.

A search is sent only if the limit, less all that is known of the window and all that searches of
ours may still ask, has room for the search and for what is kept for others. So others may ask as
much as is kept, at any moment between a reading and the end of the search.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

import pytest

from models.backlog import Item
from models.database import Database
from models.database.fields import to_ms
from models.instances import Instance
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import IndexerLink, LimitedIndexer, ProwlarrIndexer
from models.prowlarrs.meters import Meters
from models.prowlarrs.requests import IndexerRequest
from models.searches import Search
from tests.conftest import START
from tests.wanted import wanted

LIMIT = 20
HOUR = timedelta(hours=1)
FRESH = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)


class Sent(NamedTuple):
    """A search on its way; `asks` are the moments of its requests."""

    search: Search
    read_at: datetime
    kept: int
    asks: list[datetime]


class World:
    """An hourly limit that two instances and others share; Prowlarr writes what it lets through."""

    def __init__(self, items: list[Item], lately: int) -> None:
        self.now, self.luck, self.items = START, Random(3), items
        self.prowlarr = Prowlarr.create(
            name="P", key="p", url="http://prowlarr:9696", api_key="k" * 32, created_at=START
        )
        listed = LimitedIndexer(1, "Barnacle", True, LIMIT, None, True)
        ProwlarrIndexer.keep(self.prowlarr, [listed])
        self.indexer = ProwlarrIndexer.get()
        for item in items:
            told = {"place": "prowlarr:9696", "number": 1, "automatic": True, "name": "Barnacle"}
            IndexerLink.create(instance=item.instance, arr_id=1, **told)
        # What others asked in the hour before.
        self.window: list[tuple[datetime, Search | None]] = [
            (START - MINUTE * ago, None) for ago in (55, 41, 33, 20, 12, 4)[:lately]
        ]
        self.written = 0
        self.sent: list[Sent] = []
        self.refused: list[datetime] = []
        self.others: list[datetime] = []

    def ask(self, search: Search | None) -> None:
        inside = sum(at > self.now - HOUR for at, _ in self.window)
        if inside < LIMIT:
            self.window.append((self.now, search))
        elif search or self.sent:
            self.refused.append(self.now)

    def read(self) -> None:
        rows = [
            {"indexer": self.indexer, "number": number, "kind": "query", "at": to_ms(at),
             "source": "Sonarr", "successful": True, "search": search}
            for number, (at, search) in enumerate(self.window)
        ][self.written :]  # fmt: skip
        if rows:
            IndexerRequest.insert_many(rows).execute()
        self.written = len(self.window)
        self.prowlarr.change(read_at=self.now)

    def search(self, item: Item) -> None:
        read_at = Prowlarr.get().read_at
        if read_at is None or self.now - read_at > FRESH:
            self.read()
        meters = Meters(self.now)
        if meters.shortage(item.instance):
            return
        search = Search.begin([item], None, self.now, 1)
        last = self.now + MINUTE * self.luck.choice((1, 1, 1, 1, 15))
        # At first the indexer has everything at once; it has nothing where that hurts most.
        asks = [last] * (3 if meters.all[0].room in (1, 2, 3) else 1)
        self.sent.append(Sent(search, Prowlarr.get().read_at, meters.all[0].reserve, asks))

    def go_on(self) -> None:
        """Requests of searches whose moment has come, and the ends of these."""
        for each in list(self.sent):
            if each.asks[0] <= self.now:
                for _ in each.asks:
                    self.ask(each.search)
                each.search.change(state="done", outcome="nothing", finished_at=self.now)
                self.sent.remove(each)

    def may_burst(self) -> int:
        """How many requests others may add without asking more than was kept for them."""
        rooms = [each.kept - sum(at >= each.read_at for at in self.others) for each in self.sent]
        return min(rooms, default=0)

    def burst(self, most: int) -> None:
        for _ in range(min(most, self.may_burst()) if self.sent else most):
            self.others.append(self.now)
            self.ask(None)


# What others asked in the hour before, and how often they ask in a minute.
PATTERNS: dict[str, tuple[int, Callable[[World], int]]] = {
    "nobody": (0, lambda _: 0),
    "at once": (6, lambda world: world.may_burst()),
    "now and then": (3, lambda world: world.luck.choice((0, 0, 0, 0, 5))),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_none_of_our_requests_is_refused_whenever_others_burst(
    db: Database, living_room: Instance, cinema: Instance, pattern: str
) -> None:
    lately, asked = PATTERNS[pattern]
    world = World([wanted(living_room), wanted(cinema)], lately)
    for minute in range(70):
        world.now = START + MINUTE * minute
        world.go_on()
        for item in world.items:
            if not any(each.search.instance_id == item.instance_id for each in world.sent):
                world.search(item)
        world.burst(asked(world))
    assert world.refused == []
    assert Search.select().count() >= 3
