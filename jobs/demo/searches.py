"""What the search commands of a demo server cost in time, and what they bring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from jobs.demo.library import Episode, Item

if TYPE_CHECKING:
    from jobs.demo.world import World

Own = dict[str, Any]
INSTANT = 0.05
MOST_ROUNDS = 8
SINGLES = 0.4


class Plan(NamedTuple):
    seconds: float
    message: str | None


class Failed(Exception):
    """The command ends as failed; its text is the exception that the server shows."""


def plan(world: World, name: str, own: Own) -> Plan:
    """How long the command takes, and its message on the way."""
    if name not in SEARCHES:
        return Plan(INSTANT, None)
    try:
        rounds, item = ROUNDS.get(name, _rounds_of_items)(world, own, name)
    except Failed:
        return Plan(INSTANT, None)
    active = world.active_indexers
    label = item.label if item else "nothing"
    seconds = world.search_seconds * min(rounds, MOST_ROUNDS) if active and rounds else INSTANT
    return Plan(seconds, f"Searching indexers for [{label}]. {active} active indexers")


def carry_out(world: World, name: str, own: Own, now: float) -> str:
    """Does the search and answers its closing message.

    Raises Failed where a server would: an unknown item or series, or no ids at all.
    """
    search = SEARCHES.get(name)
    return search(world, own, now) if search else "Completed"


def _episodes(world: World, own: Own, now: float) -> str:
    reports = 0
    if not own["episodeIds"]:
        raise Failed("System.ArgumentNullException: Value cannot be null. (Parameter 'episodeIds')")
    for id in own["episodeIds"]:
        reports = _search(world, _known(world, id, "Episode"), now)
    return f"Episode search completed. {reports} reports downloaded."


def _movies(world: World, own: Own, now: float) -> str:
    ids = own["movieIds"]
    found = {id for id in ids if id in world.items}
    if not ids or len(found) != len(ids):
        raise Failed(f"Expected query to return {len(ids)} rows but returned {len(found)}")
    reports = sum(_search(world, world.items[id], now) for id in ids)
    return f"Completed search for {len(ids)} movies. {reports} reports downloaded."


def _season(world: World, own: Own, now: float) -> str:
    episodes = _season_of(world, own)
    reports = _search_together(world, episodes, now)
    return f"Season search completed. {reports} reports downloaded."


def _series(world: World, own: Own, now: float) -> str:
    reports = 0
    series = _series_of(world, own)
    for number in sorted({episode.season for episode in series.episodes}):
        reports += _search_together(world, series.season(number), now)
    return f"Series search completed. {reports} reports downloaded."


def _everything(upgrade: bool) -> Callable[[World, Own, float], str]:
    def search(world: World, own: Own, now: float) -> str:
        items = [
            item
            for item in world.items.values()
            if item.wanted and (item.upgradable if upgrade else item.missing(now))
        ]
        reports = sum(_search(world, item, now) for item in items)
        kind = "episodes" if world.application == "sonarr" else "movies"
        return f"Completed search for {len(items)} {kind}. {reports} reports downloaded."

    return search


def _search(world: World, item: Item, now: float) -> int:
    """Searches one item and answers how many releases were grabbed."""
    _touch(world, [item], now)
    if not world.active_indexers or not world.grabbable(item, now) or not world.luck(item, now):
        return 0
    world.grab([item], now)
    return 1


def _search_together(world: World, episodes: list[Episode], now: float) -> int:
    """Searches a season: a pack of all that is wanted, or else single episodes."""
    items = cast(list[Item], episodes)
    _touch(world, items, now)
    wanted = [item for item in items if item.wanted and world.grabbable(item, now)]
    if not wanted or not world.active_indexers:
        return 0
    all_out = all(item.out(now) for item in items)
    if all_out and len(wanted) > 1 and world.luck(wanted[0], now):
        world.grab(wanted, now, pack=True)
        return 1
    share = SINGLES if all_out and len(wanted) > 1 else 1.0
    singles = [
        item
        for item in wanted
        if world.luck(item, now) and world.draw("single", item.id, item.attempts) < share
    ]
    for item in singles:
        world.grab([item], now)
    return len(singles)


def _touch(world: World, items: list[Item], now: float) -> None:
    """Only a search that reached an indexer leaves its trace on the item."""
    if not world.active_indexers:
        return
    for item in items:
        item.searched = int(now)
        item.attempts += 1
    world.changed()


def _known(world: World, id: int, kind: str) -> Item:
    if id not in world.items:
        raise Failed(
            f"NzbDrone.Core.Datastore.ModelNotFoundException: {kind} with ID {id} does not exist"
        )
    return world.items[id]


def _series_of(world: World, own: Own) -> Any:
    series = world.library.series.get(own["seriesId"])
    if series is None:
        raise Failed(
            "NzbDrone.Core.Datastore.ModelNotFoundException: "
            f"Series with ID {own['seriesId']} does not exist"
        )
    return series


def _season_of(world: World, own: Own) -> list[Episode]:
    return cast(list[Episode], _series_of(world, own).season(own["seasonNumber"]))


def _rounds_of_items(world: World, own: Own, name: str) -> tuple[int, Item | None]:
    ids = own.get("episodeIds", own.get("movieIds"))
    if ids is None:
        return MOST_ROUNDS, next(iter(world.items.values()), None)
    kind = "Episode" if world.application == "sonarr" else "Movie"
    return len(ids), _known(world, ids[0], kind) if ids else None


def _rounds_of_season(world: World, own: Own, name: str) -> tuple[int, Item | None]:
    """One for a standard season, one a year for a daily one, one more an episode for anime."""
    episodes = _season_of(world, own)
    if not episodes:
        return 0, None
    kind = episodes[0].series.type
    years = {datetime.fromtimestamp(episode.airs, UTC).year for episode in episodes}
    rounds = {"daily": len(years), "anime": 1 + len(episodes)}.get(kind, 1)
    return rounds, episodes[0]


def _rounds_of_series(world: World, own: Own, name: str) -> tuple[int, Item | None]:
    episodes = _series_of(world, own).episodes
    return len({episode.season for episode in episodes}), episodes[0]


SEARCHES: dict[str, Callable[[World, Own, float], str]] = {
    "EpisodeSearch": _episodes,
    "SeasonSearch": _season,
    "SeriesSearch": _series,
    "MissingEpisodeSearch": _everything(upgrade=False),
    "CutoffUnmetEpisodeSearch": _everything(upgrade=True),
    "MoviesSearch": _movies,
    "MissingMoviesSearch": _everything(upgrade=False),
    "CutoffUnmetMoviesSearch": _everything(upgrade=True),
}
ROUNDS = {"SeasonSearch": _rounds_of_season, "SeriesSearch": _rounds_of_series}
