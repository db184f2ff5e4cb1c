"""Who is first in line for a budget: search by search, whoever had least of its weight."""

from collections.abc import Iterable
from typing import NamedTuple


class Claim(NamedTuple):
    """What a queue has spent in the last day, and how many searches it still wants now.

    `whose` are the budgets that it draws on: ids of instances, and HOUSE.
    """

    queue: int
    spent: int
    weight: int
    owed: int
    whose: frozenset[int]

    def before(self, other: "Claim") -> int:
        """How many it is to have before the other one has its next."""
        lead = other.spent * self.weight - self.spent * other.weight
        if lead < 0:
            return 0
        whole, rest = divmod(lead, other.weight)
        is_first = bool(rest) or self.queue < other.queue
        return min(whole + is_first, self.owed)


HOUSE = 0


def ahead(mine: Claim, others: Iterable[Claim], whose: int = HOUSE) -> int:
    """So many searches on this budget are to be sent before the next one of `mine`."""
    return sum(
        each.before(mine) for each in others if each.queue != mine.queue and whose in each.whose
    )
