"""The ASGI app that speaks the v3 API of Sonarr 4 or Radarr 6 over a synthetic library."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from jobs.demo import (
    DEMO_KEY,
    chronicle,
    downloads,
    files,
    furniture,
    offers,
    orders,
    titles,
)
from jobs.demo.sizes import Size
from jobs.demo.wire import DemoReply, DemoRequest, Refusal
from jobs.demo.world import World

Message = MutableMapping[str, Any]
Endpoint = Callable[[World, DemoRequest], DemoReply]

LARGEST_BODY = 1_000_000
PAGE = b"<!doctype html><title>Demo</title><p>The web page of the server would be here.</p>"

SHARED: dict[str, dict[str, Endpoint]] = {
    "system/status": {"GET": furniture.status},
    "health": {"GET": furniture.health},
    "qualityprofile": {"GET": furniture.profiles},
    "qualityprofile/{id}": {"GET": furniture.profile},
    "customformat": {"GET": furniture.custom_formats},
    "tag": {"GET": furniture.tags},
    "tag/{id}": {"GET": furniture.tag},
    "indexer": {"GET": furniture.indexers},
    "rootfolder": {"GET": furniture.root_folders},
    "diskspace": {"GET": furniture.disks},
    "wanted/missing": {"GET": titles.missing},
    "wanted/cutoff": {"GET": titles.cutoff},
    "command": {"GET": orders.index, "POST": orders.create},
    "command/{id}": {"GET": orders.show, "DELETE": orders.destroy},
    "queue": {"GET": downloads.index},
    "queue/details": {"GET": downloads.details},
    "queue/status": {"GET": downloads.status},
    "history": {"GET": chronicle.index},
    "history/since": {"GET": chronicle.since},
    "release": {"GET": offers.index},
}
ROUTES: dict[str, dict[str, dict[str, Endpoint]]] = {
    "sonarr": SHARED
    | {
        "series": {"GET": titles.series_index},
        "series/{id}": {"GET": titles.series_show},
        "episode": {"GET": titles.episode_index},
        "episodefile": {"GET": files.of_episodes},
        "episode/{id}": {"GET": titles.episode_show},
        "wanted/missing/{id}": {"GET": titles.episode_show},
        "wanted/cutoff/{id}": {"GET": titles.episode_show},
        "history/series": {"GET": chronicle.of_series},
    },
    "radarr": SHARED
    | {
        "movie": {"GET": titles.movie_index},
        "moviefile": {"GET": files.of_movies},
        "movie/{id}": {"GET": titles.movie_show},
        "history/movie": {"GET": chronicle.of_movie},
    },
}


def demo_app(
    application: str,
    *,
    size: float | Size = 1.0,
    seed: int = 7,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    search_seconds: float = 4.0,
    find_rate: float = 0.3,
    release_seconds: float = 0.0,
) -> "Demo":
    """A demo server.

    `size` is a factor on the usual library, or exact numbers.
    `now` returns aware datetimes.
    `search_seconds` is the time of one round over the indexers.
    """
    world = World(
        application,
        size=size,
        seed=seed,
        clock=now,
        search_seconds=search_seconds,
        find_rate=find_rate,
    )
    return Demo(world, release_seconds)


class Demo:
    """The ASGI app; its state is `world`, which lives as long as the app.

    Whoever asks for releases waits `release_seconds`, as indexers are asked meanwhile.
    """

    def __init__(self, world: World, release_seconds: float = 0.0) -> None:
        self.world = world
        self.release_seconds = release_seconds

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if scope["type"] != "http":
            return
        request = DemoRequest(
            problems=self.world.traits.problems,
            method=scope["method"],
            path=scope["path"],
            query_string=scope["query_string"].decode("latin-1"),
            headers={name.decode(): value.decode("latin-1") for name, value in scope["headers"]},
            body=await whole_body(receive),
        )
        if request.method == "GET" and request.path.lower().endswith("/release"):
            await asyncio.sleep(self.release_seconds)
        status, headers, body = self.answer(request)
        head = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send(
            {"type": "http.response.body", "body": b"" if request.method == "HEAD" else body}
        )

    def answer(self, request: DemoRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body for one request."""
        moment = datetime.fromtimestamp(int(self.world.now()), UTC)
        headers = [("date", format_datetime(moment, usegmt=True)), ("server", "Kestrel")]
        path = request.path.lower().rstrip("/")
        if path == "/ping":
            return 200, [*headers, ("content-type", JSON)], b'{"status":"OK"}'
        if path != "/api" and not path.startswith("/api/"):
            return 200, [*headers, ("content-type", "text/html")], PAGE
        if _key(request) != DEMO_KEY:
            return 401, [*headers, ("content-length", "0")], b""
        try:
            reply = self._route(path, request)
        except Refusal as refusal:
            reply = refusal.reply
        headers += [("cache-control", "no-cache, no-store"), *reply.headers]
        headers += [("x-application-version", self.world.traits.version)]
        if reply.document is None:
            return reply.status, [*headers, ("content-length", "0")], b""
        return reply.status, [*headers, ("content-type", JSON)], msgspec.json.encode(reply.document)

    def _route(self, path: str, request: DemoRequest) -> DemoReply:
        if path == "/api":
            return furniture.versions(self.world, request)
        if not path.startswith("/api/v3/"):
            return DemoReply(404)
        name, id = path.removeprefix("/api/v3/"), re.search(r"/(\d{1,9})$", path)
        routes = ROUTES[self.world.application]
        if name not in routes and id:
            name, request.id = name[: id.start(1) - len("/api/v3/")] + "{id}", int(id[1])
        methods = routes.get(name)
        if methods is None:
            return DemoReply(404)
        endpoint = methods.get("GET" if request.method == "HEAD" else request.method)
        if endpoint is None:
            return DemoReply(405, None, (("allow", ", ".join(methods)),))
        return endpoint(self.world, request) if _admits_json(request) else DemoReply(406)


JSON = "application/json; charset=utf-8"


def _key(request: DemoRequest) -> str:
    """The first key present, in query, header or bearer token."""
    for name, value in parse_qsl(request.query_string, keep_blank_values=True):
        if name.lower() == "apikey":
            return value
    given = request.headers.get("x-api-key")
    if given is not None:
        return given
    return request.headers.get("authorization", "").replace("Bearer ", "")


def _admits_json(request: DemoRequest) -> bool:
    accept = request.headers.get("accept", "*/*")
    return any(kind in accept for kind in ("*/*", "application/*", "json"))


async def whole_body(receive: Callable[[], Awaitable[Message]]) -> bytes:
    """The body of a request, cut off if it is larger than any command."""
    body = b""
    while len(body) <= LARGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body
