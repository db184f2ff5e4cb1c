"""The pace of a queue: items a day, by its schedule and its share of the budgets."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Self

from models.backlog import Tally
from models.backlog.eligibility import Reason
from models.budgets import HOUSEHOLD
from models.household import Household
from models.instances import Instance
from models.queues import Queue, QueueInstance


class Common(NamedTuple):
    """What the plans of all queues are computed from.

    `weights` are by the id of the instance (or HOUSEHOLD) and of a queue that uses its budget.
    `tallies` are numbers of items, by instance id, want and reason.
    """

    household: Household
    weights: dict[tuple[int, int], int]
    tallies: dict[int, dict[tuple[str, Reason], int]]

    @classmethod
    def now(
        cls,
        household: Household | None = None,
        tallies: dict[int, dict[tuple[str, Reason], int]] | None = None,
    ) -> Self:
        """Reads what is not given.

        Started and unpaused queues use the budgets of their enabled instances; a dry run none.
        """
        links = QueueInstance
        rows = (
            links.select(links.queue, links.instance, Instance.demo, Queue.weight)
            .join(Instance)
            .switch(links)
            .join(Queue)
            .where(Instance.disabled_at.is_null(), ~Queue.is_dry)
            .where(Queue.id.in_(Queue.running().select(Queue.id)))
        )
        weights = {
            (whose, queue): max(weight, 1)
            for queue, instance, demo, weight in rows.tuples()
            for whose in ((instance,) if demo else (instance, HOUSEHOLD))
        }
        return cls(
            household or Household.current(),
            weights,
            Tally.by_instance() if tallies is None else tallies,
        )

    def beside(self, queue: Queue, whose: int) -> int:
        """The sum of the weights of other queues that use this budget."""
        others = (each for each in self.weights.items() if each[0][1] != queue.id)
        return sum(weight for (drawn, _), weight in others if drawn == whose)


class Share(NamedTuple):
    """A queue's part of a daily budget.

    `whose` is an instance's id, or HOUSEHOLD.
    `weights` is the sum over all started and unpaused queues that use it, this one included.
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
    """How many items a queue searches a day; 0 without enabled instances."""

    runs_a_day: float
    batch: int
    shares: list[Share]

    @classmethod
    def of(cls, queue: Queue, instances: Iterable[Instance], common: Common, now: datetime) -> Self:
        """The pace of a queue; for one that does not run, its pace if it did."""
        running = [each for each in instances if not each.disabled_at]
        anchor = queue.started_at or now
        runs = queue.schedule.runs_a_day(now, anchor=anchor, salt=queue.id or 0) if running else 0.0
        budgets = [(each.id, each.name, each.daily_budget) for each in running]
        if any(not each.demo for each in running):
            budgets.append((HOUSEHOLD, "", common.household.daily_budget))
        weight = max(queue.weight, 1)
        shares = [Share(*each, weight, common.beside(queue, each[0]) + weight) for each in budgets]
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
