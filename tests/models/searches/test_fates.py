"""What becomes of a release after it was grabbed: the rules."""

from datetime import timedelta

import pytest

from models.searches.fates import (
    FATES,
    FOLLOWED_FOR,
    Trace,
    follows,
    has_brought,
    pause,
    state,
    together,
)
from tests.conftest import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("fates", "fate"),
    [
        ([], None),
        ([None], None),
        (["imported"], "imported"),
        (["failed", None, "imported"], "imported"),
        (["failed", None], None),
        (["failed", "failed"], "failed"),
        (["ignored", "ignored"], "ignored"),
        (["ignored", "failed"], "failed"),
    ],
)
def test_a_search_is_imported_with_its_first_import_and_failed_with_its_last_failure(
    fates: list[str | None], fate: str | None
) -> None:
    assert together(fates) == fate


@pytest.mark.parametrize("told", FATES)
def test_an_import_is_final_and_the_rest_may_yet_be_imported(told: str) -> None:
    assert not follows("imported", told)
    assert follows(None, told)
    assert follows("failed", "imported")
    assert not follows(told, told)


def test_a_young_grab_is_looked_after_often_and_an_old_one_never() -> None:
    ages = [timedelta(0), HOUR, 3 * HOUR, 30 * HOUR, FOLLOWED_FOR - HOUR, FOLLOWED_FOR]
    waits = [pause(age) for age in ages]
    quarter = HOUR / 4
    assert waits == [quarter, quarter, HOUR, 6 * HOUR, 6 * HOUR, None]


def test_what_has_no_end_after_two_weeks_is_unknown_and_stays_so() -> None:
    assert state(None, START, START + FOLLOWED_FOR - HOUR) == "open"
    assert state(None, START, START + FOLLOWED_FOR) == "unknown"
    assert state("failed", START, START + 99 * DAY) == "failed"


@pytest.mark.parametrize(
    ("trace", "listed_at", "brought"),
    [
        (Trace(START - HOUR, "imported", START - HOUR), None, True),
        (Trace(START - HOUR, None, None), None, True),
        (Trace(START - HOUR, "failed", START), None, False),
        (Trace(START - HOUR, "ignored", START), None, False),
        (Trace(START + HOUR, None, None), None, False),
        (Trace(START - 15 * DAY, None, None), None, False),
        (Trace(START - DAY, "imported", START - HOUR), START - 2 * HOUR, True),
        (Trace(START - DAY, "imported", START - 3 * HOUR), START - 2 * HOUR, False),
        (Trace(START - DAY, None, None), START - 2 * HOUR, True),
    ],
)
def test_an_item_was_brought_by_a_grab_that_came_in_time_and_did_not_end_badly(
    trace: Trace, listed_at: None, brought: bool
) -> None:
    assert has_brought(trace, START, listed_at) is brought
