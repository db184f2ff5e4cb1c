"""The common part of the clients; the client of each application adds its own."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar

from jobs.arr import translate
from jobs.arr.api import Api
from jobs.arr.bounds import MOST_ITEMS, MOST_OF_A_KIND
from jobs.arr.decoding import moment
from jobs.arr.facts import FactsOfInstance
from jobs.arr.reading import Reader
from jobs.arr.records import (
    Command,
    Download,
    GrabRecord,
    Meter,
    Page,
    Scored,
    SeasonFacts,
    Series,
    Shelf,
    Sight,
    Status,
)
from jobs.arr.releases import Gathering, OfferList, ReleaseReply
from jobs.arr.replies import (
    CommandReply,
    HistoryReply,
    ItemReply,
    PagedReply,
)
from jobs.arr.status import status_of
from jobs.arr.targets import RELEASES, Target
from jobs.arr.wanted import Fetched, walk
from jobs.arr.webhooks import OF_ALL, Webhooks
from jobs.net import Fault, Query
from models.applications import Application
from models.backlog import Entry

Library = Mapping[int, Series]
Version = tuple[int, ...]

WANTED = {"missing": "wanted/missing", "upgrade": "wanted/cutoff"}


class Client(FactsOfInstance, ABC):
    """Asks one instance. Every method raises a Fault if it fails, and none tries twice.

    Clients of applications with seasons override the methods about seasons.
    """

    application: ClassVar[Application]
    oldest: ClassVar[Version]
    search_times_since: ClassVar[Version]
    item_path: ClassVar[str]
    page_size: ClassVar[int]
    sort_key: ClassVar[str]
    # How many shelves one request asks for their scores; 0 where the application tells none.
    shelves_at_once: ClassVar[int] = 0
    # The webhooks' switches that it asks for.
    triggers: ClassVar[Mapping[str, str]] = OF_ALL
    record: ClassVar[type[ItemReply]]
    ordered: ClassVar[type[CommandReply]]

    def __init__(self, api: Api) -> None:
        super().__init__(Reader(api))
        self._api = api
        self.webhooks = Webhooks(self._read, self.triggers)
        self.version: Version | None = None

    def describe(self, target: Target) -> None:
        """Changes the names in sentences; the target is the same place."""
        self._api.describe(target)

    @property
    def server_time(self) -> int | None:
        """The instance's clock at its last reply, in epoch ms."""
        return self._api.server_time

    @property
    def tells_search_times(self) -> bool:
        """Whether this version tells lastSearchTime; known after `status`."""
        return self.version is not None and self.version >= self.search_times_since

    async def status(self) -> Status:
        """The status of the instance. Raises a Fault for another application or an old version."""
        reply = await status_of(self._read, self.application.label, self.oldest)
        self.version = translate.version_numbers(reply.version)
        return translate.status(reply)

    async def total(self, want: str) -> int:
        """How many items the wanted list has; the cheapest question about it."""
        return (await self._page(want, 1, 1))[0].total_records

    async def library(self) -> Library:
        """The series, which wanted lists leave out; ask once and pass it to `pages`."""
        return {}

    def seasons(self, library: Library) -> Iterator[SeasonFacts]:
        """The seasons in the library; most applications have none."""
        return (facts for series in library.values() for facts in series.seasons)

    async def pages(self, want: str, library: Library | None = None) -> AsyncGenerator[Page, None]:
        """The pages of the wanted list, with each item once, though it may change meanwhile."""
        known = await self.library() if library is None else library

        async def fetch(number: int, size: int) -> Fetched:
            around, records, malformed, unread = await self._page(want, number, size)
            entries = [self._entry(record, want, known) for record in records]
            unread -= {entry.arr_id for entry in entries}
            return Fetched(around.total_records, around.page_size, entries, malformed, unread)

        async with aclosing(self._bounded(walk(fetch, self.page_size), WANTED[want])) as pages:
            async for page in pages:
                yield page

    async def _bounded(
        self, pages: AsyncGenerator[Page, None], path: str
    ) -> AsyncGenerator[Page, None]:
        """The pages, up to MOST_ITEMS: a server may invent records for ever."""
        total = 0
        async with aclosing(pages):
            async for page in pages:
                total += len(page.entries) + page.malformed
                if total > MOST_ITEMS:
                    raise self._read.fault("too_large.number", path, most=f"{MOST_ITEMS:,}")
                yield page

    @abstractmethod
    async def search(self, arr_id: int) -> Command:
        """Starts a search for one item: exactly one POST."""

    async def search_season(self, series_id: int, season: int) -> Command:
        """Starts a search for a season: exactly one POST."""
        raise NotImplementedError

    async def offers(self, arr_id: int) -> OfferList:
        """The releases that its indexers have for one item now; nothing is grabbed.

        Its indexers are asked as for a search, which takes seconds to minutes.
        """
        return await self._offers(arr_id, {f"{self.application.kind.name}Id": arr_id})

    async def offers_of_season(self, series_id: int, season: int) -> OfferList:
        """The releases for a whole season, the episodes that nobody wants included."""
        raise NotImplementedError

    async def command(self, command_id: int) -> Command | None:
        """The command; None once the instance has forgotten it."""
        try:
            return translate.command(await self._read.one(f"command/{command_id}", self.ordered))
        except Fault as error:
            if error.code == "not_found" and error.by_application:
                return None
            raise

    async def commands(self) -> list[Command]:
        """Commands that are queued, running, or ended in the last minutes."""
        return await self._read.all("command", self.ordered, translate.command)

    async def cancel(self, command_id: int) -> bool:
        """Cancels a command; False if it was no longer queued."""
        try:
            await self._api.delete(f"command/{command_id}")
        except Fault as error:
            if error.code in ("not_found", "rejected"):
                return False
            raise
        return True

    async def grabs(self, since_ms: int, arr_id: int) -> list[GrabRecord]:
        """Releases grabbed for the item by user or API searches since then (server's time)."""
        found = translate.grabs(await self._history(arr_id), since_ms)
        return [grab for grab in found if grab.arr_id == arr_id]

    async def grabs_of_season(self, since_ms: int, series_id: int, season: int) -> list[GrabRecord]:
        """Releases grabbed for the episodes of a season."""
        raise NotImplementedError

    async def last_searched(self, arr_id: int) -> int | None:
        """When anybody last searched the item. Raises a Fault `not_found` if it is gone."""
        record = await self._read.one(f"{self.item_path}/{arr_id}", self.record)
        return moment(record.last_search_time)

    async def see(self, arr_id: int) -> Sight | None:
        """The item as it is now; None if the instance has no item of this id."""
        try:
            record = await self._read.one(f"{self.item_path}/{arr_id}", self.record)
        except Fault as error:
            if error.code == "not_found" and error.by_application:
                return None
            raise
        return self._sight(record)

    async def see_season(self, series_id: int, season: int) -> list[Sight]:
        """All episodes of a season as they are now."""
        raise NotImplementedError

    async def score_of(self, arr_id: int) -> int | None:
        """The score of the item's file now, where `see` does not tell it."""
        return None

    @abstractmethod
    async def downloads_of(self, arr_id: int) -> list[Download]:
        """The entries of the download queue for one item."""

    async def downloads_of_series(self, series_id: int) -> list[Download]:
        """The entries of the download queue for a series."""
        raise NotImplementedError

    def shelves(self, meter: Meter) -> AsyncGenerator[list[Shelf], None]:
        """The monitored series or movies that have files, in batches as they arrive."""
        raise NotImplementedError

    async def scores(self, shelves: Sequence[Shelf], meter: Meter) -> Scored:
        """The scores of these shelves' monitored files; at most `shelves_at_once` of them."""
        raise NotImplementedError

    async def close(self) -> None:
        await self._api.close()

    @abstractmethod
    async def _history(self, arr_id: int) -> Sequence[HistoryReply]:
        """The newest grabs of one item."""

    @abstractmethod
    def _sight(self, record: Any) -> Sight:
        """The item in a record, asked for by its id."""

    @abstractmethod
    def _entry(self, record: Any, want: str, library: Library) -> Entry:
        """The item in a record of a wanted list."""

    async def _offers(self, number: int, query: Query) -> OfferList:
        """Asks with an id only: without one it would read the feeds of all indexers instead."""
        if number <= 0:
            raise ValueError(query)
        gathering = Gathering()
        batches = self._read.each(RELEASES, ReleaseReply, query, slow=True, most=MOST_OF_A_KIND)
        async with aclosing(batches):
            async for releases, malformed in batches:
                gathering.add(releases, malformed)
        return gathering.answer()

    async def _order(self, name: str, **ids: int | list[int]) -> Command:
        reply = await self._read.order({"name": name, **ids}, self.ordered)
        return translate.command(reply)

    async def _page(
        self, want: str, number: int, size: int
    ) -> tuple[PagedReply, list[Any], int, set[int]]:
        query: Query = {
            "page": number,
            "pageSize": size,
            "sortKey": self.sort_key,
            "sortDirection": "ascending",
            "monitored": "true",
        }
        return await self._read.page(WANTED[want], self.record, query, size)
