"""Budgets in the play: rolling windows, as models.budgets counts them. Times are hours."""

from heapq import heappop, heappush
from typing import NamedTuple

HOUR, DAY = 1.0, 24.0


class Limits(NamedTuple):
    hourly: int
    daily: int


class Window:
    """At most `limit` in any `span` of hours; the lanes fill that of the house out of order."""

    def __init__(self, limit: int, span: float) -> None:
        self.limit = limit
        self.span = span
        self.spent = 0
        self._rows: list[tuple[float, int]] = []

    def left(self, at: float) -> int:
        rows, since = self._rows, at - self.span
        while rows and rows[0][0] <= since:
            self.spent -= heappop(rows)[1]
        return self.limit - self.spent

    def take(self, at: float, cost: int) -> None:
        heappush(self._rows, (at, cost))
        self.spent += cost

    @property
    def free_at(self) -> float:
        """Of a spent one: when one more search has room."""
        if self._rows and self.spent == self.limit:
            return self._rows[0][0] + self.span
        spent = self.spent
        for at, cost in sorted(self._rows):
            spent -= cost
            if spent < self.limit:
                return at + self.span
        return self.span


class Purse:
    """The budget of an instance, or of the house."""

    def __init__(self, limits: Limits) -> None:
        self.windows = Window(limits.hourly, HOUR), Window(limits.daily, DAY)

    def take(self, at: float, cost: int) -> None:
        for window in self.windows:
            window.take(at, cost)

    def spent(self, at: float) -> Window | None:
        """The window that holds the next search longest; None when there is room."""
        hour, day = self.windows
        if hour.left(at) > 0 and day.left(at) > 0:
            return None
        full = [window for window in self.windows if window.left(at) <= 0]
        return max(full, key=lambda window: window.free_at)


class Lane(NamedTuple):
    """An instance: its budget, and the hours from one search to the next."""

    purse: Purse
    pace: float
