"""Who is first in line for a budget: search by search, whoever had least of its weight."""

from collections.abc import Iterable
from typing import NamedTuple

HOUSE = 0


class Claim(NamedTuple):
    """What a queue has spent in the last day, and what it still wants now: costs of searches.

    `next_cost` is that of its next one, which is sent whole or not at all. `whose` are the budgets
    that it draws on: ids of instances, and HOUSE.
    """

    queue: int
    spent: int
    weight: int
    wanted: int
    whose: frozenset[int]
    next_cost: int = 1

    def before(self, other: "Claim", whose: int = HOUSE) -> int:
        """How much of this budget it is to have before the other one has its next search.

        Of that of each of several instances, its part.
        """
        lead = other.spent * self.weight - self.spent * other.weight
        if lead < 0 or whose not in self.whose:
            return 0
        whole, rest = divmod(lead, other.weight)
        due = whole + (bool(rest) or self.queue < other.queue)
        instances = 1 if whose == HOUSE else len(self.whose) - (HOUSE in self.whose)
        wanted = -(-self.wanted // max(instances, 1))
        return min(max(due, self.next_cost), wanted) if due else 0


def ahead(mine: Claim, others: Iterable[Claim], whose: int = HOUSE) -> int:
    """So much of this budget is to be spent before the next search of `mine`."""
    return sum(each.before(mine, whose) for each in others if each.queue != mine.queue)
