"""The client of Sonarr; its wanted lists leave out the series of episodes."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import msgspec

from jobs.arr import translate
from jobs.arr.base import Client, Library
from jobs.arr.bounds import LIBRARY_LIMIT, MOST_OF_A_SERIES, MOST_RECORDS
from jobs.arr.decoding import Id, decode, moment
from jobs.arr.facts import GRABBED
from jobs.arr.reading import as_it_is
from jobs.arr.records import (
    Command,
    Download,
    GrabRecord,
    Meter,
    Scored,
    ScoredFile,
    Series,
    Shelf,
    Sight,
)
from jobs.arr.releases import OfferList
from jobs.arr.replies import (
    CommandBody,
    CommandReply,
    EpisodeReply,
    HistoryReply,
    Many,
    QueueReply,
    SeriesReply,
)
from jobs.arr.webhooks import OF_ALL
from jobs.net import Query
from models.applications import SONARR
from models.backlog import Entry

NO_SERIES = translate.series(SeriesReply(id=0))
HISTORY = 50


class EpisodeHistory(HistoryReply):
    item_id: Id | None = msgspec.field(default=None, name="episodeId")
    series_id: Id | None = None

    @property
    def shelf(self) -> int | None:
        return self.series_id


class EpisodeInQueue(QueueReply):
    item_id: Id | None = msgspec.field(default=None, name="episodeId")


class EpisodeCommandBody(CommandBody):
    item_ids: Many | None = msgspec.field(default=None, name="episodeIds")


class EpisodeCommand(CommandReply):
    body: EpisodeCommandBody | None = None


class Sonarr(Client):
    """Asks Sonarr 4 and newer."""

    application = SONARR
    oldest = (4, 0, 0)
    search_times_since = (4, 0, 9, 2332)
    item_path = "episode"
    page_size = 1000
    shelves_at_once = 1
    # The order by air date hardly changes while we read pages, and every version has it.
    sort_key = "episodes.airDateUtc"
    triggers = OF_ALL | {
        "onSeriesAdd": "On Series Add",
        "onSeriesDelete": "On Series Delete",
        "onEpisodeFileDelete": "On Episode File Delete",
    }
    record = EpisodeReply
    history = EpisodeHistory
    queued = EpisodeInQueue
    ordered = EpisodeCommand

    async def library(self) -> Library:
        """All series, read as a stream: each is 5 to 10 kB on the wire, of which little is kept."""
        found = await self._read.all(
            "series",
            SeriesReply,
            translate.series,
            slow=True,
            most=MOST_RECORDS,
            room=LIBRARY_LIMIT,
        )
        return {series.id: series for series in found}

    async def search(self, arr_id: int) -> Command:
        return await self._order("EpisodeSearch", episodeIds=[arr_id])

    async def search_season(self, series_id: int, season: int) -> Command:
        return await self._order("SeasonSearch", seriesId=series_id, seasonNumber=season)

    async def offers_of_season(self, series_id: int, season: int) -> OfferList:
        return await self._offers(series_id, {"seriesId": series_id, "seasonNumber": season})

    async def grabs_of_season(self, since_ms: int, series_id: int, season: int) -> list[GrabRecord]:
        query: Query = {"seriesId": series_id, "seasonNumber": season, "eventType": GRABBED}
        replies = await self._read.all("history/series", EpisodeHistory, as_it_is, query)
        return translate.grabs(replies, since_ms)

    async def see_season(self, series_id: int, season: int) -> list[Sight]:
        query: Query = {
            "seriesId": series_id,
            "seasonNumber": season,
            "includeSeries": "true",
            "includeEpisodeFile": "true",
        }
        return await self._read.all("episode", EpisodeReply, self._sight, query, slow=True)

    async def downloads_of(self, arr_id: int) -> list[Download]:
        return await self.downloading({"episodeIds": arr_id})

    async def downloads_of_series(self, series_id: int) -> list[Download]:
        return await self.downloading({"seriesId": series_id})

    async def shelves(self, meter: Meter) -> AsyncGenerator[list[Shelf], None]:
        replies = self._read.each("series", SeriesReply, slow=True, meter=meter)
        async with aclosing(replies) as batches:
            async for series, _ in batches:
                yield [_shelf(each) for each in series if _has_files(each)]

    async def scores(self, shelves: Sequence[Shelf], meter: Meter) -> Scored:
        """One request for one series, as a file alone does not name its episodes."""
        [shelf] = shelves
        query: Query = {"seriesId": shelf.arr_id, "includeEpisodeFile": "true"}
        replies = self._read.each(
            "episode", EpisodeReply, query, slow=True, most=MOST_OF_A_SERIES, meter=meter
        )
        library = {shelf.arr_id: decode(shelf.facts.encode(), Series)}
        found: dict[int, ScoredFile] = {}
        malformed = 0
        async with aclosing(replies) as batches:
            async for episodes, failed in batches:
                malformed += failed
                for episode in episodes:
                    if scored := self._scored(episode, shelf.arr_id, library):
                        found.setdefault(scored.file_id, scored)
        return Scored(list(found.values()), malformed)

    def _scored(self, episode: EpisodeReply, series_id: int, library: Library) -> ScoredFile | None:
        """The file of a monitored episode; None without one, or where its score is not told."""
        file = episode.episode_file
        if episode.monitored is False or not file or not file.id:
            return None
        if file.custom_format_score is None:
            return None
        below, entry = file.quality_cutoff_not_met is True, self._entry(episode, "score", library)
        return ScoredFile(series_id, file.id, file.custom_format_score, below, entry)

    def _sight(self, record: EpisodeReply) -> Sight:
        series, file = record.series, record.episode_file
        of_series = series is None or series.monitored is not False
        return Sight(
            record.id,
            record.tvdb_id or None,
            record.monitored is not False and of_series,
            record.has_file,
            file.quality_cutoff_not_met if file else None,
            moment(record.last_search_time),
            series.quality_profile_id if series else None,
            file.custom_format_score if file else None,
        )

    async def _history(self, arr_id: int) -> Sequence[HistoryReply]:
        query: Query = {
            "page": 1,
            "pageSize": HISTORY,
            "sortKey": "date",
            "sortDirection": "descending",
            "eventType": GRABBED,
            "episodeId": arr_id,
        }
        return (await self._read.page("history", EpisodeHistory, query, HISTORY))[1]

    def _entry(self, record: EpisodeReply, want: str, library: Library) -> Entry:
        series = library.get(record.series_id or 0, NO_SERIES)
        return Entry(
            arr_id=record.id,
            want=want,
            external_id=record.tvdb_id or None,
            title=record.title or "",
            sort_title=series.sort_title,
            series_id=record.series_id,
            series_title=series.title,
            season=record.season_number,
            episode=record.episode_number,
            year=series.year,
            aired_at=moment(record.air_date_utc),
            available=True,
            monitored=bool(record.monitored),
            profile_id=series.profile_id,
            root_folder=series.root_folder,
            series_status=series.status,
            series_type=series.type,
            tags=series.tags,
            slug=series.slug,
            arr_searched_at=moment(record.last_search_time),
        )


def _has_files(series: SeriesReply) -> bool:
    files = series.statistics.episode_file_count if series.statistics else None
    return series.monitored is not False and files != 0


def _shelf(series: SeriesReply) -> Shelf:
    facts = msgspec.json.encode(translate.series(series)._replace(seasons=())).decode()
    return Shelf(series.id, series.title or "", series.quality_profile_id or 0, facts)
