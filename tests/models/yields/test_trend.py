"""What searches brought by day, week and month."""

from datetime import date, timedelta

import pytest

from models.database import Database
from models.yields import Yield
from models.yields.keys import day_number, periods_of
from models.yields.trend import halves, steps

TODAY = date(2026, 5, 4)


def counted(day: date, *, demo: bool = False, **figures: int) -> None:
    for period in periods_of(day_number(day)):
        row, _ = Yield.get_or_create(demo=demo, dimension="total", period=period, key="all")
        row.change(**{name: getattr(row, name) + value for name, value in figures.items()})


@pytest.mark.parametrize(
    ("period", "number", "first", "second"),
    [
        ("7", 7, date(2026, 4, 28), date(2026, 4, 29)),
        ("30", 30, date(2026, 4, 5), date(2026, 4, 6)),
        ("90", 13, date(2026, 2, 4), date(2026, 2, 10)),
        ("year", 12, date(2025, 6, 1), date(2025, 7, 1)),
    ],
)
def test_each_period_is_cut_into_whole_steps(
    db: Database, period: str, number: int, first: date, second: date
) -> None:
    found = steps(period, TODAY, demo=False)
    assert len(found) == number
    assert (found[0].first, found[1].first) == (first, second)
    ends = [each.last + timedelta(days=1) for each in found[:-1]]
    assert ends == [each.first for each in found[1:]]
    assert found[-1].last >= TODAY


def test_each_search_is_in_one_step(db: Database) -> None:
    for days in range(100):
        counted(TODAY - timedelta(days=days), grabbed=1, nothing=2)
    counted(TODAY, demo=True, grabbed=50)
    for period, days in (("7", 7), ("30", 30), ("90", 90), ("year", 100), ("all", 100)):
        found = steps(period, TODAY, demo=False)
        assert sum(each.line.grabbed for each in found) == days
        assert sum(each.line.nothing for each in found) == 2 * days


def test_all_time_begins_with_the_first_month_and_has_36_at_most(db: Database) -> None:
    assert [each.first for each in steps("all", TODAY, demo=False)] == [date(2026, 5, 1)]
    counted(date(2026, 2, 20), nothing=1)
    assert len(steps("all", TODAY, demo=False)) == 4
    counted(date(2019, 12, 31), nothing=1)
    assert [len(steps("all", TODAY, demo=False)), steps("all", TODAY, demo=False)[0].first] == [
        36,
        date(2023, 6, 1),
    ]


def test_the_halves_hold_all_figures(db: Database) -> None:
    for days in range(7):
        counted(TODAY - timedelta(days=days), grabbed=days)
    before, after = halves(steps("7", TODAY, demo=False))
    assert (before.grabbed, after.grabbed) == (6 + 5 + 4, 3 + 2 + 1)
