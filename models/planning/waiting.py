"""Queues of the play that were held: when each tries again, and what others must leave to it."""

from collections.abc import Mapping

from models.claims import HOUSE, Claim, ahead
from models.planning.contenders import Contender
from models.planning.windows import DAY, Window
from models.shares import SOONEST_RETRY

SOON = SOONEST_RETRY.total_seconds() / 3600
UNLIMITED = 10**9
NEVER = float("inf")


class Line:
    """models.shares with the contenders of a play. `owed` is kept by the play. Times are hours."""

    def __init__(self, contenders: Mapping[int, Contender], owed: Mapping[int, int]) -> None:
        self._contenders = contenders
        self._owed = owed
        self._spent = {number: Window(UNLIMITED, DAY) for number in contenders}
        self._again: dict[int, float] = {}
        self._claims: dict[int, Claim] = {}

    @property
    def next(self) -> float:
        return min(self._again.values(), default=NEVER)

    def due(self, at: float) -> set[int]:
        return {number for number, again in self._again.items() if again <= at}

    def join(self, number: int, again: float, at: float) -> None:
        self._again[number] = again
        self._claims[number] = self.claim(number, at)

    def leave(self, number: int) -> None:
        self._again.pop(number, None)

    def look(self, at: float) -> None:
        """What was spent a day ago does not count any more."""
        self._claims = {number: self.claim(number, at) for number in self._again}

    def spend(self, number: int, at: float, cost: int) -> None:
        self._spent[number].take(at, cost)

    def spent(self, number: int, at: float) -> int:
        """In the last day."""
        return UNLIMITED - self._spent[number].left(at)

    def claim(self, number: int, at: float) -> Claim:
        one = self._contenders[number]
        whose = one.instances | {HOUSE}
        return Claim(number, self.spent(number, at), one.weight, self._owed[number], whose)

    def ahead(self, mine: Claim, whose: int, at: float) -> int:
        there = (self._claims[each] for each, again in self._again.items() if again <= at + SOON)
        return ahead(mine, there, whose)
