"""Services that take messages: each holds what it is sent against what the real one takes."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Takes = Callable[[Request, bytes], None]


class FakeService:
    """One service as an ASGI app.

    `bodies` are what it took, decoded; `answers` come first, one for each request, then success.
    `arrived` counts every request. Raises nothing: what is not as it must be is a 400.
    """

    def __init__(self, takes: Takes, success: int = 200) -> None:
        self.bodies: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.answers: list[Response] = []
        self.raw: list[bytes] = []
        self.arrived = 0
        self._takes = takes
        self._success = success

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        answer = self._answer(request, await request.body())
        await answer(scope, receive, send)

    def _answer(self, request: Request, body: bytes) -> Response:
        self.arrived += 1
        if self.answers:
            return self.answers.pop(0)
        try:
            assert request.method == "POST"
            self._takes(request, body)
        except (AssertionError, KeyError, ValueError) as error:
            return JSONResponse({"message": f"not taken: {error}"}, 400)
        self.bodies.append(_decoded(request, body))
        self.headers.append(dict(request.headers))
        self.paths.append(request.url.path)
        self.raw.append(body)
        return Response(b"{}", self._success, {"content-type": "application/json"})


def _decoded(request: Request, body: bytes) -> Any:
    if "json" in request.headers["content-type"]:
        return json.loads(body)
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def discord(request: Request, body: bytes) -> None:
    told = json.loads(body)
    assert request.url.path.startswith("/api/webhooks/")
    assert request.query_params["wait"] == "true"
    assert told["allowed_mentions"] == {"parse": []}
    (embed,) = told["embeds"]
    assert 0 < _utf16(embed["title"]) <= 256
    assert 0 < _utf16(embed["description"]) <= 4096


def telegram(request: Request, body: bytes) -> None:
    told = json.loads(body)
    assert request.url.path.endswith("/sendMessage")
    assert told["chat_id"]
    assert told["parse_mode"] == "HTML"
    assert 0 < _utf16(told["text"]) <= 4096
    bare = told["text"].replace("<b>", "").replace("</b>", "")
    assert "<" not in bare
    assert ">" not in bare


def ntfy(request: Request, body: bytes) -> None:
    told = json.loads(body)
    assert request.url.path in ("", "/")
    assert told["topic"]
    assert len(told["message"].encode()) <= 4096
    assert told["priority"] in range(1, 6)


def gotify(request: Request, body: bytes) -> None:
    told = json.loads(body)
    assert request.url.path == "/message"
    assert request.headers["x-gotify-key"].startswith("A")
    assert told["message"]
    assert told["priority"] in range(11)


def pushover(request: Request, body: bytes) -> None:
    told = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    assert request.url.path == "/1/messages.json"
    assert told["token"]
    assert told["user"]
    assert len(told["message"]) <= 1024
    assert len(told["title"]) <= 250
    assert len(told.get("url", "")) <= 512
    assert told["priority"] in ("-2", "-1", "0", "1")


def apprise(request: Request, body: bytes) -> None:
    told = json.loads(body)
    assert request.url.path.startswith("/notify")
    assert told["body"]
    assert told["type"] in ("info", "success", "warning", "failure")
    assert told["format"] == "text"
    assert ("urls" in told) == (request.url.path == "/notify")


def webhook(request: Request, body: bytes) -> None:
    told = json.loads(body)
    assert {"eventType", "instanceName", "id"} <= told.keys()
    assert request.headers["x-searcharr-id"] == told["id"]


def services() -> dict[str, FakeService]:
    """One of each kind; mail is no http."""
    return {
        "discord": FakeService(discord),
        "telegram": FakeService(telegram),
        "ntfy": FakeService(ntfy),
        "gotify": FakeService(gotify),
        "pushover": FakeService(pushover),
        "apprise": FakeService(apprise),
        "webhook": FakeService(webhook, 204),
    }


SETTINGS: dict[str, dict[str, Any]] = {
    "discord": {"webhook_url": "demo://discord/api/webhooks/1234/hushed"},
    "telegram": {"url": "demo://telegram", "bot_token": "123456:hushed", "chat_id": "-10042"},
    "ntfy": {"url": "demo://ntfy", "topic": "hushed", "access_token": "tk_hushed"},
    "gotify": {"url": "demo://gotify", "app_token": "Ahushed"},
    "pushover": {"url": "demo://pushover", "app_token": "hushed", "user_key": "hushed"},
    "apprise": {"url": "demo://apprise", "config_key": "hushed", "tags": "home"},
    "webhook": {"webhook_url": "demo://webhook/in?place=hushed", "signing_key": "hushed key"},
}
