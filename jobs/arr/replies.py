"""Replies as they come over the wire: only the needed fields, with long texts cut at once."""

from typing import Annotated

import msgspec

from jobs.arr.decoding import Id, Int

# The longest text in characters, by field name; 200 for all others.
LONGEST = {
    "title": 500,
    "sort_title": 500,
    "source_title": 500,
    "message": 2_000,
    "exception": 2_000,
    "path": 1_000,
    "reason": 2_000,
    "root_folder_path": 1_000,
    "version": 50,
}
LONGEST_NAME = 200
# SQLite's integers; every disk has fewer bytes.
Bytes = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
# The ids of one item or series; nobody has as many.
Several = Annotated[tuple[Id, ...], msgspec.Meta(max_length=1_000)]
# The ids of one command, which may search a whole library.
Many = Annotated[tuple[Id, ...], msgspec.Meta(max_length=50_000)]


class ArrReply(msgspec.Struct, rename="camel", gc=False):
    """A reply. The server leaves out null properties, and we skip unknown ones."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            text = getattr(self, name)
            if text.__class__ is str and len(text) > LONGEST_NAME // 4:
                setattr(self, name, text[: LONGEST.get(name, LONGEST_NAME)])


class StatusReply(ArrReply):
    app_name: str | None = None
    instance_name: str | None = None
    version: str | None = None
    url_base: str | None = None
    start_time: str | None = None
    app_data: str | None = None
    startup_path: str | None = None


class HealthReply(ArrReply):
    """A complaint; `wiki_url` is a string, though Sonarr's OpenAPI document calls it an object."""

    source: str | None = None
    type: str | None = None
    message: str | None = None
    wiki_url: msgspec.Raw = msgspec.Raw()


class FormatItemReply(ArrReply):
    """What a profile adds to a release's score for one custom format."""

    format: Id | None = None
    score: Int | None = None


class ProfileReply(ArrReply):
    """`min_upgrade_format_score` is told since Sonarr 4.0.9.2386 and Radarr 5.10.4.9218."""

    id: Id
    name: str | None = None
    upgrade_allowed: bool | None = None
    cutoff: Int | None = None
    cutoff_format_score: Int | None = None
    min_format_score: Int | None = None
    min_upgrade_format_score: Int | None = None
    format_items: Annotated[tuple[FormatItemReply, ...], msgspec.Meta(max_length=5_000)] | None = (
        None
    )
    items: msgspec.Raw = msgspec.Raw()


class RootFolderReply(ArrReply):
    id: Id
    path: str | None = None
    accessible: bool | None = None
    free_space: Bytes | None = None


class TagReply(ArrReply):
    id: Id
    label: str | None = None


class FieldReply(ArrReply):
    """A setting of an indexer; its value may be of any kind, and a secret."""

    name: str | None = None
    value: msgspec.Raw = msgspec.Raw()


class IndexerReply(ArrReply):
    id: Id
    name: str | None = None
    implementation: str | None = None
    enable_automatic_search: bool | None = None
    priority: Int | None = None
    fields: msgspec.Raw = msgspec.Raw()


class PagedReply(ArrReply):
    total_records: Id
    records: list[msgspec.Raw]
    page_size: Id | None = None


class CommandBody(ArrReply):
    """What a command searches; each application has its own name for `item_ids`."""

    item_ids: Many | None = None
    series_id: Id | None = None
    season_number: Int | None = None


class CommandReply(ArrReply):
    id: Id
    name: str | None = None
    status: str | None = None
    result: str | None = None
    message: str | None = None
    queued: str | None = None
    started: str | None = None
    ended: str | None = None
    exception: str | None = None
    body: CommandBody | None = None


class GrabData(ArrReply):
    """The data of a grab, without downloadUrl and guid, which may hold keys of indexers."""

    indexer: str | None = None
    release_source: str | None = None
    custom_format_score: str | None = None


