"""The server does not wait for a client that sends slowly."""

import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from views.web.middleware.size import BodyLimit


async def test_a_body_that_does_not_come_is_a_408() -> None:
    async def read(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    async def never() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    async def send(message: Message) -> None: ...

    limit = BodyLimit(read, largest=1024, seconds=0.05)
    with pytest.raises(HTTPException) as refusal:
        await limit({"type": "http", "headers": []}, never, send)
    assert refusal.value.status_code == 408


async def test_waiting_after_the_body_is_not_bounded() -> None:
    """A view may take its time, and hear of a disconnect long after."""
    messages: list[Message] = [
        {"type": "http.request", "body": b"x", "more_body": False},
        {"type": "http.disconnect"},
    ]
    heard: list[str] = []

    async def read(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append((await receive())["type"])
        await asyncio.sleep(0.05)
        heard.append((await receive())["type"])

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None: ...

    limit = BodyLimit(read, largest=1024, seconds=0.01)
    await limit({"type": "http", "headers": []}, receive, send)
    assert heard == ["http.request", "http.disconnect"]
