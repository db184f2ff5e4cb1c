"""The base path: taken off requests, put before the addresses in answers."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADDRESSES = ("location", "hx-location", "hx-redirect")


class BasePath:
    """Lets the rest of the program use addresses without the base path.

    Some proxies take the path off themselves, so requests without it are served as well.
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        self.app = app
        self.path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.path:
            await self.app(scope, receive, send)
            return

        async def send_prefixed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in ADDRESSES:
                    if headers.get(name, "").startswith("/"):
                        headers[name] = self.path + headers[name]
            await send(message)

        path = within(scope["path"], self.path)
        await self.app({**scope, "path": path}, receive, send_prefixed)


def within(path: str, base: str) -> str:
    """The path without the base: "/searcharr/queues" is "/queues", "/searcharr" is "/"."""
    if base and (path == base or path.startswith(f"{base}/")):
        return path[len(base) :] or "/"
    return path
