"""Sends what waits, each message so that it is never knowingly sent twice.

A message is taken before it leaves and settled by what the service answered. Where no answer came
it may have arrived, so it ends as unsure and is not sent again.
"""

import asyncio
import logging
from datetime import datetime, timedelta

from jobs.engine import Engine
from jobs.engine.locks import is_free
from jobs.net import Door, Fault
from jobs.notifications.gathering import gather
from jobs.notifications.parcels import Parcel, Settings
from jobs.notifications.reading import read
from jobs.notifications.senders import SENDERS
from models.database.locks import Lock
from models.notifications import NoticeTarget
from models.notifications.outbox import MOST_TRIES, UNSURE, Message

log = logging.getLogger(__name__)

# No other message would get through either.
FOR_GOOD = frozenset({"wrong_key", "not_found", "redirect", "blocked_address"})
# A proxy gave up waiting for the service, which may have taken the message.
GAVE_UP = frozenset({408, 504, 524})
TEST = "This is a test. What you asked to be told of comes here."


async def look(engine: Engine) -> None:
    """Reads what happened since the last look, and begins to send what is due."""
    while read(engine.clock.now()):
        await asyncio.sleep(0.001)
    _leave_the_dead(engine)
    for target in NoticeTarget.living(engine.clock.now()):
        engine.spawn(_name(target.id), deliver(engine, target.id))


def _leave_the_dead(engine: Engine) -> None:
    """Ends messages of which nobody will ever learn whether they arrived."""
    for message in Message.taken():
        if message.taken_by == engine.replica:
            is_under_way = engine.runs(_name(message.target_id))
        else:
            is_under_way = not is_free(Lock.REPLICA, message.taken_by)
        if not is_under_way:
            message.end("unsure", engine.clock.now(), UNSURE)


async def deliver(engine: Engine, target_id: int) -> None:
    """Sends the target one message after another, as long as there is one and it may."""
    while not engine.clock.stopping.is_set():
        now = engine.clock.now()
        target = next((each for each in NoticeTarget.living(now) if each.id == target_id), None)
        message = target and gather(target, now, engine.public_url)
        if not target or not message or (message.retry_at and message.retry_at > now):
            return
        if not message.take(engine.replica, now):
            return
        fault = await send(engine.door, target, message)
        settle(target, message, fault, engine.clock.now())


async def send(door: Door, target: NoticeTarget, message: Message) -> Fault | None:
    parcel = Parcel(
        str(message.id),
        message.event,
        message.title,
        message.text,
        message.link,
        message.tone,
        message.created_at,
    )
    return await _sent(door, target.kind, target.name, target.fields, parcel)


async def check(door: Door, kind: str, name: str, fields: Settings, at: datetime) -> Fault | None:
    """Sends a test message once."""
    parcel = Parcel(f"test-{at.timestamp():.0f}", "test", "Test", TEST, "", "info", at)
    return await _sent(door, kind, name, fields, parcel)


async def _sent(door: Door, kind: str, name: str, fields: Settings, parcel: Parcel) -> Fault | None:
    try:
        await SENDERS[kind].send(door, name, fields, parcel)
    except Fault as fault:
        return fault
    return None


def settle(target: NoticeTarget, message: Message, fault: Fault | None, at: datetime) -> None:
    """Writes what became of a try."""
    sender = SENDERS[target.kind]
    if fault is None:
        message.end("sent", at)
        gap = max(float(target.gap_seconds), sender.gap)
        target.got_through(at, timedelta(seconds=gap))
        return
    log.info("%s was not sent message %s: %s", target.name, message.id, fault.sentence)
    if fault.code in FOR_GOOD:
        message.again(at, fault.sentence, timedelta(0))
        target.failed(fault.sentence, at, for_good=True)
    elif _may_have_arrived(fault):
        message.end("unsure", at, f"{fault.sentence} {UNSURE}")
        target.failed(fault.sentence, at, for_good=False)
    elif fault.code == "rejected" or message.tries >= MOST_TRIES:
        message.end("failed", at, fault.sentence)
        target.failed(fault.sentence, at, for_good=False)
    else:
        asked = fault.retry_after
        message.again(at, fault.sentence, None if asked is None else timedelta(seconds=asked))


def _may_have_arrived(fault: Fault) -> bool:
    return fault.status in GAVE_UP or (fault.status is None and fault.may_have_arrived)


def _name(target_id: int) -> str:
    return f"notify-{target_id}"
