"""How the budget is shared out between queues that want it at the same time."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count

from peewee import fn

from models.budgets import Ahead, nobody
from models.claims import HOUSE, Claim, ahead
from models.instances import Instance
from models.queues import Queue, QueueInstance
from models.runs import Run
from models.searches import Search

DAY = timedelta(days=1)
# Between the attempts that make up for missed moments.
STAGGER = timedelta(minutes=1)
# After a run was held, its queue is not tried again sooner; its place in the line is kept.
SOONEST_RETRY = timedelta(minutes=5)


def in_turn(queues: Iterable[Queue], at: datetime) -> list[Queue]:
    """Of those that are due at once, the least served first."""
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


def ahead_of(queue: Queue | None, now: datetime) -> Ahead:
    """For a ledger; a search by hand, which has no queue, waits for none."""
    return Line(queue, now).ahead if queue else nobody


class Line:
    """The queues that wait for the budgets of this one: a run of theirs goes on, or is near."""

    def __init__(self, queue: Queue, now: datetime) -> None:
        self.queue = queue
        self.now = now

    def ahead(self, whose: int, at: datetime) -> int:
        """Searches that are to be sent on a budget before the next one of this queue's."""
        there = (claim for asks_at, claim in self._others if asks_at <= at + SOONEST_RETRY)
        return ahead(self._mine, there, whose)

    @cached_property
    def _mine(self) -> Claim:
        return self._claim(self.queue, frozenset())

    @cached_property
    def _others(self) -> list[tuple[datetime, Claim]]:
        active = {run.queue_id for run in Run.active().select(Run.queue)}
        waiting = Queue.retry_at.is_null(False) & Queue.paused_at.is_null()
        found = Queue.select().where(Queue.id.in_(active) | waiting, Queue.id != self.queue.id)
        queues = list(found)
        whose = _budgets(queues)
        return [
            (
                self.now if each.id in active else each.retry_at,
                self._claim(each, frozenset(whose.get(each.id, ()))),
            )
            for each in queues
        ]

    def _claim(self, queue: Queue, whose: frozenset[int]) -> Claim:
        return Claim(queue.id, self._spent.get(queue.id, 0), queue.weight, owed(queue), whose)

    @cached_property
    def _spent(self) -> dict[int, int]:
        rows = (
            Search.select(Search.queue, fn.SUM(Search.cost))
            .where(Search.created_at > self.now - DAY)
            .group_by(Search.queue)
        )
        return dict(rows.tuples())


def _budgets(queues: Iterable[Queue]) -> dict[int, set[int]]:
    """Demo instances have only their own."""
    links = QueueInstance
    rows = (
        links.select(links.queue, links.instance, Instance.demo)
        .join(Instance)
        .where(links.queue.in_(list(queues)))
    )
    found: dict[int, set[int]] = {}
    for queue, instance, demo in rows.tuples():
        found.setdefault(queue, set()).update({instance} if demo else {instance, HOUSE})
    return found
