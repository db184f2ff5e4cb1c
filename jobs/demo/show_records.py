"""Series and episodes in the form of a demo Sonarr."""

from typing import Any

from jobs.demo import formats, words
from jobs.demo.library import DemoSeries, Episode, File
from jobs.demo.qualities import SONARRS, below_cutoff, quality_model
from jobs.demo.releases import stamp

Document = dict[str, Any]
ENGLISH = {"id": 1, "name": "English"}
JAPANESE = {"id": 8, "name": "Japanese"}


def episode(one: Episode) -> Document:
    """An episode as in wanted lists: without series and file."""
    airs = stamp(one.airs)
    document: Document = {
        "seriesId": one.series.id,
        "tvdbId": 5_000_000 + one.id,
        "episodeFileId": one.file.id if one.file else 0,
        "seasonNumber": one.season,
        "episodeNumber": one.number,
        "title": one.title,
        "airDate": airs[:10],
        "airDateUtc": airs,
    }
    if one.searched is not None:
        document["lastSearchTime"] = stamp(one.searched)
    document["runtime"] = one.series.runtime
    if one.title != "TBA":
        document["overview"] = words.overview(one.title, one.id)
    document["hasFile"] = one.file is not None
    document["monitored"] = one.monitored
    if one.absolute is not None:
        document["absoluteEpisodeNumber"] = one.absolute
    document["unverifiedSceneNumbering"] = False
    document["id"] = one.id
    return document


def whole_episode(one: Episode) -> Document:
    """An episode with its series and file."""
    document = episode(one) | {"series": embedded(one.series), "images": []}
    if one.file:
        document["episodeFile"] = episode_file(one, one.file)
    return document


def episode_file(one: Episode, file: File) -> Document:
    path = f"Season {one.season:02}/{one.series.title} - S{one.season:02}E{one.number:02}.mkv"
    return {
        "seriesId": one.series.id,
        "seasonNumber": one.season,
        "relativePath": path,
        "path": f"{one.series.root}/{one.series.title}/{path}",
        "size": file.size,
        "dateAdded": stamp(file.added),
        "releaseGroup": file.group,
        "languages": [ENGLISH],
        "quality": quality_model(file.quality, SONARRS),
        "customFormats": formats.of_file(one, file),
        "customFormatScore": formats.score_of(one, file.group),
        "indexerFlags": 0,
        "releaseType": "singleEpisode",
        "qualityCutoffNotMet": below_cutoff(one.profile, file.quality),
        "id": file.id,
    }


def embedded(one: DemoSeries) -> Document:
    """A series as inside other records."""
    numbers = sorted({each.season for each in one.episodes})
    watched = {each.season for each in one.episodes if each.wanted}
    poster = f"https://artworks.example.invalid/series/{one.tvdb_id}.jpg"
    return {
        "title": one.title,
        "sortTitle": one.sort_title,
        "status": one.status,
        "ended": one.status == "ended",
        "overview": words.overview(one.title, one.id),
        "network": one.network,
        "airTime": "20:00",
        "images": [{"coverType": "poster", "remoteUrl": poster}],
        "originalLanguage": JAPANESE if one.type == "anime" else ENGLISH,
        "seasons": [{"seasonNumber": n, "monitored": n in watched} for n in numbers],
        "year": one.year,
        "path": f"{one.root}/{one.title}",
        "qualityProfileId": one.profile_id,
        "seasonFolder": True,
        "monitored": one.monitored,
        "monitorNewItems": "all",
        "useSceneNumbering": False,
        "runtime": one.runtime,
        "seriesType": one.type,
        "cleanTitle": words.plain(one.title).replace(" ", ""),
        "titleSlug": one.slug,
        "certification": "TV-14",
        "genres": one.genres,
        "tags": one.tags,
        "added": stamp(one.added),
        "ratings": {"votes": 100 + one.id * 37, "value": 5 + one.id % 45 / 10},
        "languageProfileId": 1,
        **_outside(one),
        "id": one.id,
    }


def _outside(one: DemoSeries) -> Document:
    """What the metadata sites know of a series."""
    airs = [each.airs for each in one.episodes]
    return {
        "tvdbId": one.tvdb_id,
        "tvRageId": 0,
        "tvMazeId": 0,
        "tmdbId": 0,
        "imdbId": f"tt{9_000_000 + one.id}",
        "firstAired": stamp(min(airs)),
        "lastAired": stamp(max(airs)),
    }


def series(one: DemoSeries, now: float) -> Document:
    """A series as its own resource: with folders, statistics and its next airing."""
    document = embedded(one)
    document |= airings(one.episodes, now)
    for season in document["seasons"]:
        episodes = one.season(season["seasonNumber"])
        season["statistics"] = airings(episodes, now) | statistics(episodes, now)
    whole = statistics(one.episodes, now)
    whole["seasonCount"] = sum(season["seasonNumber"] > 0 for season in document["seasons"])
    return document | {
        "alternateTitles": [],
        "rootFolderPath": f"{one.root}/",
        "statistics": whole,
    }


def airings(episodes: list[Episode], now: float) -> Document:
    """When the next episode airs and the last one aired; left out if there is none."""
    after = [each.airs for each in episodes if each.airs > now]
    before = [each.airs for each in episodes if each.airs <= now]
    found: Document = {"nextAiring": stamp(min(after))} if after else {}
    return found | ({"previousAiring": stamp(max(before))} if before else {})


def statistics(episodes: list[Episode], now: float) -> Document:
    files = [each.file for each in episodes if each.file]
    counted = sum(
        each.file is not None or (each.monitored and each.airs <= now) for each in episodes
    )
    return {
        "episodeFileCount": len(files),
        "episodeCount": counted,
        "totalEpisodeCount": len(episodes),
        "sizeOnDisk": sum(file.size for file in files),
        "releaseGroups": sorted({file.group for file in files}),
        "percentOfEpisodes": 100 * len(files) / counted if counted else 0.0,
    }
