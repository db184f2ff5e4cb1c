"""The smart score: from 0 to 100, as the sum of parts that can be shown."""

from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import NamedTuple

from models.backlog import Item
from models.backlog.eligibility import Reason
from models.yields.rates import Rate, Rates

DAY = timedelta(days=1)
YEAR = timedelta(days=365)
# The most that an item can have for itself, in points; waiting adds to them without an end.
RECENCY, ATTEMPTS, FOUND = 20, 15, 25
MERIT = RECENCY + ATTEMPTS + FOUND
POINTS_A_DAY = 2
# So many days of waiting outweigh whatever speaks for another item.
LONGEST_LEAD = MERIT / POINTS_A_DAY
# So many points are a score of 50.
HALF = 60


class Candidate(NamedTuple):
    """The columns of an item that its score is made of."""

    want: str
    aired_at: datetime | None
    attempts: int
    streak: int
    reason: int
    reason_at: datetime


class Points(NamedTuple):
    """Who has more has its turn sooner."""

    recency: float
    attempts: float
    found: float
    waited: float

    @property
    def total(self) -> float:
        return self.recency + self.attempts + self.found + self.waited


class Score(NamedTuple):
    """Each part is at least 0; together less than 100. `such` is what the part `found` rests on."""

    recency: int
    attempts: int
    found: int
    waited: int
    such: Rate

    @property
    def total(self) -> int:
        return sum(self[:-1])


def score(item: Item | Candidate, now: datetime, rates: Rates) -> Score:
    """In the order of the points: the more they are, the less each counts."""
    points = weigh(item, now, rates)
    scale = 100 / (points.total + HALF)
    sums = [round(each * scale) for each in accumulate(points, initial=0.0)]
    recency, attempts, found, waited = (after - before for before, after in pairwise(sums))
    return Score(recency, attempts, found, waited, _such(item, now, rates))


def weigh(item: Item | Candidate, now: datetime, rates: Rates) -> Points:
    """An item waits while it may be searched, and is not."""
    age = max((now - item.aired_at) / YEAR, 0) if item.aired_at else 5
    waiting = item.reason == Reason.ELIGIBLE
    share = _such(item, now, rates).share
    return Points(
        recency=RECENCY / (1 + age),
        attempts=ATTEMPTS / (1 + item.streak),
        found=FOUND * share / (share + rates.usual),
        waited=POINTS_A_DAY * max((now - item.reason_at) / DAY, 0) if waiting else 0.0,
    )


def _such(item: Item | Candidate, now: datetime, rates: Rates) -> Rate:
    days = (now - item.aired_at).days if item.aired_at else None
    return rates.rate(item.want, days, item.attempts + 1)
