"""The smart score: from 0 to 100, as the sum of parts that can be shown."""

from datetime import datetime
from itertools import accumulate, pairwise
from typing import NamedTuple

from models.backlog import Item
from models.backlog.eligibility import DAY_MS, Reason
from models.database.fields import ms_or_none, to_ms
from models.yields.rates import Rate, Rates

YEAR_MS = 365 * DAY_MS
# In years: what never aired counts as old.
NO_AGE = 5
# The most that an item can have for itself, in points; waiting adds to them without an end.
RECENCY, ATTEMPTS, FOUND = 20, 15, 25
MERIT = RECENCY + ATTEMPTS + FOUND
POINTS_A_DAY = 2
# So many days of waiting outweigh whatever speaks for another item.
LONGEST_LEAD = MERIT / POINTS_A_DAY
# So many points are a score of 50.
HALF = 60


class Candidate(NamedTuple):
    """The columns of an item that its score is made of; moments are epoch ms UTC."""

    want: str
    aired_at: int | None
    attempts: int
    streak: int
    reason: int
    reason_at: int


class Points(NamedTuple):
    """Who has more has its turn sooner."""

    recency: float
    attempts: float
    found: float
    waited: float

    @property
    def total(self) -> float:
        return sum(self)


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


def score(item: Item, now: datetime, rates: Rates) -> Score:
    """In the order of the points: the more they are, the less each counts."""
    candidate, at = candidate_of(item), to_ms(now)
    points = weigh(candidate, at, rates)
    scale = 100 / (points.total + HALF)
    sums = [round(each * scale) for each in accumulate(points, initial=0.0)]
    recency, attempts, found, waited = (after - before for before, after in pairwise(sums))
    return Score(recency, attempts, found, waited, _such(candidate, at, rates))


def weigh(item: Candidate, now: int, rates: Rates) -> Points:
    """An item waits while it may be searched, and is not. `now` is epoch ms."""
    age = NO_AGE if item.aired_at is None else max(now - item.aired_at, 0) / YEAR_MS
    waited = max(now - item.reason_at, 0) / DAY_MS if item.reason == Reason.ELIGIBLE else 0
    share = _such(item, now, rates).share
    return Points(
        RECENCY / (1 + age),
        ATTEMPTS / (1 + item.streak),
        FOUND * share / (share + rates.usual),
        POINTS_A_DAY * waited,
    )


def _such(item: Candidate, now: int, rates: Rates) -> Rate:
    days = None if item.aired_at is None else (now - item.aired_at) // DAY_MS
    return rates.rate(item.want, days, item.attempts + 1)


def candidate_of(item: Item) -> Candidate:
    return Candidate(
        item.want,
        ms_or_none(item.aired_at),
        item.attempts,
        item.streak,
        item.reason,
        to_ms(item.reason_at),
    )
