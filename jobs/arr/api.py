"""Requests to the API of one instance."""

from collections.abc import AsyncGenerator
from typing import Any

import msgspec

from jobs.arr.bounds import ARRAY_LIMIT, LIST_LIMIT, MOST_RECORDS
from jobs.arr.judge import OfTheApi
from jobs.arr.targets import Target
from jobs.net import Door, Noted, Query, Question, Request, Splitter

COMMANDS = "command"


class Api:
    """The API of one instance. Each method sends exactly one request, and raises a Fault.

    Nothing is sent before the first request, which refuses an unusable address or key.
    """

    def __init__(self, door: Door, target: Target, noted: Noted) -> None:
        self._target = target
        judge = OfTheApi(introduced=bool(target.proxy))
        self._connection = door.open(target.server(), judge, noted)

    def describe(self, target: Target) -> None:
        """Changes the names in sentences; the target is the same place."""
        self._target = target
        self._connection.server = target.server()

    @property
    def server_time(self) -> int | None:
        """The instance's clock at its last reply, in epoch ms."""
        return self._connection.server_time

    async def get(self, path: str, query: Query | None = None, *, slow: bool = False) -> bytes:
        """The body of a JSON reply, at most 4 MB."""
        return await self._body(self._target.request("GET", path, query, slow=slow))

    async def elements(
        self, path: str, query: Query | None, splitter: Splitter, *, most: int, slow: bool
    ) -> AsyncGenerator[list[bytes], None]:
        """Elements of a JSON array in batches as they arrive, at most `most`."""
        limit = ARRAY_LIMIT if most >= MOST_RECORDS else LIST_LIMIT
        request = self._target.request("GET", path, query, slow=slow)
        self._check(request)
        async with self._connection.exchange(request) as (_, body):
            async for batch in body.elements(splitter, most=most, limit=limit):
                yield batch

    async def order(self, content: bytes) -> bytes:
        """The JSON in the reply to a command, whatever its content type is.

        No other path is posted to, but those of webhooks: a POST to `release` would grab one.
        """
        return await self._body(self._target.request("POST", COMMANDS, content=content))

    async def tell(self, method: str, path: str, document: dict[str, Any]) -> None:
        """Saves or tests a webhook, for which the instance calls an address meanwhile."""
        content = msgspec.json.encode(document)
        await self._body(self._target.request(method, path, content=content, slow=True))

    async def delete(self, path: str) -> None:
        request = self._target.request("DELETE", path)
        self._check(request)
        async with self._connection.exchange(request):
            return

    async def close(self) -> None:
        await self._connection.close()

    def question(self, path: str, method: str = "GET") -> Question:
        """The facts about a request that sentences may show."""
        return self._connection.question(self._target.request(method, path))

    async def _body(self, request: Request) -> bytes:
        self._check(request)
        return (await self._connection.ask(request)).body

    def _check(self, request: Request) -> None:
        """Raises a Fault for an unusable key."""
        if not self._target.usable_key and not self._connection.place.refusal:
            question = self._connection.question(request)
            raise question.fault("wrong_key.unusable", may_have_arrived=False)
