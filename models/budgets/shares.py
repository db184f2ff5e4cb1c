"""How queues that want the budget at the same time share it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count

from peewee import JOIN, fn

from models.budgets import HOUSEHOLD, SOONEST_RETRY, Ahead, nobody
from models.database import database
from models.instances import Instance
from models.queues import Queue, QueueInstance
from models.searches import Search
from models.searches.runs import ACTIVE, Run

DAY = timedelta(days=1)
# The time between two attempts that make up for missed runs.
STAGGER = timedelta(minutes=1)


def in_turn(queues: Iterable[Queue], at: datetime) -> list[Queue]:
    """Queues that are due at once, the one with the smallest share first."""
    return sorted(queues, key=lambda queue: (share(queue, at), queue.id))


def slots(at: datetime) -> Iterator[datetime]:
    """The moments at which to make up for missed runs: `at`, and then one after the other."""
    return (at + number * STAGGER for number in count())


def owed(queue: Queue) -> int:
    """How many searches the queue still owes since its last due run.

    A held run goes on with the rest. A run that a person began since counts instead.
    """
    since = queue.last_moment_at
    # Searched by moment, as a queue has many runs after some years.
    asked = (Run.queue + 0 == queue.id) & (Run.trigger == "person")
    asked &= Run.started_at > since if since else Run.started_at >= queue.created_at
    since = Run.select(fn.MAX(Run.started_at)).where(asked).scalar() or since
    if since is None:
        return queue.batch_size
    mine = (Search.queue == queue) & (Search.created_at >= since) & (Search.cost > 0)
    return max(queue.batch_size - Search.select().where(mine).count(), 0)


def held(at: datetime, instance: Instance | None = None) -> list[Queue]:
    """The queues (of one instance) whose last run was held, and which have no retry to come."""
    queues = Queue.started().where(Queue.paused_at.is_null())
    if instance is not None:
        queues = queues.join(QueueInstance).where(QueueInstance.instance == instance)
    waiting = [each for each in queues if each.retry_at is None or each.retry_at <= at]
    return [each for each in waiting if _was_held(each) and owed(each)]


def go_on(at: datetime, instance: Instance | None = None) -> None:
    """Tries the held runs again, after a hold ended or an instance was enabled.

    With an instance, only the runs that waited for it.
    """
    with database.atomic():
        for queue in held(at, instance):
            queue.try_again(at)
        database.notify("schedule")


def _was_held(queue: Queue) -> bool:
    last = Run.recent().where(Run.queue == queue).first()
    return last is not None and last.state == "held"


def share(queue: Queue, at: datetime) -> float:
    """What a queue spent in the last day, divided by its weight; the smallest has the next turn."""
    mine = (Search.queue == queue) & (Search.created_at > at - DAY)
    return (Search.select(fn.SUM(Search.cost)).where(mine).scalar() or 0) / queue.weight


def ahead_of(queue: Queue | None, now: datetime) -> Ahead:
    """The searches that go first, for a ledger; a search by hand waits for no queue."""
    return BudgetLine(queue, now).ahead if queue else nobody


def stand_in_line(queue: Queue, costs: Mapping[int, int]) -> None:
    """Puts the queue in line for budgets; {} takes it out of the line.

    `costs` maps instance ids to the cost of the searches that wait there.
    """
    mine = QueueInstance.queue == queue
    QueueInstance.update(in_line=0).where(mine).execute()
    for instance, cost in costs.items():
        QueueInstance.update(in_line=cost).where(mine, QueueInstance.instance == instance).execute()


class BudgetLine:
    """Other queues that want a search now: their run is active, or was held and is tried soon.

    Queues with a smaller share go first.
    """

    def __init__(self, queue: Queue, now: datetime) -> None:
        self.queue = queue
        self.now = now

    def ahead(self, whose: int) -> int:
        """The cost of the searches that go first; `whose` is an instance's id, or HOUSEHOLD."""
        return sum(cost for (drawn, _), cost in self._first.items() if drawn == whose)

    @cached_property
    def _first(self) -> dict[tuple[int, int], int]:
        """The cost of the searches of each queue that goes first, by budget and queue."""
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
        """The links of other queues in line or with an active run, to instances that work."""
        links = QueueInstance
        either = (links.in_line > 0) | Queue.id.in_(list(under_way))
        return (
            links.select(links, Queue, Instance)
            .join(Queue)
            .switch(links)
            .join(Instance)
            .where(either, Queue.id != self.queue.id, Queue.paused_at.is_null(), ~Queue.is_dry)
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
    """The cost of the searches that the queue wants on the instance now; 0 for none."""
    queue: Queue = link.queue
    if queue.id in under_way:
        left = under_way[queue.id]
        return int(link.in_line) if left is None else left
    is_soon = queue.due_at is not None and queue.due_at <= now + SOONEST_RETRY
    return int(link.in_line) if is_soon else 0


def _under_way() -> dict[int, int | None]:
    """For each queue with an active run, the searches still to make; None before it chose."""
    made = (
        Run.select(Run.queue, Run.planned, fn.COUNT(Search.id))
        .join(Search, JOIN.LEFT_OUTER)
        .where(Run.state == ACTIVE)
        .group_by(Run.id)
    )
    return {
        queue: max(planned - sent, 0) if planned else None for queue, planned, sent in made.tuples()
    }
