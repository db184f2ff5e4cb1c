"""The endpoints of files, which tell their custom-format scores."""

from typing import cast

from jobs.demo import film_records, show_records
from jobs.demo.library import DemoItem, Episode, Movie
from jobs.demo.wire import DemoReply, DemoRequest, failure
from jobs.demo.world import World


def of_episodes(world: World, request: DemoRequest) -> DemoReply:
    """Files of a series, or by their ids; one unknown id makes the whole answer an error."""
    world.now()
    series_id, ids = request.number("seriesId"), request.numbers("episodeFileIds")
    if series_id is not None:
        series = world.library.series.get(series_id)
        shown: list[DemoItem] = list(series.episodes) if series else []
    elif ids:
        shown = _by_file(world, ids)
        if len(shown) != len(ids):
            return _wrong_number(ids, shown)
    else:
        return _neither("seriesId or episodeFileIds must be provided")
    documents = [
        show_records.episode_file(cast(Episode, one), one.file) for one in shown if one.file
    ]
    return DemoReply(200, documents)


def of_movies(world: World, request: DemoRequest) -> DemoReply:
    """Files of movies, without the unknown ones; or by ids, where one unknown id is an error."""
    world.now()
    movies, ids = request.numbers("movieId"), request.numbers("movieFileIds")
    if movies:
        known = set(movies)
        shown = [world.items[id] for id in sorted(known) if id in world.items]
    elif ids:
        shown = _by_file(world, ids)
        if len(shown) != len(ids):
            return _wrong_number(ids, shown)
    else:
        return _neither("movieId or movieFileIds must be provided")
    documents = [film_records.scored_file(cast(Movie, one), one.file) for one in shown if one.file]
    return DemoReply(200, documents)


def _by_file(world: World, ids: list[int]) -> list[DemoItem]:
    wanted = set(ids)
    return [item for item in world.items.values() if item.file and item.file.id in wanted]


def _wrong_number(ids: list[int], shown: list[DemoItem]) -> DemoReply:
    return failure(500, f"Expected query to return {len(ids)} rows but returned {len(shown)}")


def _neither(sentence: str) -> DemoReply:
    return DemoReply(400, {"message": f"BadRequest: {sentence}", "content": sentence})
