"""Prowlarr: the indexers of several applications, their limits, and what was asked of them.

The program only reads: every request is a GET.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from jobs.arr import translate
from jobs.arr.api import Api
from jobs.arr.decoding import moment, stamp
from jobs.arr.reading import Reader
from jobs.arr.records import Status
from jobs.arr.replies import (
    BlockReply,
    ProwlarrIndexerReply,
    RequestReply,
)
from jobs.arr.status import STATUS, status_of
from jobs.arr.targets import Target
from jobs.net import Door, Noted, Query, Request, unnoted
from models.prowlarrs.indexers import LimitedIndexer
from models.prowlarrs.requests import PastRequest

API = "/api/v1/"
OLDEST = (1, 8, 6)
ASKED = {
    STATUS: "for its status",
    "indexer": "for its indexers",
    "indexerstatus": "for its blocked indexers",
    "history/since": "for its history",
}
# The kinds of requests that count, by Prowlarr's name. Signing in and infos do not.
KINDS = {"indexerQuery": "query", "indexerRss": "rss", "releaseGrabbed": "grab"}
LIMITS = ("baseSettings.queryLimit", "baseSettings.grabLimit", "baseSettings.limitsUnit")
MOST_OF_A_LIMIT = 10**9


class ProwlarrTarget(Target):
    """A Prowlarr to connect to."""

    @property
    def label(self) -> str:
        return "Prowlarr"

    def request(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        *,
        content: bytes | None = None,
        slow: bool = False,
    ) -> Request:
        return Request(method, API + path, query, content, (), slow, ASKED[path])


class ProwlarrClient:
    """Asks one Prowlarr. Every method is one request, and raises a Fault if it fails."""

    def __init__(self, door: Door, target: ProwlarrTarget, noted: Noted = unnoted) -> None:
        self._api = Api(door, target, noted)
        self._read = Reader(self._api)

    @property
    def server_time(self) -> int | None:
        """Its clock at the last reply, in epoch ms."""
        return self._api.server_time

    async def status(self) -> Status:
        """Raises a Fault for another application or an old version."""
        reply = await status_of(self._read, "prowlarr", OLDEST)
        return translate.status(reply)

    async def indexers(self) -> list[LimitedIndexer]:
        return await self._read.all("indexer", ProwlarrIndexerReply, _indexer, slow=True)

    async def blocked(self) -> dict[int, int]:
        """The indexers that Prowlarr leaves alone, by id: until when, epoch ms by its clock."""
        blocks = await self._read.all("indexerstatus", BlockReply, _block)
        return {number: until for number, until in blocks if until is not None}

    async def asked(self, since_ms: int) -> AsyncGenerator[list[PastRequest], None]:
        """What anybody asked of its indexers since then, in batches, the oldest first."""
        query = {"date": stamp(since_ms)}
        replies = self._read.each("history/since", RequestReply, query, slow=True)
        async with aclosing(replies) as batches:
            async for batch, _ in batches:
                yield [asked for reply in batch if (asked := _asked(reply))]

    async def close(self) -> None:
        await self._api.close()


def _indexer(reply: ProwlarrIndexerReply) -> LimitedIndexer:
    told = translate.settings(reply.fields, *LIMITS)
    return LimitedIndexer(
        reply.id,
        reply.name or "",
        bool(reply.enable),
        _number(told.get(LIMITS[0])) or None,
        _number(told.get(LIMITS[1])) or None,
        _number(told.get(LIMITS[2])) == 1,
    )


def _block(reply: BlockReply) -> tuple[int, int | None]:
    return reply.indexer_id, moment(reply.disabled_till)


def _asked(reply: RequestReply) -> PastRequest | None:
    kind, at, data = KINDS.get(reply.event_type or ""), moment(reply.date), reply.data
    if kind is None or at is None:
        return None
    return PastRequest(
        reply.id,
        reply.indexer_id,
        kind,
        at,
        (data and data.source) or "",
        bool(reply.successful),
        _number(data and data.query_results) or 0,
        _number(data and data.elapsed_time) or 0,
        _number(data and data.season),
        _number(data and data.episode),
    )


def _number(told: object) -> int | None:
    """A number of at least 0; other programs write it as text, too."""
    if isinstance(told, int | float) and 0 <= told <= MOST_OF_A_LIMIT:
        return int(told)
    if isinstance(told, str) and told.isdecimal() and told.isascii() and len(told) < 10:
        return int(told)
    return None
