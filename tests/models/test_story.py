"""The story of an item as a line of time."""

from datetime import timedelta

import pytest

from models.explain import explain
from models.instances import Instance
from models.searches import Search
from models.story import story
from tests.conftest import START
from tests.wanted import wanted


@pytest.mark.parametrize(("minutes", "is_told"), [(-40, True), (2, False), (34, False), (40, True)])
def test_a_search_by_something_else_is_told_where_the_rules_count_it_as_one(
    minutes: int, is_told: bool, living_room: Instance
) -> None:
    ours = START - timedelta(hours=5)
    item = wanted(living_room, searched_at=ours, arr_searched_at=ours + timedelta(minutes=minutes))
    search = Search.begin([item], None, ours, 1)
    kinds = [each.kind for each in story(explain(item, START), [search], None, START)]
    assert ("elsewhere" in kinds) == is_told
