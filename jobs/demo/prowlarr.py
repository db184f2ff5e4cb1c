"""The ASGI app that speaks the v1 API of Prowlarr 2 over the indexers of the demo library."""

import json
from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from operator import itemgetter
from random import Random
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from jobs.demo import DEMO_KEY
from jobs.demo.library import DemoItem, Episode
from jobs.demo.releases import INDEXERS, stamp
from jobs.demo.server import JSON

Message = MutableMapping[str, Any]
Document = dict[str, Any]

HOUR_S, DAY_S = 3_600, 86_400
# For so long Prowlarr keeps its history unless told otherwise.
KEPT_S = 30 * DAY_S
FEEDS_EVERY_S = 900
FEEDS_OF = ("Sonarr", "Radarr")
OTHERS = "cross-seed"
KINDS = {"query": "indexerQuery", "rss": "indexerRss", "grab": "releaseGrabbed"}


class DemoLimits(NamedTuple):
    """The limits of an indexer; None for no limit."""

    queries: int | None
    grabs: int | None
    is_hourly: bool = False


LIMITS = {
    1: DemoLimits(400, 50),
    2: DemoLimits(60, None, is_hourly=True),
    3: DemoLimits(None, None),
}


class DemoProwlarr:
    """A Prowlarr; its history grows by feeds, by other programs and by searches that it hears of.

    `others_an_hour` is how often another program asks each indexer.
    `blocked` maps ids of indexers to the moment until which they rest, epoch seconds.
    `silent` are ids of indexers that answer everything with nothing.
    `refused` counts requests that an indexer's limit refused, by its id and who asked.
    `history` has its rows by time.
    `audit` counts what it did for searches, by indexer, application and figure.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        others_an_hour: float = 2.0,
        feeds: bool = True,
        seed: int = 7,
    ) -> None:
        self._now = now
        self._random = Random(f"{seed}:prowlarr")
        self._feeds, self.others_an_hour = feeds, others_an_hour
        self.limits = dict(LIMITS)
        self.off: set[int] = set()
        self.blocked: dict[int, float] = {}
        self.silent: set[int] = set()
        self.refused: Counter[tuple[int, str]] = Counter()
        self.audit: Counter[tuple[int, str, str]] = Counter()
        self.history: list[Document] = []
        self._moments: defaultdict[tuple[int, str], list[float]] = defaultdict(list)
        self._numbers = count(1)
        self.log: list[tuple[str, str]] = []
        self.status = 200
        self._caught_up = self.now - DAY_S

    @property
    def now(self) -> float:
        return self._now().timestamp()

    def used(self, indexer: int, kinds: tuple[str, ...], at: float) -> int:
        """How many rows count against a limit of the indexer at that moment."""
        window = HOUR_S if self.limits[indexer].is_hourly else DAY_S
        counted = [self._moments[indexer, kind] for kind in kinds]
        return sum(bisect_right(each, at) - bisect_right(each, at - window) for each in counted)

    def ask(
        self, indexer: int, kind: str, source: str, at: float, results: int, **ids: int
    ) -> Document | None:
        """The row of one request to an indexer; None if it rests or its limit refuses it."""
        limit = self.limits[indexer]
        most: int | None = limit.queries
        counted: tuple[str, ...] = ("query", "rss")
        if kind == "grab":
            most, counted = limit.grabs, ("grab",)
        if indexer in self.off or self.blocked.get(indexer, 0) > at:
            return None
        if most is not None and self.used(indexer, counted, at) >= most:
            self.refused[indexer, source] += 1
            return None
        told = {"queryType": "search", "source": source, "host": source.lower(), "cached": "0"}
        told |= {name: str(value) for name, value in ids.items()}
        results = 0 if indexer in self.silent else results
        told |= {"queryResults": str(results), "elapsedTime": str(self._random.randint(200, 1500))}
        told["url"] = "https://indexer.example.invalid/api?t=search&apikey=0123456789abcdef"
        row = {"indexerId": indexer, "date": stamp(at), "successful": True, "epoch": at}
        row |= {"eventType": KINDS[kind], "data": told, "id": next(self._numbers)}
        insort(self.history, row, key=itemgetter("epoch"))
        insort(self._moments[indexer, kind], at)
        return row

    def hear(self, source: str, item: DemoItem, at: float, found: bool) -> None:
        """A search of Sonarr or Radarr: two requests to each indexer, or one that finds it."""
        self.catch_up()
        ids = {}
        if isinstance(item, Episode):
            ids = {"season": item.season, "episode": item.number}
        for indexer in INDEXERS:
            rows = []
            for _ in range(1 if found else 2):
                results = self._random.randint(1, 9) if found else 0
                rows.append(self.ask(indexer.id, "query", source, at, results, **ids))
            self.keep_audit(indexer.id, source, [row for row in rows if row])

    def hear_grab(self, source: str, indexer: int, at: float) -> None:
        """Sonarr or Radarr fetches a release of an indexer."""
        self.catch_up()
        self.ask(indexer, "grab", source, at, 1)

    def keep_audit(self, indexer: int, source: str, rows: list[Document]) -> None:
        told = [row["data"] for row in rows]
        figures = {
            "asked": int(bool(rows)),
            "answered": int(any(row["successful"] for row in rows)),
            "had": int(any(int(each["queryResults"]) > 0 for each in told)),
            "waited_ms": sum(int(each["elapsedTime"]) for each in told),
        }
        for figure, value in figures.items():
            self.audit[indexer, source, figure] += value
        self.audit = +self.audit

    def catch_up(self) -> None:
        """Adds what feeds and other programs have asked meanwhile."""
        at, self._caught_up = self._caught_up, self.now
        while self._feeds and (at := at - at % FEEDS_EVERY_S + FEEDS_EVERY_S) <= self._caught_up:
            for indexer in INDEXERS:
                for application in FEEDS_OF:
                    self.ask(indexer.id, "rss", application, at, 40)
                if self._random.random() < self.others_an_hour * FEEDS_EVERY_S / HOUR_S:
                    self.ask(indexer.id, "query", OTHERS, at, self._random.choice((0, 0, 3)))
        self.forget()

    def forget(self) -> None:
        """Deletes what is too old to be kept."""
        old = self.now - KEPT_S
        del self.history[: bisect_right(self.history, old, key=itemgetter("epoch"))]
        for moments in self._moments.values():
            del moments[: bisect_right(moments, old)]

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        self.log.append((scope["method"], scope["path"]))
        query = parse_qs(scope["query_string"].decode("latin-1"))
        status, document = self._answer(scope["method"], scope["path"], query, headers)
        date = format_datetime(datetime.fromtimestamp(int(self.now), UTC), usegmt=True)
        head = [(b"date", date.encode()), (b"x-application-version", b"2.3.6.5325")]
        head.append((b"content-type", JSON.encode()))
        body = b"" if document is None else json.dumps(document).encode()
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": body})

    def _answer(
        self, method: str, path: str, query: dict[str, list[str]], headers: dict[str, str]
    ) -> tuple[int, Any]:
        if headers.get("x-api-key") != DEMO_KEY:
            return 401, None
        if self.status != 200:
            return self.status, {"message": "It is starting."}
        name = path.lower().rstrip("/").removeprefix("/api/v1/")
        if name not in ("system/status", "indexer", "indexerstatus", "history/since"):
            return 404, {"message": "NotFound"}
        if method != "GET":
            return 405, None
        self.catch_up()
        if name == "system/status":
            return 200, STATUS
        if name == "indexer":
            return 200, [self._indexer(each.id) for each in INDEXERS]
        if name == "indexerstatus":
            return 200, self._blocks()
        since = datetime.fromisoformat(query["date"][0]).timestamp()
        first = bisect_left(self.history, since, key=itemgetter("epoch"))
        return 200, [_shown(row) for row in self.history[first:]]

    def _blocks(self) -> list[Document]:
        return [
            {"id": number, "indexerId": indexer, "disabledTill": stamp(until)}
            | {"mostRecentFailure": stamp(self.now), "initialFailure": stamp(self.now)}
            for number, (indexer, until) in enumerate(self.blocked.items(), start=1)
            if until > self.now
        ]

    def _indexer(self, number: int) -> Document:
        known = next(each for each in INDEXERS if each.id == number)
        limit = self.limits[number]
        kind = "Newznab" if known.protocol == "usenet" else "Torznab"
        return {
            "indexerUrls": [f"https://{number}.example.invalid/"],
            "legacyUrls": [],
            "definitionName": kind,
            "description": "",
            "language": "en-US",
            "encoding": "Unicode (UTF-8)",
            "enable": number not in self.off,
            "redirect": False,
            "supportsRss": True,
            "supportsSearch": True,
            "supportsRedirect": False,
            "supportsPagination": True,
            "appProfileId": 1,
            "protocol": known.protocol,
            "privacy": "private",
            "capabilities": CAPABILITIES,
            "priority": 25,
            "downloadClientId": 0,
            "added": "2025-03-01T10:00:00Z",
            "sortName": known.name.lower(),
            "name": known.name,
            "fields": [
                _field(0, "baseUrl", "textbox", f"https://{number}.example.invalid"),
                _field(1, "apiKey", "textbox", "********"),
                _field(6, "baseSettings.queryLimit", "number", limit.queries),
                _field(7, "baseSettings.grabLimit", "number", limit.grabs),
                _field(8, "baseSettings.limitsUnit", "select", int(limit.is_hourly)),
            ],
            "implementationName": kind,
            "implementation": kind,
            "configContract": f"{kind}Settings",
            "infoLink": "https://wiki.servarr.com/prowlarr/supported-indexers",
            "tags": [],
            "id": number,
        }


CAPABILITIES = {
    "limitsMax": 100,
    "limitsDefault": 100,
    "categories": [{"id": 5000, "name": "TV", "subCategories": []}],
    "supportsRawSearch": False,
    "searchParams": ["q"],
    "tvSearchParams": ["q", "season", "ep", "tvdbId"],
    "movieSearchParams": ["q", "imdbId", "tmdbId"],
    "musicSearchParams": ["q"],
    "bookSearchParams": ["q"],
}
STATUS = {
    "appName": "Prowlarr",
    "instanceName": "Demo Prowlarr",
    "version": "2.3.6.5325",
    "isDebug": False,
    "isProduction": True,
    "isAdmin": False,
    "isUserInteractive": False,
    "osName": "alpine",
    "isNetCore": True,
    "isLinux": True,
    "isOsx": False,
    "isWindows": False,
    "isDocker": True,
    "mode": "console",
    "branch": "master",
    "databaseType": "sqLite",
    "authentication": "forms",
    "urlBase": "",
    "runtimeName": ".NET",
}


def _field(order: int, name: str, kind: str, value: object) -> Document:
    """A setting; without a value it has none, as in Prowlarr."""
    field = {"order": order, "name": name, "label": name, "type": kind, "advanced": order > 1}
    more = {"privacy": "apiKey" if name == "apiKey" else "normal", "isFloat": False}
    return field | more | ({} if value is None else {"value": value})


def _shown(row: Document) -> Document:
    return {name: value for name, value in row.items() if name != "epoch"}
