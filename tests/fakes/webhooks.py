"""What Sonarr and Radarr send to a webhook, and their settings of connections."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobs.demo.server import whole_body
from tests.fakes.arr import FakeArr, Seen

Document = dict[str, Any]
PATH = "/api/v3/notification"
HEADERS = {"Content-Type": "application/json", "User-Agent": "Sonarr/4.0.19.2979 (alpine 3.22.1)"}
# The rest of a body comes before its kind, as the applications write it.
SERIES = {"id": 1, "title": "Low Water", "titleSlug": "low-water", "path": "/tv/Low Water"}
SERIES |= {"tvdbId": 1234, "type": "standard", "year": 2020, "tags": ["4k"]}
EPISODES = [{"id": 1, "episodeNumber": 1, "seasonNumber": 1, "title": "<b>", "seriesId": 1}]
MOVIE = {"id": 1, "title": "Low Water", "year": 2020, "folderPath": "/movies/Low Water"}
HEALTH = {
    "level": "error",
    "message": "No indexers available",
    "type": "IndexerStatusCheck",
    "wikiUrl": "https://wiki.servarr.com/sonarr/system",
}


def event(kind: str, application: str = "sonarr", **more: Any) -> bytes:
    """A body of this kind, as long as the real ones."""
    is_about_health = kind.startswith("Health")
    of_sonarr = {"series": SERIES, "episodes": EPISODES}
    about = of_sonarr if application == "sonarr" else {"movie": MOVIE}
    told = HEALTH if is_about_health else about
    label = application.capitalize()
    whole = {**told, **more, "eventType": kind, "instanceName": label, "applicationUrl": ""}
    return json.dumps(whole, indent=2, ensure_ascii=False).encode()


class HookingArr:
    """A fake *arr with connections: like the real ones, it tests a webhook before it saves it.

    `ours` is the program that its webhooks reach, whatever address they name; None for nobody.
    """

    def __init__(self, inner: FakeArr) -> None:
        self.inner = inner
        self.ours: ASGIApp | None = None
        self.connections: dict[int, Document] = {}
        self.answers: list[int] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith(PATH):
            await self.inner(scope, receive, send)
            return
        body = await whole_body(receive)
        document = json.loads(body) if body else None
        seen = Seen(scope["method"], scope["path"], {}, {}, document, self.inner.now)
        self.inner.log.append(seen)
        status, reply = await self._answer(seen)
        await _send(send, status, reply)

    def connect(self, url: str) -> None:
        """A person enters a webhook there."""
        number = max(self.connections, default=0) + 1
        fields = [{"name": "url", "value": url}, {"name": "method", "value": 1}]
        told = {"id": number, "name": f"theirs {number}", "implementation": "Webhook"}
        self.connections[number] = {**told, "fields": fields, "tags": []}

    async def send(self, body: bytes) -> None:
        """Sends an event to all webhooks, as after a grab; what fails is lost."""
        for each in list(self.connections.values()):
            await self._call(each, body)

    async def _answer(self, seen: Seen) -> tuple[int, Any]:
        below = seen.path.removeprefix(PATH).strip("/")
        if seen.method == "GET" and not below:
            return 200, list(self.connections.values())
        if seen.method == "POST" and below == "test":
            return await self._saved(seen.body, 200, {})
        if seen.method == "POST" and not below:
            return await self._create(seen.body)
        number = int(below)
        if number not in self.connections:
            return 404, {"message": "NotFound"}
        if seen.method == "DELETE":
            del self.connections[number]
            return 200, {}
        status, reply = await self._saved(seen.body, 202, seen.body)
        if status == 202:
            self.connections[number] = seen.body
        return status, reply

    async def _create(self, document: Document) -> tuple[int, Any]:
        names = {each["name"].casefold() for each in self.connections.values()}
        if document["name"].casefold() in names:
            return 400, [{"propertyName": "Name", "errorMessage": "Should be unique"}]
        status, reply = await self._saved(document, 201, {})
        if status != 201:
            return status, reply
        number = max(self.connections, default=0) + 1
        self.connections[number] = {**document, "id": number}
        return 201, self.connections[number]

    async def _saved(self, document: Document, good: int, reply: Any) -> tuple[int, Any]:
        status = await self._call(document, event("Test", self.inner.application))
        if status is None:
            return 500, {"message": "Connection refused", "description": "at Sonarr..."}
        if status >= 400:
            url = _value(document, "url")
            said = f"Unable to post to webhook: HTTP {status} {url}"
            return 400, [{"propertyName": "Url", "errorMessage": said}]
        return good, reply

    async def _call(self, document: Document, body: bytes) -> int | None:
        if self.ours is None:
            return None
        transport = httpx.ASGITransport(self.ours)
        async with httpx.AsyncClient(transport=transport) as client:
            answer = await client.post(_value(document, "url"), content=body, headers=HEADERS)
        self.answers.append(answer.status_code)
        return answer.status_code


def _value(document: Document, name: str) -> str:
    return next(each["value"] for each in document["fields"] if each["name"] == name)


async def _send(send: Callable[[Message], Awaitable[None]], status: int, reply: Any) -> None:
    head: MutableMapping[str, Any] = {"type": "http.response.start", "status": status}
    head["headers"] = [(b"content-type", b"application/json; charset=utf-8")]
    await send(head)
    await send({"type": "http.response.body", "body": json.dumps(reply).encode()})
