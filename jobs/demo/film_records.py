"""Movies in the form of a demo Radarr."""

from typing import Any

from jobs.demo import formats, words
from jobs.demo.library import File, Movie
from jobs.demo.qualities import RADARRS, below_cutoff, quality_model
from jobs.demo.releases import stamp

Document = dict[str, Any]
ENGLISH = {"id": 1, "name": "English"}


def movie(one: Movie, now: float) -> Document:
    """A movie as in wanted lists: without file and root folder."""
    folder = f"{one.title} ({one.year})"
    size = one.file.size if one.file else 0
    poster = f"https://artworks.example.invalid/movies/{one.tmdb_id}.jpg"
    document: Document = {
        "title": one.title,
        "sortTitle": one.sort_title,
        "sizeOnDisk": size,
        "status": _status(one, now),
        "overview": words.overview(one.title, one.id),
        "images": [{"coverType": "poster", "url": "", "remoteUrl": poster}],
        "year": one.year,
        "studio": one.studio,
        "path": f"{one.root}/{folder}",
        "qualityProfileId": one.profile_id,
        "hasFile": one.file is not None,
        "movieFileId": one.file.id if one.file else 0,
        "monitored": one.monitored,
        "minimumAvailability": one.minimum,
        "isAvailable": one.available(now),
        "folderName": f"{one.root}/{folder}",
        "runtime": one.runtime,
        "cleanTitle": words.plain(one.title).replace(" ", ""),
        "titleSlug": str(one.tmdb_id),
        "genres": one.genres,
        "tags": one.tags,
        "added": stamp(one.added),
        "statistics": _statistics(one),
        **_outside(one),
        "id": one.id,
    }
    return document | _moments(one)


def _outside(one: Movie) -> Document:
    """What the metadata sites know of a movie."""
    return {
        "originalTitle": one.title,
        "originalLanguage": ENGLISH,
        "alternateTitles": [],
        "secondaryYearSourceId": 0,
        "website": "",
        "youTubeTrailerId": "",
        "imdbId": f"tt{8_000_000 + one.id}",
        "tmdbId": one.tmdb_id,
        "certification": "PG",
        "keywords": [],
        "ratings": _ratings(one),
        "popularity": one.id % 300 / 10,
    }


def _moments(one: Movie) -> Document:
    moments = {
        "inCinemas": one.in_cinemas,
        "physicalRelease": one.physical,
        "digitalRelease": one.digital,
        "releaseDate": one.released,
        "lastSearchTime": one.searched,
    }
    return {name: stamp(moment) for name, moment in moments.items() if moment is not None}


def whole_movie(one: Movie, now: float) -> Document:
    """A movie as its own resource: with file and root folder."""
    document = movie(one, now) | {"rootFolderPath": one.root}
    if one.file:
        document["movieFile"] = movie_file(one, one.file)
    return document


def scored_file(one: Movie, file: File) -> Document:
    """A file as its own resource, which alone has a score."""
    return movie_file(one, file) | {"customFormatScore": formats.score_of(one, file.group)}


def movie_file(one: Movie, file: File) -> Document:
    name = f"{one.title} ({one.year}).mkv"
    return {
        "movieId": one.id,
        "relativePath": name,
        "path": f"{one.root}/{one.title} ({one.year})/{name}",
        "size": file.size,
        "dateAdded": stamp(file.added),
        "releaseGroup": file.group,
        "edition": "",
        "languages": [ENGLISH],
        "quality": quality_model(file.quality, RADARRS),
        "customFormats": formats.of_file(one, file),
        "indexerFlags": 0,
        "originalFilePath": name,
        "qualityCutoffNotMet": below_cutoff(one.profile, file.quality),
        "id": file.id,
    }


def _status(one: Movie, now: float) -> str:
    homes = [moment for moment in (one.digital, one.physical) if moment]
    if homes and min(homes) <= now:
        return "released"
    return "inCinemas" if one.in_cinemas and one.in_cinemas <= now else "announced"


def _ratings(one: Movie) -> Document:
    value = 4 + one.id % 50 / 10
    user = {"votes": 50 + one.id * 13, "value": value, "type": "user"}
    critics = {"votes": 0, "value": round(value * 10), "type": "user"}
    return {"imdb": user, "tmdb": user, "metacritic": critics, "rottenTomatoes": critics}


def _statistics(one: Movie) -> Document:
    groups = [one.file.group] if one.file else []
    size = one.file.size if one.file else 0
    return {"movieFileCount": len(groups), "sizeOnDisk": size, "releaseGroups": groups}
