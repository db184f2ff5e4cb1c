"""A page of the history by day and run, with sums that reach beyond the page."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.queues import Queue
from models.searches import Search, days
from models.searches.days import HistoryDay, Sums, by_day
from models.searches.entries import read
from models.searches.history import SearchFilter
from models.searches.runs import Run
from tests.conftest import START

BERLIN = ZoneInfo("Europe/Berlin")


def _search(hour: float, run: Run | None = None, **changes: Any) -> Search:
    columns = {
        "queue_name": "Nightly" if run else "",
        "instance_name": "Living room",
        "demo": False,
        "kind": "episode",
        "want": "missing",
        "title": "x",
        "attempt": 1,
        "state": "done",
        "outcome": "nothing",
        "created_at": START + timedelta(hours=hour),
    }
    return Search.create(run=run, **columns | changes)


def _page(limit: int = 50, **wanted: Any) -> list[HistoryDay]:
    asked = SearchFilter(**wanted)
    return by_day(read(asked, START, limit=limit).shown, asked, START, BERLIN)


@pytest.fixture
def made(nightly: Queue) -> Run:
    """A run of six searches over midnight in Berlin, which is at ten in the evening of UTC."""
    run = Run.create(
        queue=nightly, queue_name="Nightly", trigger="schedule", state="finished", started_at=START
    )
    for hour in (7, 8, 9):
        _search(hour, run, outcome="grabbed", fate="imported" if hour == 7 else None)
    for hour in (10, 11, 12):
        _search(hour, run)
    return run


def test_days_begin_at_midnight_where_the_person_is(made: Run) -> None:
    found = _page()
    assert [each.day for each in found] == [date(2026, 5, 5), date(2026, 5, 4)]
    assert [each.sums for each in found] == [Sums(3, 0, 0), Sums(3, 3, 1)]


def test_a_run_has_the_sums_and_marks_of_all_its_searches_on_each_day(made: Run) -> None:
    groups = [group for each in _page() for group in each.groups]
    assert [group.run for group in groups] == [made, made]
    assert [group.sums for group in groups] == [Sums(6, 3, 1)] * 2
    assert groups[0].marks == ["grabbed"] * 3 + ["nothing"] * 3


def test_a_day_that_goes_on_beyond_the_page_has_its_whole_sums(made: Run) -> None:
    (last,) = _page(limit=1)
    assert len(last.groups[0].searches) == 1
    assert last.sums == Sums(3, 0, 0)


def test_the_sums_of_a_day_are_of_what_fits_the_filter(made: Run) -> None:
    assert [each.sums for each in _page(fate="imported")] == [Sums(1, 1, 1)]
    since = START + timedelta(hours=8)
    assert _page(since=since)[-1].sums == Sums(2, 2, 0)


def test_counting_a_day_ends(made: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "MOST", 2)
    sums = _page(limit=1)[0].sums
    assert (sums.searches, sums.is_more) == (2, True)


def test_runs_that_take_turns_stand_apart(made: Run, nightly: Queue) -> None:
    other = Run.create(queue=None, queue_name="Other", trigger="schedule", started_at=START)
    _search(10.5, other)
    _search(11.5)
    groups = _page()[0].groups
    assert [(group.run, len(group.searches)) for group in groups] == [
        (made, 3),
        (None, 1),
        (other, 1),
    ]
