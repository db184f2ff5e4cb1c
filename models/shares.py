"""How the budget is shared out between queues that want it at the same time."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import count

from peewee import fn

from models.queues import Queue
from models.runs import Run
from models.searches import Search

DAY = timedelta(days=1)
# Between the attempts that make up for missed moments.
STAGGER = timedelta(minutes=1)


def in_turn(queues: Iterable[Queue], at: datetime) -> list[Queue]:
    """Of those that are due at once, the least served first: a small budget reaches no further."""
    return sorted(queues, key=lambda queue: share(queue, at))


def slots(at: datetime) -> Iterator[datetime]:
    """When to make up for what queues have missed: at `at`, and then one after the other."""
    return (at + number * STAGGER for number in count())


def owed(queue: Queue) -> int:
    """How many searches are left of its last moment: a run that was held is gone on with.

    Or of the run that a person has begun since.
    """
    since = queue.last_moment_at
    if since is None:
        return queue.batch_size
    # By the moment: over the years the runs of one queue become many.
    asked = (Run.queue + 0 == queue.id) & (Run.started_at > since) & (Run.trigger == "person")
    since = Run.select(fn.MAX(Run.started_at)).where(asked).scalar() or since
    mine = (Search.queue == queue) & (Search.created_at >= since) & (Search.cost > 0)
    return max(queue.batch_size - Search.select().where(mine).count(), 0)


def share(queue: Queue, at: datetime) -> float:
    """What a queue has spent in the last day, by its weight: the least has the next turn."""
    mine = (Search.queue == queue) & (Search.created_at > at - DAY)
    return (Search.select(fn.SUM(Search.cost)).where(mine).scalar() or 0) / queue.weight
