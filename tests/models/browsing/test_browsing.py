"""Looking through the backlog: filters, sorts, letters, pages and counts."""

from datetime import timedelta
from typing import Any

import pytest

from models.backlog.eligibility import Reason
from models.browsing import COUNTED, PAGE, FoundItems, ItemFilter, read
from models.instances import Instance
from models.searches import Search
from tests.conftest import START
from tests.wanted import wanted

DAY = timedelta(days=1)


def titles(found: FoundItems) -> list[str]:
    return [item.title for item in found.items]


def test_series_and_movies_stand_together_by_title_season_by_season(
    living_room: Instance, cinema: Instance
) -> None:
    for title in ("Zebra", "apple", "2012"):
        wanted(cinema, title=title, sort_title=title.lower())
    wanted(living_room, title="Third", season=2, episode=1)
    wanted(living_room, title="Second", season=1, episode=2)
    wanted(living_room, title="First", series_id=6, series_title="Amber", sort_title="amber")
    found = read(ItemFilter(), 1, START)
    assert titles(found) == ["2012", "First", "apple", "Second", "Third", "Zebra"]
    assert (found.total, found.last, found.has_more) == (6, 6, False)


SORTED = {
    "title": ["A", "B", "C", "D"],
    "released": ["D", "B", "A", "C"],
    "searched": ["D", "A", "C", "B"],
    "attempts": ["D", "A", "C", "B"],
    "state": ["A", "B", "C", "D"],
    "turn": ["A", "B", "C", "D"],
}


@pytest.mark.parametrize("sort", SORTED)
@pytest.mark.parametrize("chosen", [ItemFilter(), ItemFilter(text="o"), ItemFilter(instance=1)])
def test_a_sort_has_two_directions_whatever_is_filtered(
    sort: str, chosen: ItemFilter, living_room: Instance
) -> None:
    """What is eligible has its turn first, and what nothing ends by itself has it last."""
    facts: dict[str, dict[str, Any]] = {
        "A": {"aired_at": START - 9 * DAY, "attempts": 1, "searched_at": START - 9 * DAY},
        "B": {"aired_at": START - 90 * DAY, "attempts": 3, "searched_at": START - DAY},
        "C": {"attempts": 2, "searched_at": START - 2 * DAY, "aired_at": START + DAY},
        "D": {"available": False, "aired_at": None},
    }
    for name, own in facts.items():
        wanted(living_room, title=name, sort_title=name.lower(), series_title="Foo", **own)
    found = read(chosen._replace(sort=sort), 1, START)
    assert titles(found) == SORTED[sort]
    down = read(chosen._replace(sort=sort, descending=True), 1, START)
    assert titles(down) == SORTED[sort][::-1]


@pytest.mark.parametrize(
    ("letter", "expected"), [("a", ["Amber", "As"]), ("z", ["Zoo"]), ("0", ["12", "Ärger"])]
)
def test_a_letter_shows_the_titles_that_begin_with_it(
    letter: str, expected: list[str], cinema: Instance
) -> None:
    for title in ("Zoo", "Amber", "12", "As", "Ärger"):
        wanted(cinema, title=title, sort_title=title.lower())
    found = read(ItemFilter(letter=letter), 1, START)
    assert (titles(found), found.total) == (expected, len(expected))
    typed = read(ItemFilter(letter=letter, text=expected[0]), 1, START)
    assert titles(typed) == expected[:1]
    assert read(ItemFilter(letter=letter, sort="attempts"), 1, START).total == 5


def test_the_count_of_a_letter_is_given_up(
    cinema: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.browsing.COUNTED_BY_INDEX", 60)
    for _ in range(PAGE + 12):
        wanted(cinema)
    found = read(ItemFilter(letter="t"), 1, START)
    assert (found.total, found.is_more, found.pages) == (60, True, 2)


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


@pytest.mark.parametrize("text", ["", "title"], ids=["counted", "by text"])
def test_a_page_after_the_last_is_the_last(text: str, living_room: Instance) -> None:
    for _ in range(PAGE + 3):
        wanted(living_room)
    for page in (3, 9999):
        found = read(ItemFilter(text=text), page, START)
        assert (found.page, found.pages, len(found.items)) == (2, 2, 3)
    found = read(ItemFilter(text="nothing like it"), 3, START)
    assert (found.page, found.pages, found.items) == (1, 1, [])


def test_a_page_too_far_on_is_the_last_that_is_read(
    living_room: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.browsing.LAST_PAGE", 2)
    for _ in range(PAGE * 2 + 3):
        wanted(living_room)
    found = read(ItemFilter(), 9, START)
    assert (found.first, found.pages, len(found.items)) == (PAGE + 1, 2, PAGE)


def test_a_long_count_is_given_up(living_room: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.browsing.COUNTED", PAGE + 2)
    for _ in range(PAGE + 5):
        wanted(living_room)
    found = read(ItemFilter(text="title"), 1, START)
    assert COUNTED > PAGE + 2 and (found.total, found.is_more) == (PAGE + 2, True)
    assert read(ItemFilter(), 1, START).total == PAGE + 5


def test_an_empty_history_has_no_search_of_an_item(living_room: Instance) -> None:
    assert list(Search.of_item(wanted(living_room))) == []
