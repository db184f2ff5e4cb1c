"""What an instance tells of itself, in the same words for all applications."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import ClassVar

from jobs.arr import formats, translate
from jobs.arr.bounds import MOST_DOWNLOADS
from jobs.arr.decoding import stamp
from jobs.arr.reading import Reader
from jobs.arr.records import (
    Download,
    Health,
    Indexer,
    Meter,
    Profile,
    RootFolder,
    ScoredGrab,
    Tag,
)
from jobs.arr.replies import (
    HealthReply,
    HistoryReply,
    IndexerReply,
    ProfileReply,
    QueueReply,
    RootFolderReply,
    TagReply,
)
from jobs.net import Query
from models.searches.fates import Ending

# The number of this kind of event, the same in all applications.
GRABBED = 1
NEWEST_GRABS = 500


class FactsOfInstance:
    """Asks about the instance itself. Each method is one request, and raises a Fault.

    `history` and `queued` know the application's name for the id of an item.
    """

    history: ClassVar[type[HistoryReply]]
    queued: ClassVar[type[QueueReply]]

    def __init__(self, read: Reader) -> None:
        self._read = read

    async def endings(self, since_ms: int) -> AsyncGenerator[list[Ending], None]:
        """The ends of downloads since then, oldest first, in batches; by the instance's clock.

        `history/since` takes one kind of event or none, and its array may be long. So one request
        asks for all kinds, and the others are dropped here.
        """
        query = {"date": stamp(since_ms)}
        replies = self._read.each("history/since", self.history, query, slow=True)
        async with aclosing(replies) as batches:
            async for batch, _ in batches:
                yield translate.endings(batch)

    async def health(self) -> list[Health]:
        return await self._read.all("health", HealthReply, translate.health)

    async def profiles(self) -> list[Profile]:
        return await self._read.all("qualityprofile", ProfileReply, translate.profile)

    async def formats(self) -> dict[int, str]:
        """What stands for the meaning of each custom format, by its id."""
        shape, make = formats.CustomFormatReply, formats.custom_format
        return dict(await self._read.all("customformat", shape, make, slow=True))

    async def scored_grabs(self, meter: Meter) -> list[ScoredGrab]:
        """The newest grabs with their scores."""
        query: Query = {
            "page": 1,
            "pageSize": NEWEST_GRABS,
            "sortKey": "date",
            "sortDirection": "descending",
            "eventType": GRABBED,
        }
        page = await self._read.page("history", self.history, query, NEWEST_GRABS, meter=meter)
        return formats.scored_grabs(page[1])

    async def tags(self) -> list[Tag]:
        return await self._read.all("tag", TagReply, translate.tag)

    async def indexers(self) -> list[Indexer]:
        return await self._read.all("indexer", IndexerReply, translate.indexer)

    async def root_folders(self) -> list[RootFolder]:
        return await self._read.all("rootfolder", RootFolderReply, translate.root_folder, slow=True)

    async def downloading(self, query: Query | None = None) -> list[Download]:
        """The whole download queue, or the part that a query asks for."""
        make = translate.download
        return await self._read.all(
            "queue/details", self.queued, make, query, slow=True, most=MOST_DOWNLOADS
        )
