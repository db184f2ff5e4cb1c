"""What a sender is given, and what each of them can do."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from jobs.net import Answer, Door, Fault, Judge, Question, Request, Server
from jobs.notifications.texts import Size

PROGRAM = "Vibe-Quality-Searcharr"
LONGEST_TITLE = 200
ASKED = "to take a message"

Settings = Mapping[str, Any]


class Parcel(NamedTuple):
    """A message on its way. `id` is the same at every try, `link` may be empty."""

    id: str
    event: str
    title: str
    text: str
    link: str
    tone: str
    at: datetime


class Sender(NamedTuple):
    """How one kind of service is sent a message.

    `room` is the most that a text may measure, as `size` measures it once `escape` has been at it.
    `gap` is the least time between two messages, in seconds.
    `send` raises a Fault.
    """

    room: int
    size: Size
    escape: Callable[[str], str]
    gap: float
    send: Callable[[Door, str, Settings, Parcel], Awaitable[None]]

    def fits(self, text: str) -> bool:
        return self.size(self.escape(text)) <= self.room


class Pauses(Judge):
    """Finds the seconds to wait in the answer's body too, where Discord and Telegram write them."""

    def fault(self, answer: Answer, question: Question) -> Fault:
        found = super().fault(answer, question)
        if answer.status == 429 and found.retry_after is None:
            found.retry_after = _told(answer.head)
        return found


class _Parameters(msgspec.Struct):
    retry_after: float | None = None


class _Hint(msgspec.Struct):
    retry_after: float | None = None
    parameters: _Parameters | None = None


def _told(head: bytes) -> float | None:
    try:
        told = msgspec.json.decode(head, type=_Hint)
    except (msgspec.DecodeError, ValueError):
        return None
    return told.retry_after or (told.parameters.retry_after if told.parameters else None)


async def post(door: Door, server: Server, request: Request, judge: Judge | None = None) -> None:
    """Sends it once; the answer's body is not read. Raises a Fault."""
    connection = door.open(server, judge or Pauses())
    try:
        async with connection.exchange(request):
            pass
    finally:
        await connection.close()
