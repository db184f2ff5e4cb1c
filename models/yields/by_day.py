"""What the searches of each day brought."""

from datetime import date, timedelta
from typing import NamedTuple

from models.yields.keys import day_number
from models.yields.table import OUTCOME_COLUMNS, Yield


class DayLine(NamedTuple):
    """One day; `outcomes` are its searches by outcome, `imported` its grabs that were imported."""

    day: date
    outcomes: dict[str, int]
    imported: int

    @property
    def searches(self) -> int:
        return sum(self.outcomes.values())


def by_day(today: date, days: int, *, demo: bool) -> list[DayLine]:
    """A line for each of the last `days` days, oldest first, also for those without a search."""
    columns = [getattr(Yield, column) for column in OUTCOME_COLUMNS]
    first = today - timedelta(days=days - 1)
    rows = Yield.select(Yield.period, Yield.imported, *columns).where(
        Yield.demo == demo,
        Yield.dimension == "total",
        Yield.period.between(day_number(first), day_number(today)),
    )
    known = {period: (imported, figures) for period, imported, *figures in rows.tuples()}
    found = []
    for day in (first + timedelta(days=number) for number in range(days)):
        imported, figures = known.get(day_number(day), (0, ()))
        outcomes = {
            word: count for word, count in zip(OUTCOME_COLUMNS, figures, strict=False) if count
        }
        found.append(DayLine(day, outcomes, imported))
    return found
