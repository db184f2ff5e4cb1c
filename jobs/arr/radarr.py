"""The client of Radarr, whose older versions have no wanted lists."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing

import msgspec

from jobs.arr.base import Client, Library
from jobs.arr.bounds import MOST_OF_A_KIND
from jobs.arr.decoding import Id, decode, folder, moment, parent
from jobs.arr.facts import GRABBED
from jobs.arr.reading import as_it_is
from jobs.arr.records import Command, Download, Meter, Page, Scored, ScoredFile, Shelf, Sight
from jobs.arr.replies import (
    CommandBody,
    CommandReply,
    HistoryReply,
    Many,
    MovieFileReply,
    MovieReply,
    QueueReply,
)
from jobs.arr.webhooks import OF_ALL
from jobs.net import Query
from models.applications import RADARR
from models.backlog import Entry

WANTED_LISTS_SINCE = (5, 6)
DAYS_90 = 90 * 86_400_000


class MovieHistory(HistoryReply):
    item_id: Id | None = msgspec.field(default=None, name="movieId")


class MovieInQueue(QueueReply):
    item_id: Id | None = msgspec.field(default=None, name="movieId")


class MovieCommandBody(CommandBody):
    item_ids: Many | None = msgspec.field(default=None, name="movieIds")


class MovieCommand(CommandReply):
    body: MovieCommandBody | None = None


class Radarr(Client):
    """Asks Radarr 5 and newer; before 5.6, wanted movies are picked out of all movies."""

    application = RADARR
    oldest = (5, 0)
    search_times_since = (5, 10, 3)
    item_path = "movie"
    page_size = 500
    # The ids of 100 movies are 2 kB in the address, and servers take 8.
    shelves_at_once = 100
    # Titles hardly change while we read pages, and every version with wanted lists sorts by them.
    sort_key = "movieMetadata.sortTitle"
    triggers = OF_ALL | {
        "onMovieAdded": "On Movie Added",
        "onMovieDelete": "On Movie Delete",
        "onMovieFileDelete": "On Movie File Delete",
    }
    record = MovieReply
    history = MovieHistory
    queued = MovieInQueue
    ordered = MovieCommand

    async def total(self, want: str) -> int:
        if await self._has_wanted_lists():
            return await super().total(want)
        total = 0
        async with aclosing(self._sieved(want)) as pages:
            async for page in pages:
                total = page.total
        return total

    async def pages(self, want: str, library: Library | None = None) -> AsyncGenerator[Page, None]:
        listed = await self._has_wanted_lists()
        source = (
            super().pages(want, library) if listed else self._bounded(self._sieved(want), "movie")
        )
        async with aclosing(source) as pages:
            async for page in pages:
                yield page

    async def search(self, arr_id: int) -> Command:
        return await self._order("MoviesSearch", movieIds=[arr_id])

    async def downloads_of(self, arr_id: int) -> list[Download]:
        return await self.downloading({"movieId": arr_id})

    async def shelves(self, meter: Meter) -> AsyncGenerator[list[Shelf], None]:
        query = {"excludeLocalCovers": "true"}
        replies = self._read.each("movie", MovieReply, query, slow=True, meter=meter)
        async with aclosing(replies) as batches:
            async for movies, _ in batches:
                yield [self._shelf(each) for each in movies if each.monitored and each.has_file]

    async def scores(self, shelves: Sequence[Shelf], meter: Meter) -> Scored:
        """Asks by movies: one unknown file id would be an error for all of them."""
        entries = {each.arr_id: decode(each.facts.encode(), Entry) for each in shelves}
        query: Query = {"movieId": sorted(entries)}
        replies = self._read.each(
            "moviefile", MovieFileReply, query, slow=True, most=MOST_OF_A_KIND, meter=meter
        )
        found: dict[int, ScoredFile] = {}
        malformed = 0
        async with aclosing(replies) as batches:
            async for files, failed in batches:
                malformed += failed
                for file in files:
                    if scored := _scored(file, entries):
                        found[scored.shelf] = scored
        return Scored(list(found.values()), malformed)

    async def score_of(self, arr_id: int) -> int | None:
        query: Query = {"movieId": arr_id}
        files = await self._read.all("moviefile", MovieFileReply, as_it_is, query)
        return next((each.custom_format_score for each in files if each.movie_id == arr_id), None)

    def _shelf(self, movie: MovieReply) -> Shelf:
        facts = msgspec.json.encode(self._entry(movie, "score", {})).decode()
        return Shelf(movie.id, movie.title or "", movie.quality_profile_id or 0, facts)

    def _sight(self, record: MovieReply) -> Sight:
        file = record.movie_file
        return Sight(
            record.id,
            record.tmdb_id or None,
            record.monitored is not False,
            record.has_file,
            file.quality_cutoff_not_met if file else None,
            moment(record.last_search_time),
            record.quality_profile_id,
        )

    async def _history(self, arr_id: int) -> Sequence[HistoryReply]:
        query = {"movieId": arr_id, "eventType": GRABBED}
        return await self._read.all("history/movie", MovieHistory, as_it_is, query)

    async def _has_wanted_lists(self) -> bool:
        if self.version is None:
            await self.status()
        return self.version is not None and self.version >= WANTED_LISTS_SINCE

    async def _sieved(self, want: str) -> AsyncGenerator[Page, None]:
        """Pages of what the wanted list would hold; `total` is right on the last page only.

        Unreleased movies are included, as in the lists of newer versions.
        """
        wanted = {"missing": _is_missing, "upgrade": _is_below_cutoff}[want]
        query = {"excludeLocalCovers": "true"}
        number, total, malformed = 1, 0, 0
        entries: list[Entry] = []
        async with aclosing(self._read.each("movie", MovieReply, query, slow=True)) as batches:
            async for movies, failed in batches:
                entries += [self._entry(movie, want, {}) for movie in movies if wanted(movie)]
                malformed += failed
                if len(entries) >= self.page_size:
                    total += len(entries) + malformed
                    yield Page(number, total, entries, malformed)
                    number, entries, malformed = number + 1, [], 0
        yield Page(number, total + len(entries) + malformed, entries, malformed)

    def _entry(self, record: MovieReply, want: str, library: Library) -> Entry:
        return Entry(
            arr_id=record.id,
            want=want,
            external_id=record.tmdb_id or None,
            title=record.title or "",
            sort_title=record.sort_title or record.title or "",
            series_id=None,
            series_title=None,
            season=None,
            episode=None,
            year=record.year or None,
            aired_at=_out(record),
            available=bool(record.is_available),
            monitored=bool(record.monitored),
            profile_id=record.quality_profile_id,
            root_folder=folder(record.root_folder_path) or parent(record.path),
            series_status=None,
            series_type=None,
            tags=record.tags or (),
            slug=str(record.tmdb_id or ""),
            arr_searched_at=moment(record.last_search_time),
            home_release_at=_home_release(record),
        )


def _is_missing(movie: MovieReply) -> bool:
    return bool(movie.monitored and not movie.has_file and movie.year)


def _is_below_cutoff(movie: MovieReply) -> bool:
    file = movie.movie_file
    return bool(movie.monitored and movie.has_file and file and file.quality_cutoff_not_met)


def _home_release(movie: MovieReply) -> int | None:
    """The earlier of the digital and the physical release, in epoch ms."""
    dates = (moment(movie.digital_release), moment(movie.physical_release))
    return min((date for date in dates if date is not None), default=None)


def _out(movie: MovieReply) -> int | None:
    """When releases can exist, epoch ms; Radarr's releaseDate follows minimum availability."""
    home, cinemas = _home_release(movie), moment(movie.in_cinemas)
    if home is None and cinemas is not None:
        return cinemas + DAYS_90
    return home


def _scored(file: MovieFileReply, entries: Mapping[int, Entry]) -> ScoredFile | None:
    """The file of one of these movies; None for any other, or where its score is not told."""
    entry, score = entries.get(file.movie_id or 0), file.custom_format_score
    if entry is None or not file.id or score is None:
        return None
    below = file.quality_cutoff_not_met is True
    return ScoredFile(entry.arr_id, file.id, score, below, entry)
