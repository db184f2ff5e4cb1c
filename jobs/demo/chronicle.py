"""The history of the demo servers."""

from datetime import UTC, datetime
from typing import Any, cast

from jobs.demo import film_records, show_records
from jobs.demo.downloads import owner, series_id_of
from jobs.demo.library import DAY, Episode, Movie
from jobs.demo.qualities import quality_model
from jobs.demo.releases import Record, stamp
from jobs.demo.wire import Reply, Request, paged
from jobs.demo.world import World

Document = dict[str, Any]
ENGLISH = {"id": 1, "name": "English"}
EVENTS = {
    "sonarr": {
        "unknown": 0,
        "grabbed": 1,
        "seriesFolderImported": 2,
        "downloadFolderImported": 3,
        "downloadFailed": 4,
        "episodeFileDeleted": 5,
        "episodeFileRenamed": 6,
        "downloadIgnored": 7,
    },
    "radarr": {
        "unknown": 0,
        "grabbed": 1,
        "downloadFolderImported": 3,
        "downloadFailed": 4,
        "movieFileDeleted": 6,
        "movieFolderImported": 7,
        "movieFileRenamed": 8,
        "downloadIgnored": 9,
    },
}
DELETED = {"sonarr": "episodeFileDeleted", "radarr": "movieFileDeleted"}
HISTORY_KEYS = {
    "sonarr": ("date", "series.sortTitle"),
    "radarr": ("date", "movieMetadata.sortTitle"),
}


def index(world: World, request: Request) -> Reply:
    """Event types are numbers here, and may be repeated."""
    world.now()
    numbers = request.numbers("eventType")
    ids = request.numbers("episodeId" if world.application == "sonarr" else "movieIds")
    series_ids, download_id = request.numbers("seriesIds"), request.text("downloadId")
    records = [
        record
        for record in world.history
        if (not numbers or EVENTS[world.application][_event(world, record)] in numbers)
        and (not ids or record.item.id in ids)
        and (not series_ids or series_id_of(record.item) in series_ids)
        and (not download_id or record.release.download_id == download_id)
    ]

    def rows(key: str, descending: bool) -> list[Record]:
        by_date = sorted(records, key=lambda record: record.at, reverse=descending)
        if key == "date":
            return by_date
        return sorted(by_date, key=lambda record: record.item.label, reverse=descending)

    keys = HISTORY_KEYS[world.application]
    return paged(request, keys, rows, lambda record: _history_document(world, record, request))


def since(world: World, request: Request) -> Reply:
    """Unpaged, oldest first; without a date everything."""
    world.now()
    given, first = request.text("date"), 0.0
    if given:
        try:
            moment = datetime.fromisoformat(given)
        except ValueError:
            return request.invalid("date", f"The value '{given}' is not valid.")
        first = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return _plain(world, request, [record for record in world.history if record.at >= first])


def of_title(world: World, request: Request) -> Reply:
    """The history of one series (`/history/series`) or of one movie (`/history/movie`)."""
    world.now()
    sonarr = world.application == "sonarr"
    id = request.number("seriesId" if sonarr else "movieId", 0)
    season = request.number("seasonNumber")
    if id not in (world.library.series if sonarr else world.items):
        kind = "Series" if sonarr else "Movie"
        sentence = f"{kind} with ID {id} does not exist"
        fault = f"NzbDrone.Core.Datastore.ModelNotFoundException: {sentence}"
        return Reply(404, {"message": sentence, "description": fault})
    records = [
        record
        for record in reversed(world.history)
        if (series_id_of(record.item) if sonarr else record.item.id) == id
        and (season is None or cast(Episode, record.item).season == season)
    ]
    return _plain(world, request, records)


def _plain(world: World, request: Request, records: list[Record]) -> Reply:
    words = EVENTS[world.application]
    wish = request.text("eventType")
    by_number = {str(number): word for word, number in words.items()}
    event = by_number[wish] if wish in by_number else request.choice("eventType", tuple(words), "")
    shown = [record for record in records if not event or _event(world, record) == event]
    return Reply(200, [_history_document(world, record, request) for record in shown])


def _event(world: World, record: Record) -> str:
    return DELETED[world.application] if record.event == "fileDeleted" else record.event


def _history_document(world: World, record: Record, request: Request) -> Document:
    document = owner(record.item) | {
        "sourceTitle": record.release.title,
        "languages": [ENGLISH],
        "quality": quality_model(record.release.quality, world.application),
        "customFormats": [],
        "customFormatScore": 0,
        "qualityCutoffNotMet": False,
        "date": stamp(record.at),
        "eventType": _event(world, record),
        "data": _data(world, record),
    }
    if record.release.download_id:
        document["downloadId"] = record.release.download_id
    if isinstance(record.item, Movie):
        if request.flag("includeMovie"):
            document["movie"] = film_records.movie(record.item, world.present)
    elif isinstance(record.item, Episode):
        if request.flag("includeSeries"):
            document["series"] = show_records.embedded(record.item.series)
        if request.flag("includeEpisode"):
            document["episode"] = show_records.episode(record.item)
    document.pop("seasonNumber", None)
    return document | {"id": record.id}


def _data(world: World, record: Record) -> Document:
    release = record.release
    client: Document = {
        "downloadClient": release.indexer.client,
        "downloadClientName": release.indexer.client,
        "size": str(release.size),
        "releaseGroup": release.group,
    }
    if record.event == "grabbed":
        return client | _grabbed(record)
    if record.event == "downloadFailed":
        return client | {"message": "The download client reported a failure"}
    if record.event == "downloadIgnored":
        return client | {"message": "Manually ignored"}
    if record.event == "fileDeleted":
        return {"reason": "Upgrade", "size": str(release.size), "releaseGroup": release.group}
    path = f"/downloads/{release.title}/{release.title}.mkv"
    return client | {
        "fileId": str(record.item.id),
        "droppedPath": path,
        "importedPath": f"/data/{release.title}.mkv",
    }


def _grabbed(record: Record) -> Document:
    """What only grabs carry; addresses of releases lead nowhere."""
    release, item = record.release, record.item
    address = f"https://indexer.example.invalid/{release.download_id.lower()}"
    if isinstance(item, Movie):
        own = {"tmdbId": str(item.tmdb_id), "movieMatchType": "Title"}
    else:
        assert isinstance(item, Episode)
        kind = "SeasonPack" if release.pack else "SingleEpisode"
        own = {"tvdbId": str(item.series.tvdb_id), "seriesMatchType": "Title", "releaseType": kind}
    return own | {
        "indexer": release.indexer.name,
        "nzbInfoUrl": address,
        "age": str(release.age_days),
        "ageHours": f"{release.age_days * 24}.0",
        "ageMinutes": f"{release.age_days * 1440}.0",
        "publishedDate": stamp(record.at - release.age_days * DAY),
        "downloadUrl": f"{address}?apikey=demo",
        "guid": address,
        "protocol": "1" if release.indexer.protocol == "usenet" else "2",
        "customFormatScore": "0",
        "releaseSource": record.source,
        "indexerFlags": "0",
        "torrentInfoHash": None if release.indexer.protocol == "usenet" else release.download_id,
    }
