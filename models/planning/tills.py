"""All budgets of a play, asked on behalf of a contender in the line."""

from collections.abc import Mapping

from models.claims import Claim
from models.planning.waiting import Line
from models.planning.windows import Full, Lane, Purse


class Tills:
    """`house` is None where only the instances' own budgets bind, as in the demo."""

    def __init__(self, lanes: Mapping[int, Lane], house: Purse | None, line: Line) -> None:
        self._lanes = lanes
        self._house = house
        self._line = line

    def shut(self, mine: Claim, instances: frozenset[int], at: float) -> dict[int, Full]:
        """The budgets that keep it from its next search, by instance."""
        of_house = self._full(mine, self._house, at, 1)
        found = {
            name: of_house or self._full(mine, self._lanes[name].purse, at, 1) for name in instances
        }
        return {name: full for name, full in found.items() if full}

    def full(self, mine: Claim, instance: int, at: float, cost: int) -> Full | None:
        """The budget that keeps it longest from a search there."""
        purses = self._lanes[instance].purse, self._house
        found = [full for each in purses if (full := self._full(mine, each, at, cost))]
        return max(found, key=lambda full: full.free_at, default=None)

    def spend(self, instance: int | None, at: float, cost: int) -> None:
        if instance is not None and instance in self._lanes:
            self._lanes[instance].purse.take(at, cost)
        if self._house:
            self._house.take(at, cost)

    def _full(self, mine: Claim, purse: Purse | None, at: float, cost: int) -> Full | None:
        return purse.full(at, cost, self._line.ahead_of(mine, purse.whose)) if purse else None
