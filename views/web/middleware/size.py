"""Bounds on a request: its size, and how long its body may take."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_SECONDS = 15.0
MOST_HEADERS = 100
# Cookies of other programs on this host come too: browsers do not tell ports apart.
LARGEST_HEADERS = 32 * 1024
LONGEST_ADDRESS = 8 * 1024
MOST_PARAMETERS = 100


class HeadLimit:
    """Refuses too many or too large headers with 431, and a too long address with 414."""

    def __init__(
        self, app: ASGIApp, refuse: Callable[[Request, HTTPException], Awaitable[Response]]
    ) -> None:
        self.app = app
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = _too_much(scope) if scope["type"] == "http" else None
        if status is None:
            await self.app(scope, receive, send)
            return
        refusal = await self.refuse(Request(scope), HTTPException(status))
        await refusal(scope, receive, send)


def _too_much(scope: Scope) -> int | None:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    size = sum(len(name) + len(value) for name, value in headers)
    if len(headers) > MOST_HEADERS or size > LARGEST_HEADERS:
        return 431
    query: bytes = scope["query_string"]
    length = len(scope["path"]) + len(query)
    return 414 if length > LONGEST_ADDRESS or query.count(b"&") >= MOST_PARAMETERS else None


class BodyLimit:
    """Refuses more than `largest` bytes with 413, and more than 15 seconds with 408.

    Starlette's own `max_body_size` answers in plain text instead of our error pages.
    """

    def __init__(self, app: ASGIApp, largest: int, seconds: float = LONGEST_SECONDS) -> None:
        self.app = app
        self.largest = largest
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = HTTPConnection(scope).headers.get("content-length", "")
        too_large = announced.isdecimal() and int(announced[:18]) > self.largest
        read, more = 0, True
        deadline = asyncio.get_running_loop().time() + self.seconds

        async def receive_bounded() -> Message:
            nonlocal read, more
            if too_large:
                raise HTTPException(413)
            message = await _in_time(receive, deadline) if more else await receive()
            read += len(message.get("body", b""))
            more = message.get("more_body", False)
            if read > self.largest:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_bounded, send)


async def _in_time(receive: Receive, deadline: float) -> Message:
    try:
        async with asyncio.timeout_at(deadline):
            return await receive()
    except TimeoutError:
        raise HTTPException(408) from None
