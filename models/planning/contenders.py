"""A queue as the play sees it: what it takes, in which order, how many at a time, and when."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache, partial
from math import ceil
from typing import NamedTuple, Self

from models.instances import WANTS, Instance
from models.planning.pools import AGAIN, NEW, WAITING, Pool
from models.planning.surveys import Kind, Net
from models.queues import Queue
from models.schedules import Schedule
from models.shares import owed

MANY = 100
WEEK = 7 * 24.0
HOUR = timedelta(hours=1)
PARTS = (WAITING, NEW, AGAIN)


class Contender(NamedTuple):
    """`moments` are hours from now. A queue that was not saved has the number 0.

    `opening` says when, from a moment on, the hours are in which it may run. Of a run that goes on
    or was held, so many searches are `owed`, and tried for `again` at that moment.
    """

    number: int
    name: str
    wants: tuple[str, ...]
    net: Net
    order: str
    packs: str
    batch: int
    weight: int
    instances: frozenset[int]
    moments: tuple[float, ...]
    runs_a_day: float
    opening: Callable[[float], float] = float
    owed: int = 0
    again: float = 0.0

    @classmethod
    def of(
        cls,
        queue: Queue,
        instances: list[Instance],
        now: datetime,
        days: int,
        *,
        goes_on: bool = False,
    ) -> Self:
        """As if it was started now, where it was not. `goes_on`: a run of it does."""
        salt, plan = queue.id or 0, queue.plan
        anchor = queue.anchor if queue.started_at else now
        first = max((queue.next_run_at if queue.started_at else None) or now, now)
        after = _moments(plan, now, first, anchor, salt, days)
        moments = ((first - now) / HOUR, *after)
        return cls(
            number=salt,
            name=queue.name,
            wants=queue.wants,
            net=Net.of(queue),
            order="recent" if queue.strategy == "recent" else queue.order,
            packs=queue.packs,
            batch=queue.batch_size,
            weight=max(queue.weight, 1),
            instances=frozenset(each.id for each in instances if not each.disabled_at),
            moments=moments,
            runs_a_day=plan.runs_a_day(now, anchor=anchor, salt=salt),
            opening=partial(_opening, plan, now) if plan.hours else float,
            owed=owed(queue) if goes_on or queue.retry_at else 0,
            again=max((queue.retry_at - now) / HOUR, 0.0) if queue.retry_at else 0.0,
        )

    def takes(self, kind: Kind) -> bool:
        return kind.instance in self.instances and kind.want in self.wants and self.net in kind.nets

    def rank(self, pool: Pool, part: int) -> tuple[int, ...]:
        """What is lower has its turn first, whatever its number."""
        again, young = part == AGAIN, pool.kind.young
        if self.order == "recent":
            return WANTS.index(pool.kind.want), not young, _from_the_front(young, part)
        if self.order == "newest":
            return not young, _from_the_front(young, part)
        if self.order == "oldest":
            return young, not again, young and part == NEW
        if self.order == "title":
            return (not again,)
        return (again and self.order != "random",)


def _opening(plan: Schedule, now: datetime, at: float) -> float:
    return (plan.opens_at(now + at * HOUR) - now) / HOUR


def _from_the_front(young: bool, part: int) -> int:
    """Newest first: what was searched before is newer than what was not reached yet."""
    return part == WAITING if young else part != AGAIN


@lru_cache(maxsize=64)
def _moments(
    plan: Schedule, now: datetime, since: datetime, anchor: datetime, salt: int, days: int
) -> tuple[float, ...]:
    """Hours from now. Where there are many, those of a week stand for the weeks after it."""
    found: list[float] = []
    for moment in plan.moments(since, anchor=anchor, salt=salt):
        hours = (moment.at - now) / HOUR
        if hours >= days * 24:
            break
        if hours >= WEEK and len(found) > MANY:
            return _repeated([each for each in found if each < WEEK], days)
        found.append(hours)
    return tuple(found)


def _repeated(week: list[float], days: int) -> tuple[float, ...]:
    weeks = range(ceil(days / 7))
    found = (hours + WEEK * number for number in weeks for hours in week)
    return tuple(hours for hours in found if hours < days * 24)
