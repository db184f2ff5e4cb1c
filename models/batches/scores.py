"""The smart score, 0 to 100, as a sum of parts that pages can show."""

from datetime import datetime
from itertools import accumulate, pairwise
from typing import NamedTuple

from models.backlog import Item
from models.backlog.eligibility import DAY_MS, Reason
from models.database.fields import ms_or_none, to_ms
from models.yields.rates import Rate, Rates

YEAR_MS = 365 * DAY_MS
# The age in years of an item without a date.
NO_AGE = 5
# The most points of an item apart from waiting, which adds points without an end.
RECENCY, ATTEMPTS, FOUND = 20, 15, 25
MERIT = RECENCY + ATTEMPTS + FOUND
POINTS_A_DAY = 2
# After so many more days of waiting an item comes before any other.
LONGEST_LEAD = MERIT / POINTS_A_DAY
# This many points make a score of 50.
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
    """The points of an item; the item with most points has its turn first."""

    recency: float
    attempts: float
    found: float
    waited: float

    @property
    def total(self) -> float:
        return sum(self)


class Score(NamedTuple):
    """The score of an item in parts of at least 0, together less than 100.

    `such` is the success rate that the part `found` rests on.
    """

    recency: int
    attempts: int
    found: int
    waited: int
    such: Rate

    @property
    def total(self) -> int:
        return sum(self[:-1])


def score(item: Item, now: datetime, rates: Rates) -> Score:
    """The score that pages show; it has the order of the points, but grows more slowly."""
    candidate, at = candidate_of(item), to_ms(now)
    points = weigh(candidate, at, rates)
    scale = 100 / (points.total + HALF)
    sums = [round(each * scale) for each in accumulate(points, initial=0.0)]
    recency, attempts, found, waited = (after - before for before, after in pairwise(sums))
    return Score(recency, attempts, found, waited, _such(candidate, at, rates))


def weigh(item: Candidate, now: int, rates: Rates) -> Points:
    """The points of an item; only an eligible item waits. `now` is epoch ms."""
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
