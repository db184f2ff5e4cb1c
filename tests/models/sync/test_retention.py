"""What is forgotten of the history, and what never is."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from models.backlog import Item
from models.backlog.snapshots import Drift
from models.budgets import Ledger
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches import Search, SearchItem
from models.searches.grabs import Grab
from models.searches.runs import Run
from models.sync.retention import (
    ALWAYS_KEPT,
    CHUNK,
    forget_drifts,
    forget_runs,
    forget_searches,
    horizon,
)
from tests.conftest import START
from tests.wanted import wanted

YEAR = timedelta(days=365)
SECOND = timedelta(seconds=1)


def searched(instance: Instance, at: datetime, **more: Any) -> Search:
    facts = {"queue_name": "Nightly", "instance_name": instance.name, "demo": False, "attempt": 1}
    facts |= {"kind": "episode", "want": "missing", "title": "x", "state": "done"}
    return Search.create(**facts | {"instance": instance, "created_at": at} | more)


def ran(queue: Queue, at: datetime, state: str = "finished") -> Run:
    return Run.create(
        queue=queue, queue_name=queue.name, trigger="schedule", state=state, started_at=at
    )


@pytest.fixture
def newest(living_room: Instance) -> Search:
    """A search made at this moment."""
    return searched(living_room, START)


def test_a_year_is_kept_if_nobody_says_otherwise(newest: Search) -> None:
    searched(newest.instance, START - YEAR - SECOND)
    young = searched(newest.instance, START - YEAR + SECOND)
    assert forget_searches(horizon(START)) == 1
    assert set(Search.select()) == {young, newest}


@pytest.mark.parametrize("days", [0, -5, 1, 2])
def test_the_last_two_days_stay_whatever_the_setting(days: int, newest: Search) -> None:
    Household.current().change(history_days=days)
    searched(newest.instance, START - timedelta(days=max(days, 2)) - SECOND)
    young = searched(newest.instance, START - ALWAYS_KEPT + SECOND)
    while forget_searches(horizon(START)):
        pass
    assert set(Search.select()) == {young, newest}


def test_a_clock_that_runs_ahead_costs_no_budget_row(living_room: Instance) -> None:
    searched(living_room, START)
    ahead = START + timedelta(days=4000)
    assert forget_searches(horizon(ahead)) == 0


def test_deleting_history_gives_no_budget_back(living_room: Instance) -> None:
    Household.current().change(history_days=0)
    for hours in range(60):
        searched(living_room, START - timedelta(hours=hours))
    before = Ledger.at(START).binding(living_room)
    while forget_searches(horizon(START)):
        pass
    assert Ledger.at(START).binding(living_room) == before
    assert Search.select().count() == 49


def test_a_search_whose_outcome_is_to_come_stays(living_room: Instance) -> None:
    for state in ("sending", "sent"):
        search = searched(living_room, START - 2 * YEAR, state=state)
        assert forget_searches(horizon(START)) == 0
        search.delete_instance()


def test_its_links_and_grabs_go_with_it_and_its_item_stays(newest: Search) -> None:
    instance = newest.instance
    item = wanted(instance, searched_at=START)
    search = searched(instance, START - 2 * YEAR)
    SearchItem.create(search=search, item=item)
    facts = {"arr_id": 1, "release": "x", "indexer": "y", "grabbed_at": START}
    Grab.create(search=search, instance=instance, **facts)
    forget_searches(horizon(START))
    assert (SearchItem.select().count(), Grab.select().count()) == (0, 0)
    assert Item.get_by_id(item.id).searched_at == START


def test_one_step_is_a_chunk(newest: Search) -> None:
    for _ in range(CHUNK + 3):
        searched(newest.instance, START - 2 * YEAR)
    assert [forget_searches(horizon(START)) for _ in range(3)] == [CHUNK, 3, 0]


def test_a_run_goes_when_nothing_is_left_of_it(nightly: Queue, living_room: Instance) -> None:
    long_ago = START - 2 * YEAR
    empty, young = ran(nightly, long_ago), ran(nightly, START)
    with_search, active = ran(nightly, long_ago), ran(nightly, long_ago, "active")
    searched(living_room, START, run=with_search)
    assert forget_runs(horizon(START)) == 1
    assert set(Run.select()) == {young, with_search, active} - {empty}


def test_old_changes_of_an_instance_are_forgotten(living_room: Instance) -> None:
    for at in (START - 2 * YEAR, START):
        Drift.create(instance=living_room, at=at, sentence="The tag “kids” is new.")
    assert forget_drifts(horizon(START)) == 1
    assert Drift.get().at == START
