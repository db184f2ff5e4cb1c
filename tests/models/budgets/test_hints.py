"""What a setting means beside the others, as the rules will apply it."""

import pytest

from models.backlog.eligibility import DAY_MS, Policy
from models.budgets.hints import hints
from models.database import Database
from models.household import Household


@pytest.mark.parametrize(
    ("base", "longest", "told"),
    [
        (1, 1, "Always 1 day."),
        (7, 7, "Always 7 days."),
        (7, 10, "While it finds nothing: 7, then always 10 days."),
        (1, 365, "While it finds nothing: 1, 2, 4, 8, 16, 32, 64, 128, 256, then always 365 days."),
    ],
)
def test_a_cooldown_grows_up_to_the_longest(
    base: int, longest: int, told: str, db: Database
) -> None:
    household = Household.current()
    household.change(missing_cooldown_days=base, longest_cooldown_days=longest)
    assert hints(household)["missing_cooldown_days"] == told


@pytest.mark.parametrize(
    ("days", "hours"), [(14, (6, 12, 24)), (3, (7, 5, 24)), (1, (9, 9, 9)), (5, (48, 1, 7))]
)
def test_no_fresh_item_is_searched_more_often_than_told(
    days: int, hours: tuple[int, int, int], db: Database
) -> None:
    household = Household.current()
    names = ("fresh_first_hours", "fresh_second_hours", "fresh_later_hours")
    household.change(fresh_days=days, **dict(zip(names, hours, strict=True)))
    policy, age, searches = Policy.of(household), 0, 0
    while age < days * DAY_MS:
        age, searches = age + policy.base("missing", 0, age), searches + 1
    told = hints(household)["fresh_days"]
    most = int(told.split()[2])
    assert searches <= most <= searches + 2
