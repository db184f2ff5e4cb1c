"""Counts of the history by outcome, which end where counting takes too long."""

from datetime import timedelta

import pytest

from models.instances import Instance
from models.searches import Search, tallies
from models.searches.history import SearchFilter, searches
from models.searches.tallies import Counted, by_outcome
from tests.conftest import START
from tests.wanted import wanted


@pytest.fixture
def searched(living_room: Instance, cinema: Instance) -> None:
    """On each instance five searches, of which the two latest grabbed something."""
    for instance in (living_room, cinema):
        for number in range(5):
            at = START + timedelta(hours=number)
            search = Search.begin([wanted(instance)], None, at, 1)
            search.change(state="done", outcome="grabbed" if number > 2 else "nothing")


@pytest.mark.parametrize(
    ("wanted", "total", "grabbed"),
    [
        (SearchFilter(), 10, 4),
        (SearchFilter(outcome="nothing"), 10, 4),
        (SearchFilter(instance=1), 5, 2),
        (SearchFilter(want="upgrade"), 0, 0),
        (SearchFilter(text="low water", instance=1), 5, 2),
        (SearchFilter(fate="open"), 4, 4),
        (SearchFilter(since=START + timedelta(hours=4)), 2, 2),
        (SearchFilter(until=START + timedelta(hours=4), instance=2), 4, 1),
    ],
)
def test_the_outcome_itself_does_not_narrow_the_counts(
    wanted: SearchFilter, total: int, grabbed: int, searched: None
) -> None:
    found = by_outcome(wanted, START)
    assert found[""] == Counted(total, False)
    assert found["grabbed"] == Counted(grabbed, False)
    assert found["nothing"] == Counted(total - grabbed, False)


@pytest.mark.parametrize("others", [SearchFilter(), SearchFilter(instance=1)])
def test_what_only_looked_is_apart_from_what_nobody_knows(
    others: SearchFilter, searched: None, living_room: Instance
) -> None:
    for is_trial, outcome in ((True, "looked"), (True, "unknown"), (False, "unknown")):
        search = Search.begin([wanted(living_room)], None, START, 1, is_trial=is_trial)
        search.change(state="done", outcome=outcome)
    counts = by_outcome(others, START)
    for outcome, number in (("looked", 1), ("unknown", 2)):
        assert searches(others._replace(outcome=outcome), START).count() == number
        assert counts[outcome].number == number
    assert "unknown" in Search.outcomes_since(START - timedelta(days=1), demo=False)
    assert sum(Search.outcomes_since(START - timedelta(days=1), demo=False).values()) == 11


def test_counting_ends_and_says_that_there_are_more(
    searched: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "MOST", 5)
    found = by_outcome(SearchFilter(), START)
    assert found[""] == Counted(5, True)
    assert found["grabbed"] == Counted(4, False)
    assert found["nothing"] == Counted(5, True)


def test_a_filter_without_an_index_is_counted_among_the_latest(
    searched: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "MOST", 3)
    found = by_outcome(SearchFilter(instance=1), START)
    assert found["grabbed"] == Counted(2, True)
    assert found["nothing"] == Counted(1, True)
    monkeypatch.setattr(tallies, "MOST", 5)
    assert by_outcome(SearchFilter(instance=1), START)[""] == Counted(5, False)
