"""The replies as they come over the wire: only the fields that are kept."""

import msgspec

from jobs.arr.decoding import Id, Int


class Reply(msgspec.Struct, rename="camel", gc=False):
    """Null properties are left out by the server, and unknown ones skipped by us."""


class StatusReply(Reply):
    app_name: str | None = None
    instance_name: str | None = None
    version: str | None = None
    url_base: str | None = None
    start_time: str | None = None
    app_data: str | None = None
    startup_path: str | None = None


class HealthReply(Reply):
    """`wiki_url` is a string; the OpenAPI document of Sonarr calls it an object."""

    source: str | None = None
    type: str | None = None
    message: str | None = None
    wiki_url: msgspec.Raw = msgspec.Raw()


class ProfileReply(Reply):
    id: Id
    name: str | None = None
    upgrade_allowed: bool | None = None
    cutoff: Int | None = None
    cutoff_format_score: Int | None = None
    min_format_score: Int | None = None
    items: msgspec.Raw = msgspec.Raw()


class RootFolderReply(Reply):
    id: Id
    path: str | None = None
    accessible: bool | None = None
    free_space: int | None = None


class TagReply(Reply):
    id: Id
    label: str | None = None


class IndexerReply(Reply):
    id: Id
    name: str | None = None
    enable_automatic_search: bool | None = None
    priority: Int | None = None


class PagedReply(Reply):
    total_records: Id
    records: list[msgspec.Raw]
    page_size: Id | None = None


class CommandBody(Reply):
    episode_ids: tuple[Id, ...] | None = None
    movie_ids: tuple[Id, ...] | None = None
    series_id: Id | None = None
    season_number: Int | None = None


class CommandReply(Reply):
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


class GrabData(Reply):
    """Without downloadUrl and guid, which may hold the keys of indexers."""

    indexer: str | None = None
    release_source: str | None = None


class HistoryReply(Reply):
    date: str | None = None
    event_type: str | None = None
    source_title: str | None = None
    download_id: str | None = None
    episode_id: Id | None = None
    movie_id: Id | None = None
    data: GrabData | None = None


class QueueReply(Reply):
    episode_id: Id | None = None
    movie_id: Id | None = None
    series_id: Id | None = None
    season_number: Int | None = None
    download_id: str | None = None
    title: str | None = None
    status: str | None = None
    tracked_download_status: str | None = None
    tracked_download_state: str | None = None


class EpisodeFileReply(Reply):
    quality_cutoff_not_met: bool | None = None


class SeriesOfEpisode(Reply):
    monitored: bool | None = None


class EpisodeReply(Reply):
    """`series` and `episode_file` are only there when one episode, or a season, is asked for."""

    id: Id
    series_id: Id | None = None
    season_number: Int | None = None
    episode_number: Int | None = None
    title: str | None = None
    tvdb_id: Id | None = None
    air_date_utc: str | None = None
    last_search_time: str | None = None
    monitored: bool | None = None
    has_file: bool | None = None
    series: SeriesOfEpisode | None = None
    episode_file: EpisodeFileReply | None = None


class SeasonStatistics(Reply):
    next_airing: str | None = None
    previous_airing: str | None = None
    episode_count: Int | None = None


class SeasonReply(Reply):
    season_number: Int
    monitored: bool | None = None
    statistics: SeasonStatistics | None = None


class SeriesReply(Reply):
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
    tags: tuple[Id, ...] | None = None
    seasons: tuple[SeasonReply, ...] | None = None


class MovieFileReply(Reply):
    quality_cutoff_not_met: bool | None = None


class MovieReply(Reply):
    id: Id
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
    last_search_time: str | None = None
    tags: tuple[Id, ...] | None = None
    movie_file: MovieFileReply | None = None
