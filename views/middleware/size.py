"""Bounds on a request's body: how much is read of it, and how long it may take to come."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_SECONDS = 15.0


class BodyLimit:
    """More than `largest` bytes are a 413, more than 15 seconds a 408; both as error pages.

    Starlette's own `max_body_size` answers in plain text, outside of the error pages.
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
