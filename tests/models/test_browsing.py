"""Looking through the backlog: filters, groups, pages and counts."""

import pytest

from models.backlog.eligibility import Reason
from models.browsing import COUNTED, PAGE, FoundItems, ItemFilter, read
from models.instances import Instance
from models.searches import Search
from tests.conftest import START
from tests.wanted import wanted


def titles(found: FoundItems) -> list[str]:
    return [
        item.title for group in found.groups for each in group.seasons.values() for item in each
    ]


def test_series_come_first_season_by_season_then_movies_by_letter(
    living_room: Instance, cinema: Instance
) -> None:
    for title in ("Zebra", "apple", "2012"):
        wanted(cinema, title=title, sort_title=title.lower())
    wanted(living_room, season=2, episode=1)
    wanted(living_room, season=1, episode=2)
    wanted(living_room, series_id=6, series_title="Amber", sort_title="amber")
    found = read(ItemFilter(), 1, START)
    assert [(group.title, list(group.seasons)) for group in found.groups] == [
        ("Amber", [1]), ("Low Water", [1, 2]), ("0–9", [None]), ("A", [None]), ("Z", [None]),
    ]  # fmt: skip
    assert (found.total, found.shown, found.has_more) == (6, 6, False)


def test_series_of_the_same_name_on_two_instances_are_two(
    living_room: Instance, cinema: Instance
) -> None:
    wanted(living_room)
    wanted(cinema, series_id=5, series_title="Low Water", sort_title="low water")
    assert len(read(ItemFilter(), 1, START).groups) == 2


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (ItemFilter(), {"One", "100% Wolf", "Three"}),
        (ItemFilter(want="upgrade"), {"Three"}),
        (ItemFilter(instance=2), {"100% Wolf"}),
        (ItemFilter(series=5), {"One", "Three"}),
        (ItemFilter(series=5, instance=2), set()),
        (ItemFilter(reason=Reason.ELIGIBLE), {"One", "100% Wolf"}),
        (ItemFilter(reason=Reason.UNMONITORED), {"Three"}),
        (ItemFilter(reason=Reason.LEFT), {"Gone"}),
        (ItemFilter(text="wolf"), {"100% Wolf"}),
        (ItemFilter(text="low WATER"), {"One", "Three"}),
        (ItemFilter(text="100%"), {"100% Wolf"}),
        (ItemFilter(text="_"), set()),
    ],
)
def test_filters_narrow_the_list_and_the_count(
    chosen: ItemFilter, expected: set[str], living_room: Instance, cinema: Instance
) -> None:
    wanted(living_room, title="One")
    wanted(cinema, title="100% Wolf")
    wanted(living_room, title="Three", want="upgrade", monitored=False)
    wanted(living_room, title="Gone", left_at=START)
    found = read(chosen, 1, START)
    assert set(titles(found)) == expected
    assert (found.total, found.is_more) == (len(expected), False)


def test_pages_follow_each_other_without_a_gap(living_room: Instance) -> None:
    made = [wanted(living_room).title for _ in range(PAGE + 3)]
    first, second = read(ItemFilter(), 1, START), read(ItemFilter(), 2, START)
    assert titles(first) + titles(second) == made
    assert (first.has_more, second.has_more, second.first) == (True, False, PAGE + 1)
    assert read(ItemFilter(), 3, START).groups == []


def test_a_long_count_is_given_up(living_room: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.browsing.COUNTED", 3)
    for _ in range(5):
        wanted(living_room)
    found = read(ItemFilter(text="title"), 1, START)
    assert COUNTED > 3 and (found.total, found.is_more) == (3, True)
    assert read(ItemFilter(), 1, START).total == 5


def test_an_empty_history_has_no_search_of_an_item(living_room: Instance) -> None:
    assert list(Search.of_item(wanted(living_room))) == []
