"""A Sonarr or Radarr of the month: keeps a log of what it was asked, and has its bad days."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Any, NamedTuple

import httpcore
import msgspec

from jobs.demo.server import Demo, whole_body
from jobs.demo.sizes import Size
from jobs.net.faults import fault
from tests.month import weather
from tests.month.oracle import GIVEN_UP_AFTER, Sent
from tests.month.world import Ended, MonthWorld, Searches, Taken

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

FOREVER = 10**7
PAGE_SIZE = 150
HTML = {"content-type": "text/html"}
JSON = {"content-type": "application/json; charset=utf-8"}
TEXT = {"content-type": "text/plain"}
# Of a command that met any other trouble, its sender cannot know whether it was taken.


class Asked(NamedTuple):
    """A request; `at` in seconds since the month began, `status` 0 if there was no answer."""

    at: float
    method: str
    path: str
    status: int
    fault: str | None


class Server:
    """`log` holds every request that reached it, `told` the commands whose end it has told.

    `lost` are the items of commands that it never took, and whose sender cannot know that, each
    with the moment. `skew`: how many seconds its clock is ahead of the true one.
    """

    def __init__(
        self,
        name: str,
        application: str,
        *,
        size: Size,
        seed: int,
        now: Callable[[], datetime],
        days: float,
        skew: float = 0.0,
    ) -> None:
        self.name, self.application, self._now = name, application, now
        self.began, self.skew = now(), skew
        self.chance = Random(f"{seed}:{name}:server")
        self.world = MonthWorld(application, size=size, seed=seed, clock=self._own_time)
        self.spells = weather.spells(seed, days)
        self.log: list[Asked] = []
        self.told: set[int] = set()
        self.asked_after: dict[int, list[float]] = {}
        self.history_told: list[float] = []
        self._demo = Demo(self.world)
        self._unanswered: set[int] = set()
        self._felt: set[weather.Spell] = set()

    @property
    def host(self) -> str:
        return self.name.lower().replace(" ", "-")

    def _own_time(self) -> datetime:
        return self._now() + timedelta(seconds=self.skew)

    @property
    def elapsed(self) -> float:
        """Seconds since the month began."""
        return (self._now() - self.began).total_seconds()

    def since(self, moment: float) -> float:
        """One of the world's moments as seconds since the month began."""
        return moment - self.skew - self.began.timestamp()

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Send
    ) -> None:
        method, path = scope["method"], scope["path"]
        at, body = self.elapsed, await whole_body(receive)
        trouble = self._trouble(method)
        if trouble == "refused":
            raise fault("refused", {"who": self.name})
        await asyncio.sleep(self.chance.uniform(0.01, 0.25))
        status = 0
        try:
            status = await getattr(self, f"_{trouble or 'usual'}")(scope, body, send)
        finally:
            self.log.append(Asked(at, method, path, status, trouble))

    def _trouble(self, method: str) -> str | None:
        """The fault of the server at this moment."""
        kinds = set()
        for spell in self.spells:
            if spell.begins > self.elapsed:
                break
            if spell.ends > self.elapsed:
                kinds.add(spell.kind)
            if spell not in self._felt:
                self._feel(spell)
        self.world.active_indexers = 0 if "no_indexer" in kinds else 3
        kinds -= {"no_indexer"}
        if kinds:
            return min(kinds)
        return weather.mishap(self.chance, method)

    def _feel(self, spell: weather.Spell) -> None:
        self._felt.add(spell)
        if spell.kind == "restart":
            assert isinstance(self.world.commands, Searches)
            self.world.commands.forget_all()

    async def _usual(self, scope: Message, body: bytes, send: Send) -> int:
        if "/wanted/" in scope["path"]:
            scope = self._paged(scope)
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self._demo(scope, _giving(body), keep)
        self._note(scope["path"], answer)
        for message in answer:
            await send(message)
        return int(answer[0]["status"])

    def _paged(self, scope: Message) -> Message:
        """Long pages are cut, as a server may; and a list may change between two of them."""
        asked = scope["query_string"].replace(b"pageSize=1000", b"pageSize=%d" % PAGE_SIZE)
        asked = asked.replace(b"pageSize=500", b"pageSize=%d" % PAGE_SIZE)
        later = b"page=1&" not in asked
        if later and self.chance.random() < weather.STIRRED_WHILE_PAGING:
            self.world.stir(self.world.now())
        return {**scope, "query_string": asked}

    def _note(self, path: str, answer: list[Message]) -> None:
        """What the answer has told of commands, of grabs, and of the last search for an item."""
        if answer[0]["status"] != 200:
            return
        last = path.rpartition("/")[2]
        if path.endswith("/command") or "/command/" in path:
            told = msgspec.json.decode(answer[1]["body"])
            for each in told if isinstance(told, list) else [told]:
                if each["status"] in ("completed", "failed") and "message" in each:
                    self.told.add(each["id"])
        elif "/history/" in path:
            self.history_told.append(self.elapsed)
        elif last.isdigit() and ("/episode/" in path or "/movie/" in path):
            self.asked_after.setdefault(int(last), []).append(self.elapsed)

    async def _lost_answer(self, scope: Message, body: bytes, send: Send) -> int:
        """Taken, and the answer never arrives."""

        async def nowhere(_: Message) -> None: ...

        number = len(self.world.taken)
        await self._demo(scope, _giving(body), nowhere)
        self._unanswered |= {taken.id for taken in self.world.taken[number:]}
        if self.chance.random() < 0.5:
            await asyncio.sleep(FOREVER)
        raise httpcore.ReadError("lost")

    async def _lost_order(self, scope: Message, body: bytes, send: Send) -> int:
        raise httpcore.ReadError("never arrived")

    async def _silent(self, scope: Message, body: bytes, send: Send) -> int:
        await asyncio.sleep(FOREVER)
        return 0

    _stalled = _silent

    async def _limited(self, scope: Message, body: bytes, send: Send) -> int:
        seconds = self.chance.choice((2, 5, 20, 60, 300, 900))
        until = self._own_time() + timedelta(seconds=seconds)
        date = {"date": format_datetime(self._own_time(), usegmt=True)}
        as_date = format_datetime(until, usegmt=True)
        wait = as_date if self.chance.random() < 0.5 else str(seconds)
        return await _answer(send, 429, TEXT | date | {"retry-after": wait}, b"slowly")

    async def _bad_gateway(self, scope: Message, body: bytes, send: Send) -> int:
        return await _answer(send, 502, HTML, b"<html>Bad gateway</html>")

    async def _unavailable(self, scope: Message, body: bytes, send: Send) -> int:
        return await _answer(send, 503, HTML, b"<html>Unavailable</html>")

    async def _restart(self, scope: Message, body: bytes, send: Send) -> int:
        return await _answer(send, 503, TEXT, b"starting")

    async def _wrong_key(self, scope: Message, body: bytes, send: Send) -> int:
        return await _answer(send, 401, {}, b"")

    async def _reset(self, scope: Message, body: bytes, send: Send) -> int:
        raise httpcore.RemoteProtocolError("reset")

    async def _broken(self, scope: Message, body: bytes, send: Send) -> int:
        return await _answer(send, 200, JSON, b'{"page": 1, "records": [{"id"')

    async def _malformed(self, scope: Message, body: bytes, send: Send) -> int:
        return await _answer(send, 200, JSON, b'"something else"')

    async def _error(self, scope: Message, body: bytes, send: Send) -> int:
        return await _answer(send, 500, JSON, b'{"message": "database is locked"}')

    async def _page(self, scope: Message, body: bytes, send: Send) -> int:
        return await _answer(send, 200, HTML, b"<!doctype html><p>Hello")

    def sent(self) -> list[Sent]:
        """The searches that it took, each with what could be learnt of it."""
        return [self._as_sent(taken) for taken in self.world.taken]

    def _as_sent(self, taken: Taken) -> Sent:
        ended = self.world.ended.get(taken.id)
        at, ends = self.since(taken.at), None
        if ended is None:
            restarts = (each.begins for each in self.spells if each.kind == "restart")
            ends = min((each for each in restarts if each > at), default=None)
        else:
            ends = self.since(ended.at)
        return Sent(
            at,
            ends,
            taken.cost,
            taken.wants,
            taken.ages,
            self._learnable(taken, ended),
            self._told_grabs(ended),
            taken.kind == "SeasonSearch",
        )

    def _told_grabs(self, ended: Ended | None) -> frozenset[int]:
        """Only the history says for which episodes of a season something was grabbed."""
        if ended is None:
            return frozenset()
        since = self.since(ended.at)
        told = any(since <= at < since + GIVEN_UP_AFTER for at in self.history_told)
        return ended.grabbed if told else frozenset()

    def _learnable(self, taken: Taken, ended: Ended | None) -> str:
        """An outcome of nothing is certain only when the item was looked at afterwards."""
        if ended is None or taken.id not in self.told:
            return "unknown"
        if ended.outcome in ("nothing", "no_indexer"):
            looks = (look for item in taken.wants for look in self.asked_after.get(item, ()))
            since = self.since(ended.at)
            if not any(since <= look < since + GIVEN_UP_AFTER for look in looks):
                return "unknown"
        return ended.outcome

    def was_lost(self, taken: Taken) -> bool:
        """Whether its POST got no answer."""
        return taken.id in self._unanswered

    def requests_by_day(self) -> Counter[int]:
        return Counter(int(each.at // 86_400) for each in self.log)


def _giving(body: bytes) -> Callable[[], Awaitable[Message]]:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _answer(send: Send, status: int, headers: dict[str, str], body: bytes) -> int:
    head = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})
    return status
