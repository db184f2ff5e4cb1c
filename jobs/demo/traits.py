"""The differences between the demo servers, which follow the applications that they imitate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from jobs.demo import films, shows
from jobs.demo.library import Library
from jobs.demo.qualities import RADARRS, SONARRS, Dialect
from jobs.demo.sizes import Size
from models.applications import RADARR, SONARR, Application

Document = dict[str, Any]
BULK = {"seriesId": None, "monitored": True}


@dataclass(frozen=True)
class Traits:
    """An application, as its demo server imitates it.

    `problems` is the address in its documents of bad requests, before the status less 399.
    `household` is the usual size of the library that `build` makes.
    `list_keys` are the sort keys of wanted lists; the first one stands for an unknown key.
    `history_ids` is the parameter of the history that names items.
    `events` are the kinds of history with their numbers; `deleted` is the one of a deleted file.
    `commands` are the fields that each command reads from its body, with their defaults.
    `of_command` and `of_indexer` are fields that only this application's documents have.
    """

    application: Application
    version: str
    runtime: str
    branch: str
    migration: int
    roots: tuple[str, ...]
    problems: str
    dialect: Dialect
    household: Size
    build: Callable[[Size, Random, int], Library]
    list_keys: Mapping[str, Callable[[Any], Any]]
    history_keys: tuple[str, ...]
    history_ids: str
    events: Mapping[str, int]
    deleted: str
    commands: Mapping[str, Document]
    of_command: Document
    of_indexer: Document


TELEVISION = Traits(
    application=SONARR,
    version="4.0.16.2944",
    runtime="6.0.35",
    branch="main",
    migration=217,
    roots=("/data/tv", "/data/anime"),
    problems="https://tools.ietf.org/html/rfc7231#section-6.5.",
    dialect=SONARRS,
    household=Size(missing=1400, upgrade=700),
    build=shows.build,
    list_keys={
        "episodes.airDateUtc": lambda item: item.airs,
        "episodes.lastSearchTime": lambda item: item.searched or 0,
        "series.sortTitle": lambda item: item.series.sort_title,
    },
    history_keys=("date", "series.sortTitle"),
    history_ids="episodeId",
    events={
        "unknown": 0,
        "grabbed": 1,
        "seriesFolderImported": 2,
        "downloadFolderImported": 3,
        "downloadFailed": 4,
        "episodeFileDeleted": 5,
        "episodeFileRenamed": 6,
        "downloadIgnored": 7,
    },
    deleted="episodeFileDeleted",
    commands={
        "EpisodeSearch": {"episodeIds": []},
        "SeasonSearch": {"seriesId": 0, "seasonNumber": 0},
        "SeriesSearch": {"seriesId": 0},
        "MissingEpisodeSearch": BULK,
        "CutoffUnmetEpisodeSearch": BULK,
        "RefreshSeries": {"seriesIds": []},
        "RescanSeries": {"seriesId": None},
    },
    of_command={},
    of_indexer={"seasonSearchMaximumSingleEpisodeAge": 0},
)
FILMS = Traits(
    application=RADARR,
    version="6.0.4.10291",
    runtime="8.0.12",
    branch="master",
    migration=242,
    roots=("/data/films",),
    problems="https://tools.ietf.org/html/rfc9110#section-15.5.",
    dialect=RADARRS,
    household=Size(missing=600, upgrade=350),
    build=films.build,
    list_keys={
        "movieMetadata.sortTitle": lambda item: item.sort_title,
        "movieMetadata.digitalRelease": lambda item: item.digital or 0,
        "movieMetadata.inCinemas": lambda item: item.in_cinemas or 0,
        "movieMetadata.physicalRelease": lambda item: item.physical or 0,
        "movieMetadata.year": lambda item: item.year,
        "movies.lastSearchTime": lambda item: item.searched or 0,
    },
    history_keys=("date", "movieMetadata.sortTitle"),
    history_ids="movieIds",
    events={
        "unknown": 0,
        "grabbed": 1,
        "downloadFolderImported": 3,
        "downloadFailed": 4,
        "movieFileDeleted": 6,
        "movieFolderImported": 7,
        "movieFileRenamed": 8,
        "downloadIgnored": 9,
    },
    deleted="movieFileDeleted",
    commands={
        "MoviesSearch": {"movieIds": []},
        "MissingMoviesSearch": {},
        "CutoffUnmetMoviesSearch": {},
        "RefreshMovie": {"movieIds": []},
        "RescanMovie": {"movieId": None},
    },
    of_command={"isTypeExclusive": False},
    of_indexer={},
)

TRAITS: dict[str, Traits] = {each.application.name: each for each in (TELEVISION, FILMS)}
