"""The endpoints of series, episodes, movies and wanted lists."""

from typing import Any, cast

from jobs.demo import film_records, show_records
from jobs.demo.library import DemoItem, Episode, Movie
from jobs.demo.wire import DemoReply, DemoRequest, failure, paged
from jobs.demo.world import World

Document = dict[str, Any]


def missing(world: World, request: DemoRequest) -> DemoReply:
    return _wanted(world, request, "missing")


def cutoff(world: World, request: DemoRequest) -> DemoReply:
    return _wanted(world, request, "upgrade")


def _wanted(world: World, request: DemoRequest, want: str) -> DemoReply:
    now, keys = world.now(), world.traits.list_keys
    monitored = request.flag("monitored", True)
    with_series, with_images = request.flag("includeSeries"), request.flag("includeImages")
    with_file = request.flag("includeEpisodeFile") and want == "upgrade"

    def rows(key: str, descending: bool) -> list[DemoItem]:
        return listed(world, want, key, monitored=monitored, descending=descending)

    def episode(item: Episode) -> Document:
        document = show_records.episode(item)
        if with_series:
            document["series"] = show_records.embedded(item.series)
        if with_file and item.file:
            document["episodeFile"] = show_records.episode_file(item, item.file)
        if with_images:
            document["images"] = []
        return document

    def record(item: DemoItem) -> Document:
        return (
            episode(item)
            if isinstance(item, Episode)
            else film_records.movie(cast(Movie, item), now)
        )

    return paged(request, tuple(keys), rows, record)


def listed(
    world: World, want: str, key: str, *, monitored: bool, descending: bool
) -> list[DemoItem]:
    """A sorted wanted list, kept until something changes; nulls are smallest, as on SQLite."""
    name = (want, key, monitored, descending)
    if name not in world.lists:
        now = world.now()
        items = [
            item
            for item in world.items.values()
            if item.wanted == monitored
            and (item.missing(now) if want == "missing" else item.upgradable)
        ]
        items.sort(key=world.traits.list_keys[key], reverse=descending)
        world.lists[name] = items
    return world.lists[name]


def series_index(world: World, request: DemoRequest) -> DemoReply:
    now, tvdb_id = world.now(), request.number("tvdbId")
    shown = [
        one for one in world.library.series.values() if tvdb_id is None or one.tvdb_id == tvdb_id
    ]
    return DemoReply(200, [show_records.series(one, now) for one in shown])


def series_show(world: World, request: DemoRequest) -> DemoReply:
    one = world.library.series.get(request.id)
    return DemoReply(200, show_records.series(one, world.now())) if one else request.missing()


def episode_index(world: World, request: DemoRequest) -> DemoReply:
    """Episodes of a series, or by ids; an unknown id makes the whole answer an error."""
    world.now()
    series_id, ids = request.number("seriesId"), request.numbers("episodeIds")
    if series_id is not None:
        season, series = request.number("seasonNumber"), world.library.series.get(series_id)
        shown = [
            one
            for one in (series.episodes if series else ())
            if season is None or one.season == season
        ]
    elif ids:
        known = [world.items[id] for id in ids if id in world.items]
        if len(known) != len(ids):
            return failure(
                500, f"Expected query to return {len(ids)} rows but returned {len(known)}"
            )
        shown = cast(list[Episode], known)
    else:
        sentence = "seriesId or episodeIds must be provided"
        return DemoReply(400, {"message": f"BadRequest: {sentence}", "content": sentence})
    with_series = request.flag("includeSeries")
    with_file = request.flag("includeEpisodeFile")

    def document(one: Episode) -> Document:
        found = show_records.episode(one)
        if with_series:
            found["series"] = show_records.embedded(one.series)
        if with_file and one.file:
            found["episodeFile"] = show_records.episode_file(one, one.file)
        return found

    return DemoReply(200, [document(one) for one in shown])


def episode_show(world: World, request: DemoRequest) -> DemoReply:
    world.now()
    item = world.items.get(request.id)
    if item is None:
        return request.missing()
    return DemoReply(200, show_records.whole_episode(cast(Episode, item)))


def movie_index(world: World, request: DemoRequest) -> DemoReply:
    now, tmdb_id = world.now(), request.number("tmdbId")
    movies = cast(list[Movie], list(world.items.values()))
    shown = [one for one in movies if tmdb_id is None or one.tmdb_id == tmdb_id]
    return DemoReply(200, [film_records.whole_movie(one, now) for one in shown])


def movie_show(world: World, request: DemoRequest) -> DemoReply:
    now, item = world.now(), world.items.get(request.id)
    if item is None:
        return request.missing()
    return DemoReply(200, film_records.whole_movie(cast(Movie, item), now))
