"""The history of the demo servers."""

from datetime import UTC, datetime
from typing import Any, cast

from jobs.demo import film_records, formats, show_records
from jobs.demo.downloads import owner, series_id_of
from jobs.demo.library import DAY_S, Episode, Movie
from jobs.demo.qualities import quality_model
from jobs.demo.releases import Record, stamp
from jobs.demo.wire import DemoReply, DemoRequest, paged
from jobs.demo.world import World

Document = dict[str, Any]
ENGLISH = {"id": 1, "name": "English"}


def index(world: World, request: DemoRequest) -> DemoReply:
    """The history by pages; event types are numbers here, and may be repeated."""
    world.now()
    numbers = request.numbers("eventType")
    ids = request.numbers(world.traits.history_ids)
    series_ids, download_id = request.numbers("seriesIds"), request.text("downloadId")
    records = [
        record
        for record in world.history
        if (not numbers or world.traits.events[_event(world, record)] in numbers)
        and (not ids or record.item.id in ids)
        and (not series_ids or series_id_of(record.item) in series_ids)
        and (not download_id or record.release.download_id == download_id)
    ]

    def rows(key: str, descending: bool) -> list[Record]:
        by_date = sorted(records, key=lambda record: record.at, reverse=descending)
        if key == "date":
            return by_date
        return sorted(by_date, key=lambda record: record.item.label, reverse=descending)

    keys = world.traits.history_keys
    return paged(request, keys, rows, lambda record: _history_document(world, record, request))


def since(world: World, request: DemoRequest) -> DemoReply:
    """The history since a date, oldest first and without pages; all of it without a date."""
    world.now()
    given, first = request.text("date"), 0.0
    if given:
        try:
            moment = datetime.fromisoformat(given)
        except ValueError:
            return request.invalid("date", f"The value '{given}' is not valid.")
        first = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return _plain(world, request, [record for record in world.history if record.at >= first])


def of_series(world: World, request: DemoRequest) -> DemoReply:
    id, season = request.number("seriesId", 0), request.number("seasonNumber")
    world.now()
    if id not in world.library.series:
        return _unknown("Series", id)
    of_it = (record for record in reversed(world.history) if series_id_of(record.item) == id)
    seasons = [each for each in of_it if season in (None, cast(Episode, each.item).season)]
    return _plain(world, request, seasons)


def of_movie(world: World, request: DemoRequest) -> DemoReply:
    id = request.number("movieId", 0)
    world.now()
    if id not in world.items:
        return _unknown("Movie", id)
    of_it = [record for record in reversed(world.history) if record.item.id == id]
    return _plain(world, request, of_it)


def _unknown(kind: str, id: int | None) -> DemoReply:
    sentence = f"{kind} with ID {id} does not exist"
    fault = f"NzbDrone.Core.Datastore.ModelNotFoundException: {sentence}"
    return DemoReply(404, {"message": sentence, "description": fault})


def _plain(world: World, request: DemoRequest, records: list[Record]) -> DemoReply:
    words = world.traits.events
    wish = request.text("eventType")
    by_number = {str(number): word for word, number in words.items()}
    event = by_number[wish] if wish in by_number else request.choice("eventType", tuple(words), "")
    shown = [record for record in records if not event or _event(world, record) == event]
    return DemoReply(200, [_history_document(world, record, request) for record in shown])


def _score(record: Record) -> int:
    return formats.score_of(record.item, record.release.group)


def _event(world: World, record: Record) -> str:
    return world.traits.deleted if record.event == "fileDeleted" else record.event


def _history_document(world: World, record: Record, request: DemoRequest) -> Document:
    document = owner(record.item) | {
        "sourceTitle": record.release.title,
        "languages": [ENGLISH],
        "quality": quality_model(record.release.quality, world.traits.dialect),
        "customFormats": formats.of_group(record.item, record.release.group),
        "customFormatScore": _score(record),
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
    """The details that only grabs have; addresses of releases lead nowhere."""
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
        "customFormatScore": str(_score(record)),
        "nzbInfoUrl": address,
        "age": str(release.age_days),
        "ageHours": f"{release.age_days * 24}.0",
        "ageMinutes": f"{release.age_days * 1440}.0",
        "publishedDate": stamp(record.at - release.age_days * DAY_S),
        "downloadUrl": f"{address}?apikey=demo",
        "guid": address,
        "protocol": "1" if release.indexer.protocol == "usenet" else "2",
        "releaseSource": record.source,
        "indexerFlags": "0",
        "torrentInfoHash": None if release.indexer.protocol == "usenet" else release.download_id,
    }
