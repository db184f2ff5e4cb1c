"""Steps that the tests of faults share."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from jobs.engine import Engine
from jobs.runs import carry_out
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.arr import FakeArr

# An unknown id, as the applications write it.
NOT_FOUND = {"title": "Not Found", "status": 404}


async def run(engine: Engine, queue: Queue) -> Run:
    """Runs the queue once, from its claim to its end."""
    started = Run.start(queue, engine.clock.now(), trigger="schedule")
    assert started
    await carry_out(engine, started)
    return Run.get_by_id(started.id)


def listed(instance: Instance) -> set[int]:
    """The *arr ids that have not left the backlog."""
    rows = Item.select(Item.arr_id).where(Item.instance == instance, Item.left_at.is_null())
    return {row.arr_id for row in rows}


def searched() -> list[Item]:
    """The items that have ever been searched by us."""
    return list(Item.select().where(Item.searched_at.is_null(False)))


def cool(*which: Any, until: datetime = START + timedelta(days=9)) -> None:
    """Puts items into cooldown without a search."""
    waiting = {"reason": Reason.COOLDOWN, "cooldown_until": until, "eligible_at": until}
    Item.update(waiting).where(*which).execute()


def now(instance: Instance) -> Instance:
    """The instance, read again from its row."""
    return Instance.get_by_id(instance.id)


def last_search() -> Search:
    return Search.select().order_by(Search.id.desc()).get()


def episode(id: int) -> dict[str, Any]:
    """A record of a wanted list."""
    return {
        "id": id,
        "seriesId": 1,
        "seasonNumber": 1,
        "episodeNumber": id,
        "title": f"Episode {id}",
        "tvdbId": 70_000 + id,
        "monitored": True,
    }


class Lossy:
    """Takes what is posted, and keeps the answer of the first POST to itself."""

    def __init__(self, fake: FakeArr, *, seconds: float) -> None:
        self.fake = fake
        self.seconds = seconds
        self.lost = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] != "POST" or self.lost:
            await self.fake(scope, receive, send)
            return
        self.lost = True

        async def nowhere(message: object) -> None: ...

        await self.fake(scope, receive, nowhere)
        await asyncio.sleep(self.seconds)
