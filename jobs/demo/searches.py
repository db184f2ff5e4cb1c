"""The search commands of a demo server: how long they take, and what they bring."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from jobs.demo.library import DemoItem, Episode
from jobs.demo.state import State

Own = dict[str, Any]
INSTANT = 0.05
MOST_ROUNDS = 8
SINGLES = 0.4


class Plan(NamedTuple):
    seconds: float
    message: str | None


class Failed(Exception):
    """The command ends as failed; its text is the exception that the server shows."""


def plan(state: State, name: str, own: Own) -> Plan:
    """How long the command takes, and its message until then."""
    if name not in SEARCHES:
        return Plan(INSTANT, None)
    try:
        rounds, item = ROUNDS.get(name, _rounds_of_items)(state, own, name)
    except Failed:
        return Plan(INSTANT, None)
    active = state.active_indexers
    label = item.label if item else "nothing"
    seconds = state.search_seconds * min(rounds, MOST_ROUNDS) if active and rounds else INSTANT
    return Plan(seconds, f"Searching indexers for [{label}]. {active} active indexers")


def carry_out(state: State, name: str, own: Own, now: float) -> str:
    """Does the search and returns its closing message.

    Raises Failed where a server would: for an unknown item or series, or without ids.
    """
    search = SEARCHES.get(name)
    return search(state, own, now) if search else "Completed"


def _episodes(state: State, own: Own, now: float) -> str:
    reports = 0
    if not own["episodeIds"]:
        raise Failed("System.ArgumentNullException: Value cannot be null. (Parameter 'episodeIds')")
    for id in own["episodeIds"]:
        reports = _search(state, _known(state, id, "Episode"), now)
    return f"Episode search completed. {reports} reports downloaded."


def _movies(state: State, own: Own, now: float) -> str:
    ids = own["movieIds"]
    found = {id for id in ids if id in state.items}
    if not ids or len(found) != len(ids):
        raise Failed(f"Expected query to return {len(ids)} rows but returned {len(found)}")
    reports = sum(_search(state, state.items[id], now) for id in ids)
    return f"Completed search for {len(ids)} movies. {reports} reports downloaded."


def _season(state: State, own: Own, now: float) -> str:
    episodes = _season_of(state, own)
    reports = _search_together(state, episodes, now)
    return f"Season search completed. {reports} reports downloaded."


def _series(state: State, own: Own, now: float) -> str:
    reports = 0
    series = _series_of(state, own)
    for number in sorted({episode.season for episode in series.episodes}):
        reports += _search_together(state, series.season(number), now)
    return f"Series search completed. {reports} reports downloaded."


def _everything(upgrade: bool) -> Callable[[State, Own, float], str]:
    def search(state: State, own: Own, now: float) -> str:
        items = [
            item
            for item in state.items.values()
            if item.wanted and (item.upgradable if upgrade else item.missing(now))
        ]
        reports = sum(_search(state, item, now) for item in items)
        kind = state.traits.application.kind
        return f"Completed search for {len(items)} {kind.names}. {reports} reports downloaded."

    return search


def _search(state: State, item: DemoItem, now: float) -> int:
    """Searches one item; returns how many releases were grabbed."""
    touch(state, [item], now)
    found = state.active_indexers and state.grabbable(item, now) and state.luck(item, now)
    if state.active_indexers:
        state.told(state.traits.application.label, item, now, bool(found))
    if not found:
        return 0
    state.grab([item], now)
    return 1


def _search_together(state: State, episodes: list[Episode], now: float) -> int:
    """Searches a season: grabs a pack of all wanted episodes, or else single episodes."""
    items = cast(list[DemoItem], episodes)
    touch(state, items, now)
    wanted = [item for item in items if item.wanted and state.grabbable(item, now)]
    if items and state.active_indexers:
        state.told(state.traits.application.label, items[0], now, False)
    if not wanted or not state.active_indexers:
        return 0
    all_out = all(item.out(now) for item in items)
    if all_out and len(wanted) > 1 and state.luck(wanted[0], now):
        state.grab(wanted, now, pack=True)
        return 1
    share = SINGLES if all_out and len(wanted) > 1 else 1.0
    singles = [
        item
        for item in wanted
        if state.luck(item, now) and state.draw("single", item.id, item.attempts) < share
    ]
    for item in singles:
        state.grab([item], now)
    return len(singles)


def touch(state: State, items: list[DemoItem], now: float) -> None:
    """Marks the items as searched, if the search reached an indexer."""
    if not state.active_indexers:
        return
    for item in items:
        item.searched = int(now)
        item.attempts += 1
    state.changed()


def _known(state: State, id: int, kind: str) -> DemoItem:
    if id not in state.items:
        raise Failed(
            f"NzbDrone.Core.Datastore.ModelNotFoundException: {kind} with ID {id} does not exist"
        )
    return state.items[id]


def _series_of(state: State, own: Own) -> Any:
    series = state.library.series.get(own["seriesId"])
    if series is None:
        raise Failed(
            "NzbDrone.Core.Datastore.ModelNotFoundException: "
            f"Series with ID {own['seriesId']} does not exist"
        )
    return series


def _season_of(state: State, own: Own) -> list[Episode]:
    return cast(list[Episode], _series_of(state, own).season(own["seasonNumber"]))


def _rounds_of_items(state: State, own: Own, name: str) -> tuple[int, DemoItem | None]:
    ids = own.get("episodeIds", own.get("movieIds"))
    if ids is None:
        return MOST_ROUNDS, next(iter(state.items.values()), None)
    kind = state.traits.application.kind.name.capitalize()
    return len(ids), _known(state, ids[0], kind) if ids else None


def _rounds_of_season(state: State, own: Own, name: str) -> tuple[int, DemoItem | None]:
    """The rounds of a season: one; one a year for a daily series; one more an episode for anime."""
    episodes = _season_of(state, own)
    if not episodes:
        return 0, None
    kind = episodes[0].series.type
    years = {datetime.fromtimestamp(episode.airs, UTC).year for episode in episodes}
    rounds = {"daily": len(years), "anime": 1 + len(episodes)}.get(kind, 1)
    return rounds, episodes[0]


def _rounds_of_series(state: State, own: Own, name: str) -> tuple[int, DemoItem | None]:
    episodes = _series_of(state, own).episodes
    return len({episode.season for episode in episodes}), episodes[0]


SEARCHES: dict[str, Callable[[State, Own, float], str]] = {
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
