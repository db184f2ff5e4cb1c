"""How many searches may still be sent: rolling windows, summed from the rows of what was sent."""

from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import Expression, ModelSelect, fn

from models.house import House
from models.instances import Instance
from models.searches import Search

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Allowance(NamedTuple):
    """One window of one budget."""

    of: str
    window: timedelta
    limit: int
    spent: int
    free_at: datetime | None

    @property
    def left(self) -> int:
        return max(self.limit - self.spent, 0)

    @property
    def span(self) -> str:
        return "hour" if self.window == HOUR else "day"


def allowances(instance: Instance, house: House, now: datetime) -> list[Allowance]:
    """All that bind a search on this instance. Demo searches count against their own only."""
    mine = Search.instance == instance
    own = [
        _allowance(instance.name, HOUR, instance.hourly_budget, mine, now),
        _allowance(instance.name, DAY, instance.daily_budget, mine, now),
    ]
    return own if instance.demo else own + of_house(house, now)


def of_house(house: House, now: datetime) -> list[Allowance]:
    real = Search.demo == False  # noqa: E712
    return [
        _allowance("the house", HOUR, house.hourly_budget, real, now),
        _allowance("the house", DAY, house.daily_budget, real, now),
    ]


def tightest(instance: Instance, house: House, now: datetime) -> Allowance:
    """The one with the least left; of several that are spent, the one that is free last."""
    return min(
        allowances(instance, house, now),
        key=lambda each: (each.left, -(each.free_at or now).timestamp()),
    )


def _allowance(
    of: str, window: timedelta, limit: int, whose: Expression, now: datetime
) -> Allowance:
    """Reckoned at the later of now and the newest row: a clock set back gives nothing away."""
    newest = Search.select(fn.MAX(Search.created_at)).where(whose).scalar()
    at = max(now, newest) if newest else now
    inside = Search.select().where(whose, Search.created_at > at - window)
    spent = inside.select(fn.SUM(Search.cost)).scalar() or 0
    free_at = _free_at(inside, spent - limit, at, window) if spent >= limit else None
    return Allowance(of, window, limit, spent, free_at)


def _free_at(inside: ModelSelect, excess: int, at: datetime, window: timedelta) -> datetime:
    """When enough of the oldest rows have left the window for one more search."""
    for created_at, cost in (
        inside.select(Search.created_at, Search.cost).order_by(Search.created_at).tuples()
    ):
        excess -= cost
        if excess < 0:
            return created_at + window
    return at + window
