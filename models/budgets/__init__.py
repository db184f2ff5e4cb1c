"""Budgets: how many searches may still be sent in a rolling hour and day.

They are summed from the rows of the searches.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from peewee import fn

from models.database import database
from models.database.fields import MILLISECOND, from_ms, to_ms
from models.household import Household
from models.instances import Instance
from models.prowlarrs.meters import Meters
from models.searches import Search

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# The longest time from writing a search's row until its command arrived.
LONGEST_SENDING = timedelta(minutes=5)

# The shortest wait of a queue after a budget had no room or other queues went first.
SOONEST_RETRY = timedelta(minutes=5)
# Used in place of an instance's id for the overall budget.
HOUSEHOLD = 0

OVERALL = "all instances"

# The moment when it was sent, in epoch ms UTC, and its cost.
Spending = tuple[int, int]
# Gives the cost of the searches that go first, for an instance's id or HOUSEHOLD.
Ahead = Callable[[int], int]


class Allowance(NamedTuple):
    """One window of one budget.

    `of` is whose budget it is, in words.
    `free_at` is when there will be room; None if there is room now.
    """

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


def nobody(_whose: int) -> int:
    """Says that no search goes first."""
    return 0


class Ledger:
    """The searches of the last 25 hours, read once, of which all budgets are computed.

    `cost` is the cost of the search to make room for, after the searches that are `ahead`.
    """

    def __init__(
        self, household: Household, now: datetime, cost: int = 1, ahead: Ahead = nobody
    ) -> None:
        self.household = household
        self.now = now
        self.cost = cost
        self._ahead = ahead
        self._known: dict[int, list[Allowance]] = {}
        self._of_household: list[Spending] = []
        self._of_instances: dict[int, list[Spending]] = {}
        sent_at = fn.COALESCE(Search.sent_at, Search.created_at)
        rows = (
            Search.select(Search.instance, Search.demo, sent_at, Search.cost)
            .where(Search.created_at > now - DAY - HOUR - LONGEST_SENDING, Search.cost > 0)
            .order_by(sent_at)
        )
        # Rows as the driver gives them: there are hundreds a day, and every page reads them.
        for instance_id, demo, at, cost in database.execute(rows).fetchall():
            self._of_instances.setdefault(instance_id, []).append((at, cost))
            if not demo:
                self._of_household.append((at, cost))

    @cached_property
    def meters(self) -> Meters:
        """What is left of the limits of the indexers."""
        return Meters(self.now)

    @classmethod
    def at(cls, now: datetime) -> "Ledger":
        return cls(Household.current(), now)

    def overall(self) -> list[Allowance]:
        if HOUSEHOLD not in self._known:
            self._known[HOUSEHOLD] = self._both(
                OVERALL, HOUSEHOLD, self.household, self._of_household
            )
        return self._known[HOUSEHOLD]

    def of_instance(self, instance: Instance) -> list[Allowance]:
        if instance.id not in self._known:
            mine = self._of_instances.get(instance.id, [])
            self._known[instance.id] = self._both(instance.name, instance.id, instance, mine)
        return self._known[instance.id]

    def hours(self, instance: Instance | None = None) -> list[Spending]:
        """How the budget of one hour was used in the last day, of an instance or overall.

        Each is the moment, in epoch ms UTC, from which on so many searches lay in the last hour.
        """
        mine = self._of_instances.get(instance.id, []) if instance else self._of_household
        hour, since = HOUR // MILLISECOND, to_ms(self.now - DAY)
        changes = [*mine, *((at + hour, -cost) for at, cost in mine)]
        found, used = [(since, 0)], 0
        for at, cost in sorted(changes):
            used += cost
            if at <= since:
                found[0] = since, used
            elif at <= to_ms(self.now):
                found.append((at, used))
        return found

    def _both(
        self, of: str, whose: int, owner: Household | Instance, spendings: list[Spending]
    ) -> list[Allowance]:
        limits = ((HOUR, owner.hourly_budget), (DAY, owner.daily_budget))
        return [self._allowance(of, whose, *each, spendings) for each in limits]

    def binding(self, instance: Instance) -> list[Allowance]:
        """The budgets that limit a search on the instance. Demo searches use only their own."""
        own = self.of_instance(instance)
        return own if instance.demo else own + self.overall()

    def tightest(self, instance: Instance) -> Allowance:
        """The budget that has room last; if all have room now, the one with the least left."""
        return min(
            self.binding(instance),
            key=lambda each: (-each.free_at.timestamp() if each.free_at else 0, each.left),
        )

    def _allowance(
        self, of: str, whose: int, window: timedelta, limit: int, spendings: list[Spending]
    ) -> Allowance:
        """One budget at the later of `now` and the newest row: a clock set back frees nothing."""
        at = max(to_ms(self.now), spendings[-1][0]) if spendings else to_ms(self.now)
        first = bisect_right(spendings, at - window // MILLISECOND, key=itemgetter(0))
        inside = spendings[first:]
        spent = sum(cost for _, cost in inside)

        free_at = None
        if spent + self.cost > limit:
            free_at = window + from_ms(_freed(inside, spent + self.cost - limit, at))
        elif spent + self.cost + self._ahead(whose) > limit:
            free_at = from_ms(at) + SOONEST_RETRY
        return Allowance(of, window, limit, spent, free_at)


def _freed(inside: Iterable[Spending], cost: int, at: int) -> int:
    """When a search was sent that frees enough as it leaves the window, epoch ms; else `at`."""
    for sent_at, freed in inside:
        cost -= freed
        if cost <= 0:
            return sent_at
    return at
