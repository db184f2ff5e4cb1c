"""The Prowlarr of a month: its indexers are asked by all servers, by feeds and by others."""

from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime
from functools import partial
from typing import Any

from jobs.demo.library import DemoItem
from jobs.demo.prowlarr import DemoLimits
from jobs.demo.releases import INDEXERS
from models.prowlarrs import Prowlarr
from tests.fakes.arr import FakeArr
from tests.fakes.indexers import BusyProwlarr, most_used, refused
from tests.month.server import Server

HOST = "prowlarr"


class MonthProwlarr(BusyProwlarr):
    """It hears of a search at the moment at which the search ends, as a real one does.

    The servers let things happen only when somebody asks them, so it asks them first.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        seed: int,
        limits: Mapping[int, DemoLimits],
        servers: Mapping[str, Server],
    ) -> None:
        super().__init__(now, seed=seed)
        self.limits, self.servers = dict(limits), servers
        for server in servers.values():
            server.world.told = partial(self._hear_of, server)

    def _hear_of(self, server: Server, source: str, item: DemoItem, at: float, found: bool) -> None:
        self.hear_at(min(server.since(at) + self.began, self.now), source, item, found)
        server.world.giving = tuple(each for each in INDEXERS if each.id not in self.silent)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        for server in self.servers.values():
            server.world.now()
        await super().__call__(scope, receive, send)


def connect(at: datetime) -> None:
    Prowlarr.create(
        name="Indexers", key="indexers", url=f"demo://{HOST}", api_key=FakeArr.key, created_at=at
    )


def breaches(prowlarr: BusyProwlarr) -> list[str]:
    """Queries of our applications that a limit refused, and windows that were passed."""
    found = [
        f"Indexer {indexer} refused {many} requests ({kind}) of {source}."
        for (indexer, source, kind), many in refused(prowlarr).items()
        if kind == "query" and source in ("Sonarr", "Radarr")
    ]
    for number, limit in prowlarr.limits.items():
        most = most_used(prowlarr, number)
        if limit.queries is not None and most > limit.queries:
            found.append(f"Indexer {number} had {most} requests of {limit.queries} in a window.")
    return found
