"""The history as one list of searches and runs, read from place to place."""

from datetime import timedelta

import pytest

from models.queues import Queue
from models.searches import Search
from models.searches.entries import HistoryEntry, HistoryPlace, chunks_of, read
from models.searches.history import HELD, SearchFilter
from models.searches.runs import Run
from tests.conftest import START

EVERYTHING = SearchFilter()


def _search(minute: int) -> Search:
    return Search.create(
        queue_name="Nightly",
        instance_name="Living room",
        demo=False,
        kind="episode",
        want="missing",
        title="x",
        attempt=1,
        state="done",
        outcome="nothing",
        created_at=START + timedelta(minutes=minute),
    )


def _run(queue: Queue, minute: int) -> Run:
    at = START + timedelta(minutes=minute)
    return Run.create(
        queue=queue, queue_name="Nightly", trigger="schedule", state="held", started_at=at
    )


@pytest.fixture
def listed(nightly: Queue) -> list[HistoryEntry]:
    """Entries latest first; three searches and two runs share one moment."""
    made: list[HistoryEntry] = [_search(0), _run(nightly, 1), _run(nightly, 2), _run(nightly, 2)]
    made += [_search(2), _search(2), _search(2), _run(nightly, 3), _search(4)]
    return made[::-1]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 9])
def test_pages_hold_each_entry_once_whatever_their_size(
    limit: int, listed: list[HistoryEntry]
) -> None:
    assert [each for chunk in chunks_of(EVERYTHING, START, limit) for each in chunk] == listed


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_the_way_back_leads_over_the_same_entries(limit: int, listed: list[HistoryEntry]) -> None:
    for number in range(limit, len(listed)):
        after = HistoryPlace.of(listed[number])
        found = read(EVERYTHING, START, after=after, limit=limit)
        assert found.shown == listed[number - limit : number]


def test_the_way_back_ends_at_a_full_first_page(listed: list[HistoryEntry]) -> None:
    found = read(EVERYTHING, START, after=HistoryPlace.of(listed[1]), limit=3)
    assert found.shown == listed[:3] and found.newer is None


def test_what_is_added_meanwhile_moves_no_page(listed: list[HistoryEntry], nightly: Queue) -> None:
    first = read(EVERYTHING, START, limit=4)
    _search(9)
    assert read(EVERYTHING, START, before=first.older, limit=4).shown == listed[4:8]


@pytest.mark.parametrize("text", ["", "x", "1", "1s", "s1", "1s1s", "-1s1", "١s1", "1s" + "1" * 16])
def test_only_a_place_is_read_as_one(text: str) -> None:
    assert HistoryPlace.read(text) is None
    place = HistoryPlace(1777900000000, True, 12)
    assert HistoryPlace.read(str(place)) == place


def test_a_run_that_was_held_after_a_search_is_listed_with_it_or_under_held(
    nightly: Queue, db: object
) -> None:
    run = _run(nightly, 1)
    search = _search(1)
    search.change(run=run)
    assert read(EVERYTHING, START).shown == [search]
    assert read(SearchFilter(outcome=HELD), START).shown == [run]