class HistoryReply(ArrReply):
    """Each application has a name of its own for `item_id`."""

    date: str | None = None
    quality_cutoff_not_met: bool | None = None
    custom_format_score: Int | None = None
    event_type: str | None = None
    source_title: str | None = None
    download_id: str | None = None
    item_id: Id | None = None
    data: GrabData | None = None

    @property
    def shelf(self) -> int | None:
        """The id of what has the profile: the movie itself."""
        return self.item_id


class QueueReply(ArrReply):
    item_id: Id | None = None
    series_id: Id | None = None
    season_number: Int | None = None
    download_id: str | None = None
    title: str | None = None
    status: str | None = None
    tracked_download_status: str | None = None
    tracked_download_state: str | None = None


class ItemReply(ArrReply):
    """The common fields of items."""

    id: Id
    last_search_time: str | None = None


class EpisodeFileReply(ArrReply):
    id: Id | None = None
    quality_cutoff_not_met: bool | None = None
    custom_format_score: Int | None = None


class SeriesOfEpisode(ArrReply):
    monitored: bool | None = None
    quality_profile_id: Id | None = None


class EpisodeReply(ItemReply):
    """An episode; `series` and `episode_file` come only if one episode or a season is asked for."""

    series_id: Id | None = None
    season_number: Id | None = None
    episode_number: Id | None = None
    title: str | None = None
    tvdb_id: Id | None = None
    air_date_utc: str | None = None
    monitored: bool | None = None
    has_file: bool | None = None
    series: SeriesOfEpisode | None = None
    episode_file: EpisodeFileReply | None = None


class SeasonStatistics(ArrReply):
    next_airing: str | None = None
    previous_airing: str | None = None
    episode_count: Int | None = None


class SeasonReply(ArrReply):
    season_number: Int
    monitored: bool | None = None
    statistics: SeasonStatistics | None = None


class SeriesStatistics(ArrReply):
    episode_file_count: Int | None = None


class SeriesReply(ArrReply):
    id: Id
    title: str | None = None
    sort_title: str | None = None
    status: str | None = None
    series_type: str | None = None
    quality_profile_id: Id | None = None
    root_folder_path: str | None = None
    path: str | None = None
    title_slug: str | None = None
    year: Int | None = None
    tags: Several | None = None
    monitored: bool | None = None
    statistics: SeriesStatistics | None = None
    seasons: Annotated[tuple[SeasonReply, ...], msgspec.Meta(max_length=1_000)] | None = None


class MovieFileReply(ArrReply):
    """A file; only `moviefile` tells its score, inside a movie it is 0 or left out."""

    id: Id | None = None
    movie_id: Id | None = None
    quality_cutoff_not_met: bool | None = None
    custom_format_score: Int | None = None


class MovieReply(ItemReply):
    title: str | None = None
    sort_title: str | None = None
    tmdb_id: Id | None = None
    year: Int | None = None
    in_cinemas: str | None = None
    physical_release: str | None = None
    digital_release: str | None = None
    is_available: bool | None = None
    monitored: bool | None = None
    has_file: bool | None = None
    quality_profile_id: Id | None = None
    root_folder_path: str | None = None
    path: str | None = None
    tags: Several | None = None
    movie_file: MovieFileReply | None = None


class ProwlarrIndexerReply(ArrReply):
    id: Id
    name: str | None = None
    enable: bool | None = None
    fields: msgspec.Raw = msgspec.Raw()


class BlockReply(ArrReply):
    """An indexer that Prowlarr leaves alone until then."""

    indexer_id: Id
    disabled_till: str | None = None


class RequestData(ArrReply):
    """The data of a request, without `url`, which holds keys; its numbers come as text."""

    source: str | None = None
    query_results: str | None = None
    elapsed_time: str | None = None
    season: str | None = None
    episode: str | None = None


class RequestReply(ArrReply):
    """A row of Prowlarr's history."""

    id: Id
    indexer_id: Id
    date: str | None = None
    event_type: str | None = None
    successful: bool | None = None
    data: RequestData | None = None
