"""Season grids, the numbers of pages, and the way back."""

from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.requests import Request

from models.backlog.eligibility import Reason
from models.browsing.series import Cell, SeasonCells
from views.web.backs import LONGEST, back_of
from views.web.grids import A_LINE, FURTHEST, PITCH, grid_of
from views.web.pages import neighbours


def _season(*episodes: int | None, monitored: int | None = None) -> SeasonCells:
    cells = [
        Cell(number, 1, episode, "", "missing", Reason.ELIGIBLE, None)
        for number, episode in enumerate(episodes)
    ]
    return SeasonCells(1, cells, monitored)


def _places(season: SeasonCells) -> list[int]:
    grid = grid_of(season, is_whole=True)
    return [(each.x + each.y * A_LINE) // PITCH for each in grid.squares]


@pytest.mark.parametrize(
    ("episodes", "places"),
    [
        ((1, 2, 4), [0, 1, 3]),
        ((A_LINE, A_LINE + 1), [25, 26]),
        ((3, None, None), [2, 3, 4]),
        ((None,), [0]),
        ((2, 2), [0, 1]),
        ((0, 5), [0, 1]),
        ((1, FURTHEST + 1), [0, 1]),
        ((7_000_000,), [0]),
    ],
)
def test_an_episode_stands_at_its_number_where_numbers_can_be_drawn(
    episodes: tuple[int | None, ...], places: list[int]
) -> None:
    assert _places(_season(*episodes)) == places


def test_what_is_not_wanted_is_drawn_unless_a_filter_hides_it() -> None:
    season = _season(2, monitored=4)
    whole = grid_of(season, is_whole=True)
    assert whole.others.count("M") == 3 and whole.height == PITCH
    assert grid_of(season, is_whole=False).others == ""
    assert grid_of(_season(1, monitored=10**9), is_whole=True).height == FURTHEST // A_LINE * PITCH


@pytest.mark.parametrize(
    ("page", "last", "shown"),
    [
        (1, 1, [1]),
        (1, 9, [1, 2, 3, None, 9]),
        (5, 9, [1, None, 3, 4, 5, 6, 7, None, 9]),
        (4, 6, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_pages_that_are_near_have_numbers(page: int, last: int, shown: list[int | None]) -> None:
    assert neighbours(page, last) == shown


@pytest.mark.parametrize(
    ("told", "referer", "address", "label"),
    [
        ("/backlog?sort=turn&page=3", "", "/backlog?sort=turn&page=3", "Backlog"),
        ("/searches?page=2", "", "/searches?page=2", "History"),
        ("/", "", "/", "Dashboard"),
        ("", "http://here/runs/7", "/runs/7", "Runs"),
        ("", "http://elsewhere/runs/7", "/", "Dashboard"),
        ("", "http://here/items/7", "/backlog", "Backlog"),
        ("https://evil.example/backlog", "", "/", "Dashboard"),
        ("//evil.example/backlog", "", "/", "Dashboard"),
        ("/\\evil.example/backlog", "", "/", "Dashboard"),
        ("/session", "", "/backlog", "Backlog"),
        ("/backlog?text=" + "x" * LONGEST, "", "/backlog", "Backlog"),
        ("/backlog\nX-Evil: 1", "", "/", "Dashboard"),
    ],
)
def test_the_way_back_leads_to_a_list_of_this_program_alone(
    told: str, referer: str, address: str, label: str
) -> None:
    class State:
        base_path = ""

    class App:
        state = State()

    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "path": "/items/1", "scheme": "http",
        "server": ("here", 80), "headers": [(b"referer", referer.encode()), (b"host", b"here")],
        "query_string": urlencode({"back": told}).encode(), "app": App(), "state": {},
    }  # fmt: skip
    back = back_of(Request(scope))
    assert (back.address, back.label) == (address, label)
