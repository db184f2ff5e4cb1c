"""10,000 events through the outbox, to a target that refuses every second message."""

import asyncio
import json
import random
import re
import time
from collections import Counter
from datetime import timedelta

from starlette.responses import Response

from jobs.engine import Engine
from jobs.notifications.delivery import look
from models import happenings
from models.database import database
from models.notifications import NoticeTarget
from models.notifications.outbox import Bookmark, Message, Notice
from tests.bench.asking import database_in
from tests.bench.figures import Figure
from tests.bench.program import data_folder
from tests.fakes.arr import NOON
from tests.fakes.clock import FastClock
from tests.fakes.services import SETTINGS, FakeService, pushover

TITLE = "10,000 events through the outbox, to a target that refuses every second message"
MANY = 10_000
SEED = 7


class Unreliable(FakeService):
    """Refuses half of what it is sent, before it looks at it."""

    def __init__(self) -> None:
        super().__init__(pushover)
        self.rng = random.Random(SEED)

    def answered(self) -> None:
        if self.rng.random() < 0.5:
            self.answers.append(Response(status_code=503))

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        self.answered()
        await super().__call__(scope, receive, send)


def measure() -> list[Figure]:
    return asyncio.run(_measured())


async def _measured() -> list[Figure]:
    clock, service = FastClock(NOON), Unreliable()
    with data_folder() as folder:
        opened = database_in(folder)
        engine = Engine(clock=clock, demo={"pushover": service})
        try:
            _happen(clock)
            began = time.perf_counter()
            longest = await _told(engine, clock)
            took = time.perf_counter() - began
            return [*_fates(service), *_speed(service, took, longest)]
        finally:
            await engine.stop()
            opened.close_all()


def _happen(clock: FastClock) -> None:
    told = {"name": "Phone", "key": "phone", "kind": "pushover", "gap_seconds": 0}
    its = {"settings": json.dumps(SETTINGS["pushover"]), "at_once": '["grabbed"]'}
    NoticeTarget.create(created_at=clock.now(), **told, **its)
    Bookmark.create(last=0)
    with database.atomic():
        for number in range(MANY):
            details = {"title": f"Title <{number}>", "want": "missing", "outcome": "grabbed"}
            happenings.note("search-ended", clock.now(), details)


async def _told(engine: Engine, clock: FastClock) -> float:
    """Until nothing waits; the longest time for which the loop stood still, in ms."""
    longest = 0.0
    while not Notice.select().exists() or _left():
        task = asyncio.create_task(look(engine))
        while not task.done() or engine.busy:
            began = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, 1000 * (time.perf_counter() - began))
        target = NoticeTarget.get()
        if target.dead_at:
            # As somebody's test does.
            target.revive(clock.now())
        opened = Message.open_of(target)
        later = [each for each in (target.waits_until, opened and opened.retry_at) if each]
        clock.present = max([clock.now() + timedelta(seconds=1), *later])
    return longest


def _left() -> bool:
    waiting = Notice.select().where(Notice.message.is_null()).exists()
    return waiting or Message.select().where(Message.ended_at.is_null()).exists()


def _fates(service: FakeService) -> list[Figure]:
    arrived = Counter[str]()
    for body in service.bodies:
        arrived.update(re.findall(r"<(\d+)>", body["message"]))
    lost = Notice.select().join(Message).where(Message.outcome != "sent")
    shown = {found[1] for row in lost if (found := re.search(r"<(\d+)>", row.text))}
    nowhere = MANY - len(arrived.keys() | shown)
    twice = sum(times > 1 for times in arrived.values()) + len(arrived.keys() & shown)
    return [
        Figure("told once", sum(times == 1 for times in arrived.values()), "events"),
        Figure("shown as not delivered, after five tries", len(shown), "events"),
        Figure("told twice, or told and shown as not delivered", twice, "events", 0),
        Figure("neither told nor shown", nowhere, "events", 0),
    ]


def _speed(service: FakeService, took: float, longest: float) -> list[Figure]:
    return [
        Figure("messages, each of as many events as fit", Message.select().count(), ""),
        Figure("tries", service.arrived, ""),
        Figure("all of it, waiting left out", took, "s", 60),
        Figure("longest stall of the event loop", longest, "ms"),
    ]
