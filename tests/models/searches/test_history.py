"""The history, as lists of it are made."""

import logging
from datetime import timedelta

import pytest

from models.instances import Instance
from models.searches import Search
from models.searches.history import latest_grabs
from tests.conftest import START
from tests.wanted import wanted


@pytest.fixture
def searched(living_room: Instance) -> list[Search]:
    """Six searches, an hour apart, each of an item of its own; every second one grabbed."""
    made = []
    for number in range(6):
        search = Search.begin([wanted(living_room)], None, START + timedelta(hours=number), 1)
        search.change(state="done", outcome="nothing" if number % 2 else "grabbed")
        made.append(search)
    return made


def test_the_latest_grabs_are_the_newest_first_with_their_items(searched: list[Search]) -> None:
    found = latest_grabs(2)
    assert found == [searched[4], searched[2]]
    assert [each.item_id for each in found] == [each.items[0].id for each in found]


def test_the_latest_grabs_take_one_query(
    searched: list[Search], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "peewee"):
        assert len(latest_grabs(9)) == 3
    assert len(caplog.records) == 1


@pytest.mark.embedded("asks SQLite for its plan")
def test_the_latest_grabs_are_found_by_an_index(
    searched: list[Search], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "peewee"):
        latest_grabs(9)
    sql, values = caplog.records[0].msg
    plan = str(Search._meta.database.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall())
    assert "outcome" in plan and "TEMP B-TREE FOR ORDER" not in plan
