"""How scores went over time: the files that were replaced, and their scores before and after."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from peewee import SQL, Case, fn

from models.database.selects import how_many
from models.household import Household
from models.instances import Instance
from models.scores import ScoreChange

DAY = timedelta(days=1)


class Gain(NamedTuple):
    """The files that were replaced from `first` to `last`, both days included.

    `better`, `worse` and `same` count them by how their scores changed.
    `before` and `after` are the sums of all their scores.
    """

    first: date
    last: date
    better: int = 0
    worse: int = 0
    same: int = 0
    before: int = 0
    after: int = 0

    @property
    def files(self) -> int:
        return self.better + self.worse + self.same

    @property
    def points(self) -> int:
        return self.after - self.before

    @property
    def mean_before(self) -> int:
        return round(self.before / self.files)

    @property
    def mean_after(self) -> int:
        return round(self.after / self.files)


def gains(spans: Sequence[tuple[date, date]], *, demo: bool) -> list[Gain]:
    """The gains of these spans of days, which follow each other; one pass over an index."""
    zone = Household.current().zone
    begin = datetime.combine(spans[0][0], time(), zone)
    ends = [datetime.combine(last + DAY, time(), zone) for _, last in spans]
    number = Case(None, [(ScoreChange.at < end, place) for place, end in enumerate(ends)])
    gain = ScoreChange.score_after - ScoreChange.score_before
    mine = Instance.select(Instance.id).where(Instance.demo == demo)
    rows = (
        ScoreChange.select(
            number.alias("span"),
            how_many(gain > 0),
            how_many(gain < 0),
            how_many(gain == 0),
            fn.SUM(ScoreChange.score_before),
            fn.SUM(ScoreChange.score_after),
        )
        .where(ScoreChange.instance.in_(mine), ScoreChange.at >= begin, ScoreChange.at < ends[-1])
        .group_by(SQL("span"))
        .tuples()
    )
    found = {row[0]: row[1:] for row in rows}
    return [Gain(*span, *map(int, found.get(place, ()))) for place, span in enumerate(spans)]


def total(some: Sequence[Gain]) -> Gain:
    """Adds them up."""
    sums = (sum(each) for each in zip(*(gain[2:] for gain in some), strict=True))
    return Gain(some[0].first, some[-1].last, *sums)
