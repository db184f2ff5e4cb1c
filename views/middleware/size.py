"""A bound on what is read of a request's body."""

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Whoever reads more than `largest` bytes meets a 413, and so the error page.

    Starlette's own `max_body_size` answers in plain text, outside of the error pages.
    """

    def __init__(self, app: ASGIApp, largest: int) -> None:
        self.app = app
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = HTTPConnection(scope).headers.get("content-length", "")
        too_large = announced.isdecimal() and int(announced[:18]) > self.largest
        read = 0

        async def receive_bounded() -> Message:
            nonlocal read
            if too_large:
                raise HTTPException(413)
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.largest:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_bounded, send)
