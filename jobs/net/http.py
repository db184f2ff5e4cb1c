"""httpx and httpcore as we use them, without redirects, cookies or proxies of the environment."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

from jobs.net.addresses import GuardedBackend
from jobs.net.bounds import Timeouts
from jobs.net.breakage import BROKEN
from jobs.net.questions import Headers, Request

# It would log every header of HTTP/2 with its value.
logging.getLogger("hpack").setLevel(logging.WARNING)

Message = MutableMapping[str, Any]
ASGIApp = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]

MOST_CONNECTIONS = 4
# The longest value of a header in bytes; longer ones are cut before anything reads them.
LONGEST_HEADER = 2_000
# Seconds; servers and proxies keep idle connections longer (Node.js 5 s, nginx 75 s).
KEPT_ALIVE = 4.0
UNANSWERED = (*BROKEN, httpx.HTTPError, httpx.InvalidURL)


def client(carrier: httpx.AsyncBaseTransport, headers: Headers) -> httpx.AsyncClient:
    """A client that sends these headers with each request."""
    return httpx.AsyncClient(
        transport=carrier,
        headers=_encoded(headers),
        # Cookies of a proxy in front would pile up and identify us.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
    )


def build(
    client: httpx.AsyncClient, request: Request, address: str, times: Timeouts
) -> httpx.Request:
    """A request. Raises one of UNANSWERED for an address that cannot be used."""
    url = httpx.URL(address)
    read = times.slow_read if request.slow else times.read
    read = times.search if request.searches else read
    return client.build_request(
        request.method,
        url.copy_merge_params(request.query) if request.query else url,
        content=request.content,
        headers=_encoded(request.headers),
        timeout=httpx.Timeout(read, connect=times.connect),
    )


def _encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("latin-1")) for name, value in headers]


def inside(app: ASGIApp) -> httpx.AsyncBaseTransport:
    """A transport to an app in this process."""
    return httpx.ASGITransport(app)


class Carrier(httpx.AsyncBaseTransport):
    """httpx's own transport over our network backend, which checks each address."""

    def __init__(self, backend: GuardedBackend, context: SSLContext | None, *, http2: bool) -> None:
        make = partial(
            httpcore.AsyncConnectionPool,
            ssl_context=context,
            max_connections=MOST_CONNECTIONS,
            keepalive_expiry=KEPT_ALIVE,
            http2=http2,
            network_backend=backend,
        )
        self._kept = make(max_keepalive_connections=MOST_CONNECTIONS)
        # A server may close an idle connection just when it is used again, so that it is unknown
        # whether the request arrived. A GET is sent once more; a POST must not be.
        self._fresh = make(max_keepalive_connections=0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        sent = httpcore.Request(
            method=request.method,
            url=str(request.url),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        pool = self._fresh if request.method == "POST" else self._kept
        reply = await pool.handle_async_request(sent)
        return _Answered(
            reply.status,
            headers=[(name, value[:LONGEST_HEADER]) for name, value in reply.headers],
            stream=_Stream(reply),
            extensions=reply.extensions,
        )

    async def aclose(self) -> None:
        await self._kept.aclose()
        await self._fresh.aclose()


class _Answered(httpx.Response):
    """A reply whose Location httpx must not parse; it does so even without following it."""

    has_redirect_location = False


class _Stream(httpx.AsyncByteStream):
    def __init__(self, reply: httpcore.Response) -> None:
        self._reply = reply

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._reply.aiter_stream()

    async def aclose(self) -> None:
        await self._reply.aclose()
