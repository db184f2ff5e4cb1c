"""How the budget is shared out between queues that want it at the same time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count

from peewee import JOIN, fn

from models.budgets import HOUSEHOLD, SOONEST_RETRY, Ahead, nobody
from models.instances import Instance
from models.queues import Queue, QueueInstance
from models.searches import Search
from models.searches.runs import ACTIVE, Run

DAY = timedelta(days=1)
# Between the attempts that make up for missed moments.
STAGGER = timedelta(minutes=1)


def in_turn(queues: Iterable[Queue], at: datetime) -> list[Queue]:
    """Of those that are due at once, the least served first."""
    return sorted(queues, key=lambda queue: (share(queue, at), queue.id))


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
    return BudgetLine(queue, now).ahead if queue else nobody


def stand_in_line(queue: Queue, costs: Mapping[int, int]) -> None:
    """`costs`: of the searches that a budget holds, by the instance; {} leaves the line."""
    mine = QueueInstance.queue == queue
    QueueInstance.update(in_line=0).where(mine).execute()
    for instance, cost in costs.items():
        QueueInstance.update(in_line=cost).where(mine, QueueInstance.instance == instance).execute()


class BudgetLine:
    """The others that want a search now: a run of theirs goes on, or was held and is tried soon.

    Those that had less in the last day, by their weight, go first.
    """

    def __init__(self, queue: Queue, now: datetime) -> None:
        self.queue = queue
        self.now = now

    def ahead(self, whose: int) -> int:
        """What those want that go first; `whose`: an instance's id, or HOUSEHOLD."""
        return sum(cost for (drawn, _), cost in self._first.items() if drawn == whose)

    @cached_property
    def _first(self) -> dict[tuple[int, int], int]:
        """By budget and queue, what it wants."""
        found: dict[tuple[int, int], int] = {}
        under_way, spent = _under_way(), self._spent
        for link in self._others(under_way):
            other, cost = link.queue, _wants(link, under_way, self.now)
            lead = spent[self.queue.id] * other.weight - spent[other.id] * self.queue.weight
            if cost and (lead > 0 or (lead == 0 and other.id < self.queue.id)):
                found[link.instance_id, other.id] = cost
                if not link.instance.demo:
                    found[HOUSEHOLD, other.id] = max(cost, found.get((HOUSEHOLD, other.id), 0))
        return found

    def _others(self, under_way: Iterable[int]) -> Iterable[QueueInstance]:
        """Of those in line or under way, the instances that are switched on and answer."""
        links = QueueInstance
        either = (links.in_line > 0) | Queue.id.in_(list(under_way))
        return (
            links.select(links, Queue, Instance)
            .join(Queue)
            .switch(links)
            .join(Instance)
            .where(either, Queue.id != self.queue.id, Queue.paused_at.is_null())
            .where(Instance.disabled_at.is_null(), Instance.fault.is_null())
        )

    @cached_property
    def _spent(self) -> Counter[int]:
        rows = (
            Search.select(Search.queue, fn.SUM(Search.cost))
            .where(Search.created_at > self.now - DAY, Search.queue.is_null(False))
            .group_by(Search.queue)
        )
        return Counter(dict(rows.tuples()))


def _wants(link: QueueInstance, under_way: Mapping[int, int | None], now: datetime) -> int:
    """The cost of its searches there; 0 when it wants none now."""
    queue: Queue = link.queue
    if queue.id in under_way:
        left = under_way[queue.id]
        return int(link.in_line) if left is None else left
    is_soon = queue.due_at is not None and queue.due_at <= now + SOONEST_RETRY
    return int(link.in_line) if is_soon else 0


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
