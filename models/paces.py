"""How many items a queue searches a day, by its schedule and by its share of the budgets."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, Self

from models.claims import HOUSE
from models.house import House
from models.instances import Instance
from models.queues import Queue, QueueInstance


class Share(NamedTuple):
    """A queue's part of a daily budget: of an instance, by its id, or of HOUSE.

    `weights` are those of all started and unpaused queues that draw on it, this one's included.
    """

    whose: int
    name: str
    daily: int
    weight: int
    weights: int

    @property
    def a_day(self) -> float:
        return self.daily * self.weight / self.weights


class Pace(NamedTuple):
    """How many items a queue searches a day. Without instances that are switched on, none."""

    runs_a_day: float
    batch: int
    shares: list[Share]

    @classmethod
    def of(
        cls, queue: Queue, instances: Iterable[Instance], drawn: Mapping[int, int], now: datetime
    ) -> Self:
        """`drawn`: see `drawn_by`, without this queue. As if it ran, where it does not."""
        running = [each for each in instances if not each.disabled_at]
        anchor = queue.started_at or now
        runs = queue.plan.runs_a_day(now, anchor=anchor, salt=queue.id or 0) if running else 0.0
        budgets = [(each.id, each.name, each.daily_budget) for each in running]
        if any(not each.demo for each in running):
            budgets.append((HOUSE, "", House.current().daily_budget))
        weight = max(queue.weight, 1)
        shares = [Share(*each, weight, drawn.get(each[0], 0) + weight) for each in budgets]
        return cls(runs, queue.batch_size, shares)

    @property
    def by_schedule(self) -> float:
        return self.runs_a_day * self.batch

    @property
    def bound(self) -> Share | None:
        """The budget that sets the pace; None where the schedule does."""
        least = min(self.shares, key=lambda each: each.a_day, default=None)
        return least if least and least.a_day < self.by_schedule else None

    @property
    def a_day(self) -> float:
        return self.bound.a_day if self.bound else self.by_schedule


def drawn_by(but: int | None = None) -> dict[int, int]:
    """The weights of the queues that run, added up: by instance, and by HOUSE for all real ones.

    `but` is the id of a queue that is left out.
    """
    rows = (
        QueueInstance.select(
            QueueInstance.queue, QueueInstance.instance, Instance.demo, Queue.weight
        )
        .join(Instance)
        .switch(QueueInstance)
        .join(Queue)
        .where(Instance.disabled_at.is_null(), Queue.id.in_(Queue.running().select(Queue.id)))
        .tuples()
    )
    weights = {
        (whose, queue): max(weight, 1)
        for queue, instance, demo, weight in rows
        for whose in ((instance,) if demo else (instance, HOUSE))
        if queue != but
    }
    found: dict[int, int] = {}
    for (whose, _), weight in weights.items():
        found[whose] = found.get(whose, 0) + weight
    return found
