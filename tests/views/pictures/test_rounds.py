"""The lines of the plan: straight lines on one axis of days."""

from datetime import UTC, datetime
from typing import Any

import pytest

from models.plan import Outlook
from models.plan.paces import Pace
from models.plan.rounds import Round
from views.pictures.rounds import RoundLines

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def outlook(items: int, a_day: float, *, new: float = 0.0, **more: Any) -> Outlook:
    return Outlook(Pace(a_day, 1, []), Round(items, new), **more)


def test_all_queues_are_on_one_axis() -> None:
    lanes = RoundLines.of({1: outlook(100, 10), 2: outlook(50, 10)}, NOW, UTC).by_key
    assert lanes[1].line == "M0 0 L83.33 100.0"
    assert lanes[2].line == "M0 0 L41.67 100.0"
    assert (lanes[1].date, lanes[2].date) == ("14 May", "9 May")
    assert lanes[1].end is not None
    assert (lanes[1].end.at, lanes[1].end.text) == (83.33, "14 May")


def test_the_real_pace_has_a_line_of_its_own() -> None:
    one = RoundLines.of({1: outlook(100, 20, own_a_day=10.0)}, NOW, UTC).by_key[1]
    assert (one.line, one.own) == ("M0 0 L41.67 100.0", "M0 0 L83.33 100.0")
    assert RoundLines.of({1: outlook(100, 20, own_a_day=0.0)}, NOW, UTC).by_key[1].own == ""


def test_a_pace_that_is_hardly_any_does_not_flatten_the_others() -> None:
    one = RoundLines.of({1: outlook(100, 10, own_a_day=0.1)}, NOW, UTC).by_key[1]
    assert (one.line, one.own) == ("M0 0 L41.67 100.0", "M0 0 L100.0 2.4")


def test_a_round_without_an_end_stays_level() -> None:
    one = RoundLines.of({1: outlook(100, 5, new=5)}, NOW, UTC).by_key[1]
    assert (one.line, one.end, one.date) == ("M0 0 L100 0", None, "")


def test_a_round_of_years_runs_out_of_the_picture() -> None:
    one = RoundLines.of({1: outlook(7_300, 10)}, NOW, UTC).by_key[1]
    assert (one.line, one.end) == ("M0 0 L100.0 50.0", None)
    assert one.date == "4 May 2028" or one.date == "3 May 2028"


def test_the_days_beneath_begin_today() -> None:
    labels = RoundLines.of({1: outlook(100, 10)}, NOW, UTC).labels
    assert [each.text for each in labels] == ["today", "7 May", "10 May", "13 May"]


@pytest.mark.parametrize("one", [outlook(0, 10), outlook(10, 0)])
def test_what_has_no_round_has_no_line_of(one: Outlook) -> None:
    assert RoundLines.of({1: one}, NOW, UTC).by_key == {}
