"""The smart score: from 0 to 100, as the sum of parts that can be shown."""

from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import Case, fn

from models.backlog import Item
from models.searches import Search

RECENCY, ATTEMPTS, WAITED, YIELD = 35, 25, 20, 20
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
LONGEST_WAIT = timedelta(days=60)
HISTORY = timedelta(days=180)
# Days since it aired, by which history is told apart.
AGES = (14, 90, 365, 1825)
# As if so many searches had been made at the usual rate: few figures decide little.
USUAL_SEARCHES, USUAL_RATE = 20, 0.2

Yields = dict[tuple[str, int], float]


class Score(NamedTuple):
    """Each part is at least 0; together at most 100."""

    recency: int
    attempts: int
    waited: int
    found: int

    @property
    def total(self) -> int:
        return sum(self)


def score(item: Item, now: datetime, yields: Yields) -> Score:
    age = now - item.aired_at if item.aired_at else 5 * YEAR
    waited = now - item.searched_at if item.searched_at else LONGEST_WAIT
    rate = yields.get((item.want, bucket(age.days)), USUAL_RATE)
    return Score(
        recency=round(RECENCY / (1 + max(age / YEAR, 0))),
        attempts=round(ATTEMPTS / (1 + item.streak)),
        waited=round(WAITED * min(waited / LONGEST_WAIT, 1)),
        found=round(YIELD * min(rate / (2 * USUAL_RATE), 1)),
    )


def bucket(days: int) -> int:
    """Which age a number of days is of: 0 for the youngest."""
    return sum(days >= limit for limit in AGES)


def yields(now: datetime) -> Yields:
    """The share of searches that grabbed something, by want and age, in our own history.

    Walks the history of half a year: for the reader thread.
    """
    younger = [(Search.age_days < limit, number) for number, limit in enumerate(AGES)]
    age = Case(None, younger, len(AGES))
    rows = (
        Search.select(
            Search.want,
            age,
            fn.COUNT(Search.id),
            fn.SUM(Case(None, [(Search.outcome == "grabbed", 1)], 0)),
        )
        .where(
            Search.created_at > now - HISTORY,
            Search.age_days.is_null(False),
            Search.outcome.in_(["grabbed", "nothing"]),
        )
        .group_by(Search.want, age)
        .tuples()
    )
    return {
        (want, number): (grabs + USUAL_RATE * USUAL_SEARCHES) / (searches + USUAL_SEARCHES)
        for want, number, searches, grabs in rows
    }
