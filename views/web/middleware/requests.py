"""Gives every request an id: for its lines of the log, its answer and its error page."""

import logging
import re
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.logs.about import belong_to

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
# A proxy's own id, such as 32 hexadecimal digits or a UUID.
USUAL = re.compile(r"[A-Za-z0-9_-]{6,64}")
LONGEST_PATH = 200
# They are asked all the time.
QUIET = ("/health", "/static/")


class RequestIds:
    """The id is our own, or the one that a trusted proxy gives.

    `state` gets it as `request_id`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state, status = scope.setdefault("state", {}), 0
        given = state.get("proxied_id") or ""
        name = state["request_id"] = given if USUAL.fullmatch(given) else secrets.token_hex(6)
        # Not taken back: the server logs an error after this has ended, in the same context.
        belong_to(request=name)

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        began = time.monotonic()
        await self.app(scope, receive, send_with_id)
        if not scope["path"].startswith(QUIET):
            took, path = round((time.monotonic() - began) * 1000), scope["path"][:LONGEST_PATH]
            log.debug("%s %s: %s in %s ms", scope["method"], path, status, took)
