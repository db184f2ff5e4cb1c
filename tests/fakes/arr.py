"""A Sonarr or Radarr for tests: the demo app with a clock, a log and faults on order."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any
from urllib.parse import parse_qs

from jobs.demo import DEMO_KEY
from jobs.demo.server import Demo, whole_body
from jobs.demo.sizes import Size
from jobs.demo.world import World
from tests.fakes.serving import serving

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
SMALL = Size(missing=30, upgrade=10, searched=0, history=0)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass
class Seen:
    """A request as the server saw it, `at` by the server's clock."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any
    at: datetime


@dataclass
class Response:
    """The answer of a hook in the server's place; `delay` in real seconds.

    With `raises` there is no answer: the exception leaves the app, and a served connection is
    reset. (An in-process transport may turn what leaves the app into a 500.)
    """

    status: int = 500
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    raises: BaseException | None = None


class FakeArr:
    """An ASGI app; finds nothing until told, has no feeds of its own, and time stands still.

    `now` is the server's clock: set `fake.now`, call `fake.advance(seconds)`, or hand in a function
    that tells the time. `before` is asked first with each request; what it answers is the answer.
    `world` is the server's state (`active_indexers`, `free_space`, `items`, `history`, ...).
    """

    key = DEMO_KEY

    def __init__(
        self,
        application: str = "sonarr",
        *,
        size: Size | float = SMALL,
        now: datetime | Callable[[], datetime] = NOON,
        search_seconds: float = 4.0,
        find_rate: float = 0.0,
        seed: int = 7,
    ) -> None:
        self.application = application
        self._now = now
        self.log: list[Seen] = []
        self.before: Callable[[Seen], Response | None] | None = None
        self._orders: list[tuple[str, Response]] = []
        self._made = partial(
            World,
            application,
            size=size,
            seed=seed,
            search_seconds=search_seconds,
            find_rate=find_rate,
            fail_rate=0.0,
            ignore_rate=0.0,
            rss_per_hour=0.0,
        )
        self._made_at: datetime | None = self.now

    @cached_property
    def world(self) -> World:
        """The library as of the making of this server; it is built when first asked for."""
        world = self._made(clock=lambda: self._made_at or self.now)
        self._made_at = None
        return world

    @cached_property
    def _app(self) -> Demo:
        return Demo(self.world)

    @property
    def now(self) -> datetime:
        return self._now() if callable(self._now) else self._now

    @now.setter
    def now(self, moment: datetime) -> None:
        self._now = moment

    def advance(self, seconds: float) -> None:
        self.now = self.now + timedelta(seconds=seconds)

    @property
    def commands(self) -> list[dict[str, Any]]:
        """The bodies of all commands posted so far."""
        posts = (seen for seen in self.log if seen.method == "POST")
        return [seen.body for seen in posts if seen.path.lower().rstrip("/").endswith("/command")]

    def find(self, *ids: int) -> None:
        """Lets searches find releases of exactly these items from now on."""
        self.world.luck = lambda item, now: item.id in ids

    def fill_queue(self, number: int) -> None:
        """Begins this many downloads; each takes one to two minutes."""
        wanted = [item for item in self.world.items.values() if item.wanted]
        now = self.world.now()
        free = [item for item in wanted if self.world.grabbable(item, now)]
        for item in free[:number]:
            self.world.grab([item], now, source="Rss")

    def fail_next(
        self,
        path_prefix: str,
        *,
        status: int = 500,
        body: Any = b"",
        headers: Mapping[str, str] | None = None,
        delay: float = 0.0,
        raises: BaseException | None = None,
        times: int = 1,
    ) -> None:
        """Answers the next requests under the path so; a body that is not bytes is sent as JSON."""
        response = Response(status, body, headers or {}, delay, raises)
        self._orders += [(path_prefix.lower(), response)] * times

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Send,
    ) -> None:
        if scope["type"] != "http":
            return
        body = await whole_body(receive)
        seen = _seen(scope, body, self.now)
        self.log.append(seen)
        response = self._ordered(seen)
        if response is not None:
            await _answer(response, send)
            return

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)

    def _ordered(self, seen: Seen) -> Response | None:
        given = self.before(seen) if self.before else None
        if given is not None:
            return given
        for order in self._orders:
            if seen.path.lower().startswith(order[0]):
                self._orders.remove(order)
                return order[1]
        return None

    def serve(self) -> AbstractContextManager[str]:
        """Serves on a free port of 127.0.0.1 while the block lasts, and gives the address."""
        return serving(self)


def _seen(scope: MutableMapping[str, Any], body: bytes, at: datetime) -> Seen:
    try:
        document = json.loads(body) if body else None
    except ValueError:
        document = body
    headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return Seen(scope["method"], scope["path"], query, headers, document, at)


async def _answer(response: Response, send: Send) -> None:
    if response.delay:
        await asyncio.sleep(response.delay)
    if response.raises is not None:
        wire = getattr(getattr(send, "__self__", None), "transport", None)
        if wire is not None:
            wire.abort()
        raise response.raises
    plain = isinstance(response.body, bytes)
    kind = "text/html" if plain else "application/json; charset=utf-8"
    typed = {} if response.body == b"" else {"content-type": kind}
    headers = typed | {name.lower(): v for name, v in response.headers.items()}
    head = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    body = response.body if plain else json.dumps(response.body).encode()
    await send({"type": "http.response.start", "status": response.status, "headers": head})
    await send({"type": "http.response.body", "body": body})
