"""Queues of the play that were held: when each tries again, and what others must leave to it."""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import accumulate

from models.claims import HOUSE, Claim
from models.planning.contenders import Contender
from models.planning.windows import DAY, Window
from models.shares import SOONEST_RETRY

SOON = SOONEST_RETRY.total_seconds() / 3600
UNLIMITED = 10**9
NEVER = float("inf")


class Line:
    """models.shares with the contenders of a play; `wanted` says how many searches one still wants.

    Times are hours.
    """

    def __init__(self, contenders: Mapping[int, Contender], wanted: Callable[[int], int]) -> None:
        self._contenders = contenders
        self._wanted = wanted
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
        spent, wanted = self.spent(number, at), self._wanted(number)
        return Claim(number, spent, one.weight, wanted, one.instances | {HOUSE})

    def ahead_of(self, mine: Claim, whose: int) -> "Waiters":
        return Waiters(self._again, self._claims, mine, whose)


class Waiters:
    """What those in the line are to have of a budget before one of them, or another, does."""

    def __init__(
        self, again: Mapping[int, float], claims: Mapping[int, Claim], mine: Claim, whose: int
    ) -> None:
        self._again, self._claims = again, claims
        self._mine, self._whose = mine, whose
        self.most = sum(claims[number].wanted for number in again)

    def __call__(self, at: float) -> int:
        moments, sums = self._summed
        return sums[bisect_right(moments, at + SOON)]

    @cached_property
    def _summed(self) -> tuple[list[float], list[int]]:
        parts = sorted(
            (again, part)
            for number, again in self._again.items()
            if (part := self._claims[number].before(self._mine, self._whose))
        )
        moments, sums = [again for again, _ in parts], accumulate(part for _, part in parts)
        return moments, [0, *sums]
