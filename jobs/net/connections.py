"""The door, and the connections that go through it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from jobs.net import http
from jobs.net.addresses import GuardedBackend
from jobs.net.answers import Answer, Judge, Reply, http_date
from jobs.net.bodies import Body
from jobs.net.bounds import REPLY_LIMIT, Patience, Timeouts
from jobs.net.breakage import broken
from jobs.net.faults import Fault
from jobs.net.http import ASGIApp
from jobs.net.questions import Address, Headers, Question, Request, Server, sendable
from jobs.net.tls import Contexts

# Called after each request that was sent: the seconds until its answer began, or None for silence;
# and the status of the answer, which in silence may be that of a proxy in front.
Noted = Callable[[float | None, int | None], None]


def unnoted(_seconds: float | None, _status: int | None) -> None:
    """Keeps nothing."""


class Door:
    """Opens connections, and holds what they share.

    `inside` maps hosts of `demo://` addresses to the apps that answer them.
    Raises OSError or ValueError if `ca_file` cannot be read.
    """

    def __init__(
        self,
        ca_file: Path | None,
        user_agent: str,
        inside: Mapping[str, ASGIApp],
        *,
        in_container: bool = False,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.user_agent = user_agent
        self.inside = inside
        self.timeouts = timeouts or Timeouts()
        self.backend = GuardedBackend(in_container=in_container)
        self.contexts = Contexts(ca_file)

    def open(
        self, server: Server, judge: Judge | None = None, noted: Noted = unnoted
    ) -> "Connection":
        """A connection. It sends nothing before its first request, which refuses a bad address."""
        return Connection(self, server, judge or Judge(), noted)


class Connection:
    """Sends requests to one server, each exactly once, without following redirects.

    Every method raises a Fault. `server` may be replaced to name the same place in other words.
    """

    def __init__(self, door: Door, server: Server, judge: Judge, noted: Noted) -> None:
        self.server = server
        self.place = Address.of(server.url, door.inside)
        self.server_time: int | None = None
        self._judge = judge
        self._noted = noted
        self._times = door.timeouts
        self._client: httpx.AsyncClient | None = None
        self._refusal = self.place.refusal
        if not self._refusal and not sendable(server.headers):
            self._refusal = "wrong_key.unusable"
        if not self._refusal:
            self._client = _client(door, server, self.place)

    async def ask(self, request: Request, limit: int = REPLY_LIMIT) -> Reply:
        """The whole reply. Raises a Fault beyond `limit` bytes."""
        async with self.exchange(request) as (answer, body):
            return Reply(answer.status, answer.headers, await body.whole(limit))

    @asynccontextmanager
    async def exchange(self, request: Request) -> AsyncIterator[tuple[Answer, Body]]:
        """The status and headers of a reply, and its body to read."""
        question = self.question(request)
        self._refuse(request, question)
        clock = asyncio.get_running_loop().time
        began, took, status = clock(), None, None
        try:
            async with self._replied(request, question) as (reply, patience):
                took, status = clock() - began, reply.status_code
                yield await self._judged(request, question, reply, patience)
        except Fault as fault:
            if took is not None or fault.is_silence:
                self._noted(None if fault.is_silence else took, status)
            raise
        self._noted(took, status)

    @asynccontextmanager
    async def _replied(
        self, request: Request, question: Question
    ) -> AsyncIterator[tuple[httpx.Response, Patience]]:
        patience = Patience(self._times.slow_total if request.slow else self._times.total)
        reply = await self._send(request, question, patience)
        try:
            yield reply, patience
        finally:
            await reply.aclose()

    async def _judged(
        self, request: Request, question: Question, reply: httpx.Response, patience: Patience
    ) -> tuple[Answer, Body]:
        self._note_time(reply.headers)
        answer = Answer(request.method, reply.status_code, reply.headers)
        encoding = reply.headers.get("content-encoding", "")
        body = Body(reply.aiter_raw(), encoding, patience, question)
        if not self._judge.accepts(answer):
            answer = answer._replace(head=await body.head())
            if not self._judge.accepts(answer):
                raise self._refused(answer, question)
            body = Body(_again(answer.head), "", patience, question)
        return answer, body

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    def question(self, request: Request) -> Question:
        """The facts about a request that sentences may show."""
        return Question.of(self.server, self.place, request)

    def _refuse(self, request: Request, question: Question) -> None:
        """Raises a Fault for a request that cannot be sent."""
        if self._client is None:
            raise question.fault(self._refusal or "", may_have_arrived=False)
        if self._client.is_closed:
            raise question.fault("reset", may_have_arrived=False)
        if not sendable(request.headers):
            raise question.fault("wrong_key.unusable", may_have_arrived=False)

    async def _send(
        self, request: Request, question: Question, patience: Patience
    ) -> httpx.Response:
        assert self._client is not None
        query = f"?{self.place.query}" if self.place.query else ""
        address = question.origin + question.path + query
        try:
            built = http.build(self._client, request, address, self._times)
        except http.UNANSWERED:
            raise question.fault("blocked_address.unusable", may_have_arrived=False) from None
        try:
            return await patience.wait(self._client.send(built, stream=True))
        except http.UNANSWERED as error:
            raise broken(error, question, answered=False) from None

    def _refused(self, answer: Answer, question: Question) -> Fault:
        """The fault of an answer that is not a reply.

        An answer below 500 means that nothing was begun, unless it is a success without a body.
        """
        found = self._judge.fault(answer, question)
        found.status = answer.status
        found.may_have_arrived = answer.status >= 500 or (answer.status < 300 and not answer.head)
        return found

    def _note_time(self, headers: Mapping[str, str]) -> None:
        moment = http_date(headers.get("date", ""))
        self.server_time = int(moment.timestamp() * 1000) if moment else None


async def _again(head: bytes) -> AsyncIterator[bytes]:
    yield head


def _client(door: Door, server: Server, at: Address) -> httpx.AsyncClient:
    ours: Headers = (
        ("User-Agent", door.user_agent),
        ("Accept", "application/json"),
        ("Accept-Encoding", "gzip"),
    )
    if at.scheme == "demo":
        return http.client(http.inside(door.inside[at.host]), (*ours, *server.headers))
    context = door.contexts.choose(at.scheme, verify=server.verify_tls)
    carrier = http.Carrier(door.backend, context, http2=server.http2)
    return http.client(carrier, (*ours, *server.headers))
