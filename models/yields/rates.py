"""Success rates of kinds of searches, for the smart score."""

from datetime import datetime
from typing import NamedTuple

from peewee import fn

from models.household import Household
from models.yields.keys import household_day, score_key
from models.yields.table import Yield

MONTHS = 12
# Rates start as if so many searches had been made at the usual rate, so few figures decide little.
USUAL_SEARCHES, USUAL_RATE = 20, 0.2


class Rate(NamedTuple):
    """A success rate: `grabbed` of `answered` searches; `share` is smoothed, 0 to 1."""

    grabbed: int
    answered: int
    share: float


class Rates:
    """Success rates of our searches in the last twelve months.

    `counts` are pairs of grabbed and answered searches by key. What Sonarr and Radarr grab by
    themselves is never counted.
    """

    def __init__(self, counts: dict[str, tuple[int, int]]) -> None:
        self.counts = counts
        grabbed = sum(each[0] for each in counts.values())
        answered = sum(each[1] for each in counts.values())
        self.usual = _smoothed(grabbed, answered, USUAL_RATE)
        self._known: dict[str, Rate] = {}

    @classmethod
    def at(cls, now: datetime, *, demo: bool) -> "Rates":
        today = household_day(now, Household.current())
        months = today.year * 12 + today.month - MONTHS
        first = months // 12 * 100 + months % 12 + 1
        grabbed = fn.SUM(Yield.grabbed)
        rows = (
            Yield.select(Yield.key, grabbed, grabbed + fn.SUM(Yield.nothing))
            .where(
                Yield.demo == demo,
                Yield.dimension == "score",
                Yield.period.between(first, today.year * 100 + today.month),
            )
            .group_by(Yield.key)
        )
        return cls({key: (found, answered) for key, found, answered in rows.tuples()})

    def rate(self, want: str, age_days: int | None, attempt: int) -> Rate:
        """The rate of such searches; `attempt` is the number of the next one, from 1."""
        key = score_key(want, age_days, attempt)
        if key not in self._known:
            grabbed, answered = self.counts.get(key, (0, 0))
            self._known[key] = Rate(grabbed, answered, _smoothed(grabbed, answered, self.usual))
        return self._known[key]


def _smoothed(grabbed: int, answered: int, usual: float) -> float:
    return (grabbed + usual * USUAL_SEARCHES) / (answered + USUAL_SEARCHES)
