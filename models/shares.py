"""How the budget is shared out between queues that want it at the same time."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from itertools import accumulate, count
from operator import itemgetter

from peewee import JOIN, fn

from models.budgets import Ahead, nobody
from models.claims import HOUSE, Claim, ahead
from models.instances import Instance
from models.queues import Queue, QueueInstance
from models.runs import ACTIVE, Run
from models.searches import Search

DAY = timedelta(days=1)
# Between the attempts that make up for missed moments.
STAGGER = timedelta(minutes=1)
# After a budget held a run, its queue is not tried again sooner; its place in the line is kept.
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
    # By the moment: over the years the runs of one queue become many.
    asked = (Run.queue + 0 == queue.id) & (Run.trigger == "person")
    asked &= Run.started_at > since if since else Run.started_at >= queue.created_at
    since = Run.select(fn.MAX(Run.started_at)).where(asked).scalar() or since
    if since is None:
        return queue.batch_size
    mine = (Search.queue == queue) & (Search.created_at >= since) & (Search.cost > 0)
    return max(queue.batch_size - Search.select().where(mine).count(), 0)


def held(at: datetime, instance: Instance | None = None) -> list[Queue]:
    """The queues (of one instance) whose last run was held, with no moment set to go on with it."""
    queues = Queue.started().where(Queue.paused_at.is_null())
    if instance is not None:
        queues = queues.join(QueueInstance).where(QueueInstance.instance == instance)
    waiting = [each for each in queues if each.retry_at is None or each.retry_at <= at]
    return [each for each in waiting if _was_held(each) and owed(each)]


def _was_held(queue: Queue) -> bool:
    last = Run.recent().where(Run.queue == queue).first()
    return last is not None and last.state == "held"


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
        self._sums: dict[int, tuple[list[datetime], list[int]]] = {}

    def ahead(self, whose: int, at: datetime) -> int:
        """What is to be spent of a budget before the next search of this queue."""
        if whose not in self._sums:
            self._sums[whose] = self._summed(whose)
        moments, sums = self._sums[whose]
        return sums[bisect_right(moments, at + SOONEST_RETRY)]

    def _summed(self, whose: int) -> tuple[list[datetime], list[int]]:
        """When each of the others asks, and what all until then are to have first."""
        parts = [(asks_at, ahead(self._mine, [each], whose)) for asks_at, each in self._others]
        return [asks_at for asks_at, _ in parts], [0, *accumulate(part for _, part in parts)]

    @cached_property
    def _mine(self) -> Claim:
        return Claim(self.queue.id, self._spent[self.queue.id], self.queue.weight, 0, frozenset())

    @cached_property
    def _others(self) -> list[tuple[datetime, Claim]]:
        """By the moment at which they ask."""
        under_way = _under_way()
        waiting = Queue.paused_at.is_null() & (Queue.in_line > 0)
        either = Queue.id.in_(list(under_way)) | waiting
        found = Queue.select().where(either, Queue.id != self.queue.id)
        queues = [each for each in found if each.id in under_way or each.due_at]
        whose = _budgets(queues)
        claims = [
            (
                self.now if each.id in under_way else each.due_at,
                Claim(
                    each.id,
                    self._spent[each.id],
                    each.weight,
                    each.in_line if (left := under_way.get(each.id)) is None else left,
                    frozenset(whose.get(each.id, ())),
                    each.next_cost,
                ),
            )
            for each in queues
        ]
        return sorted(claims, key=itemgetter(0))

    @cached_property
    def _spent(self) -> Counter[int]:
        rows = (
            Search.select(Search.queue, fn.SUM(Search.cost))
            .where(Search.created_at > self.now - DAY, Search.queue.is_null(False))
            .group_by(Search.queue)
        )
        return Counter(dict(rows.tuples()))


def _under_way() -> dict[int, int | None]:
    """By queue, how many searches the run that goes on is still to make; None before it chose."""
    made = (
        Run.select(Run.queue, Run.planned, fn.COUNT(Search.id))
        .join(Search, JOIN.LEFT_OUTER)
        .where(Run.state == ACTIVE)
        .group_by(Run.id)
    )
    return {
        queue: max(planned - sent, 0) if planned else None for queue, planned, sent in made.tuples()
    }


def _budgets(queues: Iterable[Queue]) -> dict[int, set[int]]:
    """Of instances that are switched on and answer; demo instances have only their own."""
    links = QueueInstance
    rows = (
        links.select(links.queue, links.instance, Instance.demo)
        .join(Instance)
        .where(links.queue.in_(list(queues)))
        .where(Instance.disabled_at.is_null(), Instance.fault.is_null())
    )
    found: dict[int, set[int]] = {}
    for queue, instance, demo in rows.tuples():
        found.setdefault(queue, set()).update({instance} if demo else {instance, HOUSE})
    return found
