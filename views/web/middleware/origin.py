"""Refuses unsafe methods that come from pages of other sites."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from views.web.visitor import is_of_programs

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
REFUSAL = HTTPException(403, "Another site sent this, so nothing was done.")


class OriginCheck:
    """Checks Sec-Fetch-Site; browsers leave it out over plain http, so then it checks Origin."""

    def __init__(
        self, app: ASGIApp, refuse: Callable[[Request, HTTPException], Awaitable[Response]]
    ) -> None:
        self.app = app
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_harmless(scope) or _from_here(HTTPConnection(scope)):
            await self.app(scope, receive, send)
            return
        refusal = await self.refuse(Request(scope), REFUSAL)
        await refusal(scope, receive, send)


def _is_harmless(scope: Scope) -> bool:
    """Whether no cookie could make it change anything."""
    return scope["method"] in SAFE or is_of_programs(scope["path"])


def _from_here(connection: HTTPConnection) -> bool:
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = connection.headers.get("origin")
    if origin is not None:
        try:
            theirs = urlsplit(origin)
        except ValueError:
            return False
        return (theirs.scheme, theirs.netloc) == (connection.url.scheme, connection.url.netloc)
    return not connection.cookies
