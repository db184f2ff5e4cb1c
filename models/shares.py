"""How the budget is shared out between queues that want it at the same time."""

from datetime import datetime, timedelta

from peewee import fn

from models.queues import Queue
from models.searches import Search

DAY = timedelta(days=1)


def share(queue: Queue, at: datetime) -> float:
    """What a queue has spent in the last day, by its weight: the least has the next turn."""
    mine = (Search.queue == queue) & (Search.created_at > at - DAY)
    return (Search.select(fn.SUM(Search.cost)).where(mine).scalar() or 0) / queue.weight
