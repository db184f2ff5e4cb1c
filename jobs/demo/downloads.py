"""The download queue of the demo servers."""

import zlib
from typing import Any

from jobs.demo.library import DemoItem, Episode
from jobs.demo.orders import time_span
from jobs.demo.qualities import quality_model
from jobs.demo.releases import DemoDownload, stamp
from jobs.demo.wire import DemoReply, DemoRequest, paged
from jobs.demo.world import World

Document = dict[str, Any]
ENGLISH = {"id": 1, "name": "English"}
QUEUE_KEYS = ("timeleft", "added", "title", "size", "indexer", "status")


def details(world: World, request: DemoRequest) -> DemoReply:
    now = world.now()
    series_id, ids = request.number("seriesId"), request.numbers("episodeIds")
    movie_id = request.number("movieId")
    shown = [
        (download, item)
        for download, item in _queued(world)
        if (series_id is None or series_id_of(item) == series_id)
        and (not ids or item.id in ids)
        and (movie_id is None or item.id == movie_id)
    ]
    return DemoReply(200, [_queue_document(world, now, *pair) for pair in shown])


def index(world: World, request: DemoRequest) -> DemoReply:
    """The queue by pages; a page beyond the end is the last one."""
    now, pairs = world.now(), _queued(world)
    page, size = request.number("page", 1) or 1, request.number("pageSize", 10) or 0
    last = max(len(pairs) // size, 1) if size > 0 else 1
    if size > 0 and (page - 1) * size >= len(pairs):
        request.query["page"] = [str(last)]

    def rows(key: str, descending: bool) -> list[tuple[DemoDownload, DemoItem]]:
        return sorted(pairs, key=lambda pair: pair[0].ends, reverse=descending)

    return paged(request, QUEUE_KEYS, rows, lambda pair: _queue_document(world, now, *pair))


def status(world: World, request: DemoRequest) -> DemoReply:
    world.now()
    number = len(_queued(world))
    counts = {"totalCount": number, "count": number, "unknownCount": 0}
    signs = ("errors", "warnings", "unknownErrors", "unknownWarnings")
    return DemoReply(200, counts | dict.fromkeys(signs, False))


def _queued(world: World) -> list[tuple[DemoDownload, DemoItem]]:
    """One pair for each item of each download."""
    return [(download, item) for download in world.downloads.values() for item in download.items]


def owner(item: DemoItem) -> Document:
    if isinstance(item, Episode):
        return {"seriesId": item.series.id, "episodeId": item.id, "seasonNumber": item.season}
    return {"movieId": item.id}


def series_id_of(item: DemoItem) -> int | None:
    return item.series.id if isinstance(item, Episode) else None


def _queue_document(world: World, now: float, download: DemoDownload, item: DemoItem) -> Document:
    release, left = download.release, download.left(now)
    document = owner(item) | {
        "languages": [ENGLISH],
        "quality": quality_model(release.quality, world.traits.dialect),
        "customFormats": [],
        "customFormatScore": 0,
        "size": release.size,
        "title": release.title,
        "sizeleft": int(release.size * left),
        "timeleft": time_span(int(max(0.0, download.ends - now))),
        "estimatedCompletionTime": stamp(download.ends),
        "added": stamp(download.grabbed),
        "status": "downloading",
        "trackedDownloadStatus": "ok",
        "trackedDownloadState": "downloading",
        "statusMessages": [],
        "downloadId": release.download_id,
        "protocol": release.indexer.protocol,
        "downloadClient": release.indexer.client,
        "downloadClientHasPostImportCategory": False,
        "indexer": release.indexer.name,
        "outputPath": f"/downloads/{release.title}",
    }
    if isinstance(item, Episode):
        document["episodeHasFile"] = item.file is not None
    return document | {"id": zlib.crc32(f"{release.download_id}:{item.id}".encode()) >> 1}
