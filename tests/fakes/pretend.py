"""A third application that does not exist: its facts, its client and its simulator."""

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import msgspec

from jobs.arr.base import Client, Library
from jobs.arr.decoding import Id, moment
from jobs.arr.reading import as_it_is
from jobs.arr.records import Command, Download, Sight
from jobs.arr.replies import (
    ArrReply,
    CommandBody,
    CommandReply,
    HistoryReply,
    ItemReply,
    Many,
    QueueReply,
)
from jobs.demo import DEMO_KEY
from jobs.demo.server import whole_body
from models.applications import Application, Kind
from models.backlog import Entry

ALBUM = Kind("album", "albums", "Out", group="artist", groups="artists")
CRATE = Application("crate", "Crate", ALBUM, "/api/v1/", "album", "MusicBrainz")
GRABBED = 1


class ArtistReply(ArrReply):
    id: Id
    artist_name: str | None = None


class AlbumReply(ItemReply):
    title: str | None = None
    monitored: bool | None = None
    release_date: str | None = None
    profile_id: Id | None = None
    artist: ArtistReply | None = None


class AlbumHistory(HistoryReply):
    item_id: Id | None = msgspec.field(default=None, name="albumId")


class AlbumInQueue(QueueReply):
    item_id: Id | None = msgspec.field(default=None, name="albumId")


class AlbumCommandBody(CommandBody):
    item_ids: Many | None = msgspec.field(default=None, name="albumIds")


class AlbumCommand(CommandReply):
    body: AlbumCommandBody | None = None


class Crate(Client):
    application = CRATE
    oldest = (1, 0)
    search_times_since = (1, 0)
    item_path = "album"
    page_size = 100
    sort_key = "releaseDate"
    record = AlbumReply
    history = AlbumHistory
    queued = AlbumInQueue
    ordered = AlbumCommand

    async def search(self, arr_id: int) -> Command:
        return await self._order("AlbumSearch", albumIds=[arr_id])

    async def downloads_of(self, arr_id: int) -> list[Download]:
        return await self.downloading({"albumIds": arr_id})

    async def _history(self, arr_id: int) -> Sequence[HistoryReply]:
        query = {"albumId": arr_id, "eventType": GRABBED}
        return await self._read.all("history/since", AlbumHistory, as_it_is, query)

    def _sight(self, record: AlbumReply) -> Sight:
        searched = moment(record.last_search_time)
        return Sight(record.id, record.id, bool(record.monitored), None, None, searched)

    def _entry(self, record: AlbumReply, want: str, library: Library) -> Entry:
        artist = record.artist or ArtistReply(0)
        return Entry(
            arr_id=record.id,
            want=want,
            external_id=record.id,
            title=record.title or "",
            sort_title=(artist.artist_name or "").lower(),
            series_id=artist.id,
            series_title=artist.artist_name,
            season=None,
            episode=None,
            year=None,
            aired_at=moment(record.release_date),
            available=True,
            monitored=bool(record.monitored),
            profile_id=record.profile_id,
            root_folder=None,
            series_status=None,
            series_type=None,
            tags=(),
            slug=str(record.id),
            arr_searched_at=moment(record.last_search_time),
        )


class CrateSimulator:
    """Three albums of one artist are missing; each search finds one at once, by a stopped clock."""

    now = "2026-05-04T12:00:00Z"

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []
        self.paths: set[str] = set()

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        body = await whole_body(receive)
        query = parse_qs(scope["query_string"].decode())
        path = scope["path"]
        assert path.startswith("/api/v1/"), path
        assert dict(scope["headers"])[b"x-api-key"].decode() == DEMO_KEY
        self.paths.add(path)
        answer = self._answer(path.removeprefix("/api/v1/"), query, json.loads(body or b"null"))
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _answer(self, path: str, query: dict[str, list[str]], body: Any) -> Any:
        if path == "system/status":
            return {"appName": "Crate", "version": "2.0", "instanceName": "Crate"}
        if path.startswith("wanted/"):
            records = self._albums() if path == "wanted/missing" and query["page"] == ["1"] else []
            total = 3 if path == "wanted/missing" else 0
            return {"page": 1, "pageSize": 100, "totalRecords": total, "records": records}
        if path == "command" and body:
            return self._begin(body)
        if found := re.fullmatch(r"(?:command|album)/(\d+)", path):
            rows = self.commands if path.startswith("command") else self._albums()
            return next(row for row in rows if row["id"] == int(found[1]))
        if path == "history/since":
            return [self._grab(each) for each in self.commands]
        if path == "command":
            return self.commands
        return []

    def _albums(self) -> list[dict[str, Any]]:
        searched = {each["body"]["albumIds"][0] for each in self.commands}
        artist = {"id": 9, "artistName": "The Low Tides"}
        return [
            {"id": number, "title": f"Record {number}", "monitored": True, "profileId": 1}
            | {"releaseDate": "2020-01-01T00:00:00Z", "artist": artist}
            | ({"lastSearchTime": self.now} if number in searched else {})
            for number in (1, 2, 3)
        ]

    def _begin(self, body: dict[str, Any]) -> dict[str, Any]:
        told = {"name": body["name"], "body": body, "status": "completed", "result": "successful"}
        when = dict.fromkeys(("queued", "started", "ended"), self.now)
        message = {"message": "Completed search. 1 reports downloaded."}
        self.commands.append({"id": len(self.commands) + 1} | told | when | message)
        return self.commands[-1]

    def _grab(self, command: dict[str, Any]) -> dict[str, Any]:
        told = {"releaseSource": "UserInvokedSearch", "indexer": "Shelf"}
        about = {"eventType": "grabbed", "date": self.now, "downloadId": f"D{command['id']}"}
        title = {"sourceTitle": "Low.Tides-FLAC", "albumId": command["body"]["albumIds"][0]}
        return about | title | {"data": told}
