"""Sonarr: episodes, whose series the wanted lists leave out."""

from contextlib import aclosing

from jobs.arr import translate
from jobs.arr.base import Client, Library
from jobs.arr.decoding import decode_each, folder, moment
from jobs.arr.records import Command, Download, Grab, Sight
from jobs.arr.replies import (
    EpisodeReply,
    HistoryReply,
    PagedReply,
    SeriesReply,
)
from jobs.arr.targets import Query
from models.backlog import Entry

NO_SERIES = SeriesReply(id=0)
GRABBED = 1


class Sonarr(Client):
    """Sonarr 4 and newer."""

    application = "sonarr"
    oldest = (4, 0, 0)
    search_times_since = (4, 0, 9, 2332)
    item_path = "episode"
    page_size = 1000
    # The order of air dates hardly changes while we page, and is served by every version.
    sort_key = "episodes.airDateUtc"
    record = EpisodeReply

    async def library(self) -> Library:
        """All series, read as a stream: 5 to 10 kB each over the wire, of which little is kept."""
        batches = self._read.each("series", SeriesReply, slow=True)
        async with aclosing(batches):
            return {series.id: series async for found, _ in batches for series in found}

    async def search(self, arr_id: int) -> Command:
        return await self._order("EpisodeSearch", episodeIds=[arr_id])

    async def search_season(self, series_id: int, season: int) -> Command:
        return await self._order("SeasonSearch", seriesId=series_id, seasonNumber=season)

    async def grabs_of_season(self, since_ms: int, series_id: int, season: int) -> list[Grab]:
        query: Query = {"seriesId": series_id, "seasonNumber": season, "eventType": GRABBED}
        replies = await self._read.all("history/series", HistoryReply, query)
        return translate.grabs(replies, since_ms)

    async def see_season(self, series_id: int, season: int) -> list[Sight]:
        query: Query = {
            "seriesId": series_id,
            "seasonNumber": season,
            "includeSeries": "true",
            "includeEpisodeFile": "true",
        }
        replies = await self._read.all("episode", EpisodeReply, query, slow=True)
        return [self._sight(reply) for reply in replies]

    async def downloads_of(self, arr_id: int) -> list[Download]:
        return await self.downloading({"episodeIds": arr_id})

    async def downloads_of_series(self, series_id: int) -> list[Download]:
        return await self.downloading({"seriesId": series_id})

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
        )

    async def _history(self, arr_id: int) -> list[HistoryReply]:
        query: Query = {
            "page": 1,
            "pageSize": 50,
            "sortKey": "date",
            "sortDirection": "descending",
            "eventType": GRABBED,
            "episodeId": arr_id,
        }
        page = await self._read.one("history", PagedReply, query)
        return decode_each(page.records, HistoryReply)[0]

    def _entry(self, record: EpisodeReply, want: str, library: Library) -> Entry:
        series = library.get(record.series_id or 0, NO_SERIES)
        return Entry(
            arr_id=record.id,
            want=want,
            external_id=record.tvdb_id or None,
            title=record.title or "",
            sort_title=series.sort_title or series.title or "",
            series_id=record.series_id,
            series_title=series.title,
            season=record.season_number,
            episode=record.episode_number,
            year=series.year or None,
            aired_at=moment(record.air_date_utc),
            available=True,
            monitored=bool(record.monitored),
            profile_id=series.quality_profile_id,
            root_folder=folder(series.root_folder_path),
            series_status=series.status,
            series_type=series.series_type,
            tags=series.tags or (),
            slug=series.title_slug or "",
            arr_searched_at=moment(record.last_search_time),
        )
