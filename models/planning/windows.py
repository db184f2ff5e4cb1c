"""Budgets in the play: rolling windows, as models.budgets counts them. Times are hours."""

from bisect import bisect_right, insort
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from models import budgets

HOUR, DAY = 1.0, 24.0
LINE_MOVES = budgets.LINE_MOVES.total_seconds() / 3600
# When, and how much.
Spending = tuple[float, int]


class Ahead(Protocol):
    """What others are to have first, of those that ask until then; `most` of all of them."""

    most: int

    def __call__(self, at: float) -> int: ...


class Limits(NamedTuple):
    hourly: int
    daily: int


class Window:
    """At most `limit` in any `span` of hours; the lanes fill that of the house out of order."""

    def __init__(self, limit: int, span: float) -> None:
        self.limit = limit
        self.span = span
        self.spent = 0
        self._rows: list[Spending] = []

    def left(self, at: float) -> int:
        rows, since = self._rows, at - self.span
        if rows and rows[0][0] <= since:
            gone = bisect_right(rows, (since, self.limit + 1))
            self.spent -= sum(cost for _, cost in rows[:gone])
            del rows[:gone]
        return self.limit - self.spent

    def take(self, at: float, cost: int) -> None:
        insort(self._rows, (at, cost))
        self.spent += cost

    def free_at(self, at: float, cost: int, ahead: Ahead) -> float | None:
        """When there is room for a search beside those that are ahead; None when there is."""
        left = self.left(at)
        waits_for_others = left >= cost
        if left >= cost + ahead.most or (waits_for_others and left >= cost + ahead(at)):
            return None
        free_at = self._free_at(at, left, cost, ahead)
        return min(free_at, at + LINE_MOVES) if waits_for_others else free_at

    def _free_at(self, at: float, left: int, cost: int, ahead: Ahead) -> float:
        for sent_at, freed in self._rows:
            left += freed
            if left >= cost and left >= cost + ahead(sent_at + self.span):
                return sent_at + self.span
        return at + self.span


class Full(NamedTuple):
    """A budget without room: of an instance, or of the house, which has the number 0."""

    whose: int
    hours: float
    free_at: float


class Purse:
    """The budget of an instance, or of the house."""

    def __init__(self, whose: int, limits: Limits, spendings: Iterable[Spending] = ()) -> None:
        self.whose = whose
        self.windows = Window(limits.hourly, HOUR), Window(limits.daily, DAY)
        for at, cost in spendings:
            self.take(at, cost)

    def take(self, at: float, cost: int) -> None:
        for window in self.windows:
            window.take(at, cost)

    def full(self, at: float, cost: int, ahead: Ahead) -> Full | None:
        """The window that holds a search longest; None when there is room."""
        found = [
            Full(self.whose, window.span, free_at)
            for window in self.windows
            if (free_at := window.free_at(at, cost, ahead)) is not None
        ]
        return max(found, key=lambda each: each.free_at, default=None)


class Lane(NamedTuple):
    """An instance: its budget, and the hours from one search to the next."""

    purse: Purse
    pace: float
