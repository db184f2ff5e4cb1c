"""How the budget is shared out between queues that want it at the same time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from peewee import fn

from models.queues import Queue
from models.searches import Search

DAY = timedelta(days=1)


def in_turn(queues: Iterable[Queue], at: datetime) -> list[Queue]:
    """Of those that are due at once, the least served first: a small budget reaches no further."""
    return sorted(queues, key=lambda queue: share(queue, at))


def share(queue: Queue, at: datetime) -> float:
    """What a queue has spent in the last day, by its weight: the least has the next turn."""
    mine = (Search.queue == queue) & (Search.created_at > at - DAY)
    return (Search.select(fn.SUM(Search.cost)).where(mine).scalar() or 0) / queue.weight
