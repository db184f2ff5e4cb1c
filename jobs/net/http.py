"""The only door to the network: one client per instance, bounded in time and size."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import SSLContext

import httpcore
import httpx

from jobs.net.addresses import GuardedBackend
from jobs.net.arrays import Splitter
from jobs.net.bodies import BROKEN, Body
from jobs.net.bounds import Patience
from jobs.net.faults import Fault, fault
from jobs.net.questions import Question
from jobs.net.refusals import broken, http_date, is_reply, judge
from jobs.net.speakers import Answer
from jobs.net.targets import Call, Place, Query, Target, place
from jobs.net.transports import Transport

# It would write every header of HTTP/2 into the log, values and all.
logging.getLogger("hpack").setLevel(logging.WARNING)

JSON = {"Content-Type": "application/json"}
MOST_CONNECTIONS = 4
# Of a header's value, in bytes: cut before anything looks at it.
LONGEST_HEADER = 2_000
# Seconds; shorter than servers and proxies keep an idle connection (Node.js 5 s, nginx 75 s).
KEPT_ALIVE = 4.0
UNANSWERED = (*BROKEN, httpx.HTTPError, httpx.InvalidURL)


class Connection:
    """The requests to one instance; each method sends exactly one, and raises a Fault.

    Nothing is sent before the first; an address that cannot be used is refused by it.
    """

    def __init__(self, transport: Transport, target: Target) -> None:
        self.server_time: int | None = None
        self._times = transport.timeouts
        self.target = target
        self._place = place(target, transport.demo)
        self._client = None if self._place.refusal else _client(transport, target, self._place)

    async def get(self, path: str, query: Query | None = None, *, slow: bool = False) -> bytes:
        """The body of a JSON reply, at most 4 MB."""
        async with self._exchange(Call("GET", path, query, slow=slow)) as body:
            return await body.whole()

    async def elements(
        self, path: str, query: Query | None, splitter: Splitter, *, most: int, slow: bool
    ) -> AsyncGenerator[list[bytes], None]:
        """The elements of a JSON array, some at a time as they arrive: no more than `most`."""
        async with self._exchange(Call("GET", path, query, slow=slow)) as body:
            async for batch in body.elements(splitter, most):
                yield batch

    async def post(self, path: str, content: bytes) -> bytes:
        """The JSON in the reply to a JSON body, whatever type its headers give it."""
        async with self._exchange(Call("POST", path, content=content)) as body:
            return await body.whole()

    async def delete(self, path: str) -> None:
        async with self._exchange(Call("DELETE", path, may_be_empty=True)):
            return

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    def question(self, path: str, method: str = "GET") -> Question:
        """What a sentence may say about a request."""
        return self._place.question(self.target, method, path)

    @asynccontextmanager
    async def _exchange(self, call: Call) -> AsyncIterator[Body]:
        question = self.question(call.path, call.method)
        patience = Patience(self._times.slow_total if call.slow else self._times.total)
        reply = await self._send(call, question, patience)
        try:
            self._note_time(reply.headers)
            encoding = reply.headers.get("content-encoding", "")
            body = Body(reply.aiter_raw(), encoding, patience, question)
            if not is_reply(reply.status_code, reply.headers, may_be_empty=call.may_be_empty):
                answer = Answer(reply.status_code, reply.headers, await body.head())
                if call.method != "POST" or not answer.is_mistyped_json:
                    raise _refused(answer, question)
                body = Body(_again(answer.head), "", patience, question)
            yield body
        finally:
            await reply.aclose()

    async def _send(self, call: Call, question: Question, patience: Patience) -> httpx.Response:
        if self._client is None:
            raise fault(self._place.refusal or "", question.facts(), may_have_arrived=False)
        if self._client.is_closed:
            raise fault("reset", question.facts(), may_have_arrived=False)
        times = self._times
        read = times.slow_read if call.slow else times.read
        try:
            request = self._client.build_request(
                call.method,
                question.origin + question.path,
                params=call.query,
                content=call.content,
                headers=JSON if call.content is not None else None,
                timeout=httpx.Timeout(read, connect=times.connect),
            )
        except UNANSWERED:
            kind = "blocked_address.unusable"
            raise fault(kind, question.facts(), may_have_arrived=False) from None
        try:
            return await patience.wait(self._client.send(request, stream=True))
        except UNANSWERED as error:
            raise broken(error, question, answered=False) from None

    def _note_time(self, headers: Mapping[str, str]) -> None:
        moment = http_date(headers.get("date", ""))
        self.server_time = int(moment.timestamp() * 1000) if moment else None


def _refused(answer: Answer, question: Question) -> Fault:
    """The fault that this answer is. What answers below 500 has not begun what was asked of it;
    only a success without a word may have.
    """
    found = judge(answer, question)
    found.status = answer.status
    found.may_have_arrived = answer.status >= 500 or (answer.status < 300 and not answer.head)
    return found


async def _again(head: bytes) -> AsyncIterator[bytes]:
    yield head


class _Carrier(httpx.AsyncBaseTransport):
    """httpx's own transport, but for the network underneath, which checks each address."""

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
        # A server may hang up an idle connection at the very moment when it is used again: then
        # nobody knows whether the request arrived. A GET is asked once more, a POST cannot be.
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
    """A reply whose Location httpx leaves alone: it parses it even where it follows none."""

    has_redirect_location = False


class _Stream(httpx.AsyncByteStream):
    def __init__(self, reply: httpcore.Response) -> None:
        self._reply = reply

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._reply.aiter_stream()

    async def aclose(self) -> None:
        await self._reply.aclose()


def _client(transport: Transport, target: Target, at: Place) -> httpx.AsyncClient:
    carrier: httpx.AsyncBaseTransport
    if at.scheme == "demo":
        carrier = httpx.ASGITransport(transport.demo[at.host])
    else:
        context = transport.contexts.choose(at.scheme, verify=target.verify_tls)
        carrier = _Carrier(transport.backend, context, http2=target.http2)
    return httpx.AsyncClient(
        transport=carrier,
        headers=_headers(transport.user_agent, target),
        # Cookies of a proxy in front would pile up, and say who we are.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        trust_env=False,
    )


def _headers(user_agent: str, target: Target) -> list[tuple[bytes, bytes]]:
    """Ours, and what a proxy in front asks for; a value is sent as Latin-1."""
    ours = (
        ("X-Api-Key", target.key),
        ("User-Agent", user_agent),
        ("Accept", "application/json"),
        ("Accept-Encoding", "gzip"),
    )
    return [(name.encode(), value.encode("latin-1")) for name, value in (*ours, *target.proxy)]
