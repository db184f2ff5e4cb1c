"""The geometry of charts."""

from datetime import timedelta

from tests.conftest import START
from views.web.charts import (
    Axis,
    Label,
    TimeAxis,
    area,
    columns,
    line,
    parts,
    round_top,
    scale,
    steps,
    strokes,
)


def test_an_axis_places_its_ends_and_what_is_between_and_nothing_outside() -> None:
    assert [Axis(10, 20).at(value) for value in (5, 10, 15, 20, 99)] == [0, 0, 50, 100, 100]
    assert Axis(20, 0).at(15) == 25
    assert Axis(3, 3).at(3) == 0


def test_an_axis_of_days_places_moments() -> None:
    assert TimeAxis(START, START + timedelta(days=4)).at(START + timedelta(days=1)) == 25


def test_the_top_of_a_scale_is_a_round_number() -> None:
    found = [round_top(most) for most in (0, 1, 2, 3, 7, 20, 21, 105, 340, 1_001)]
    assert found == [1, 1, 2, 3, 7, 20, 25, 120, 400, 1_200]
    assert scale(2_000) == [Label(0, "2\u202f000"), Label(50, "1\u202f000")]
    assert scale(1) == [Label(0, "1")]


def test_a_column_stacks_its_counts_without_gaps() -> None:
    (first, second) = columns([("Mon", {"failed": 1, "grabbed": 3}), ("Tue", {})], 4)
    assert [(each.state, each.y, each.height) for each in first.parts] == [
        ("grabbed", 25, 75),
        ("failed", 0, 25),
    ]
    assert (first.x, first.width, second.x, second.parts) == (0, 50, 50, [])


def test_a_bar_is_cut_by_its_counts() -> None:
    found = parts(
        {"eligible": 3, "cooldown": 1, "excluded": 0}, ("eligible", "excluded", "cooldown")
    )
    assert [(each.state, each.x, each.width) for each in found] == [
        ("eligible", 0, 75),
        ("cooldown", 75, 25),
    ]
    assert parts({}, ("eligible",)) == []


def test_paths_are_written_for_svg() -> None:
    points = [(0.0, 50.0), (20.0, 10.0)]
    assert line(points) == "M0.0 50.0 L20.0 10.0"
    assert steps(points) == "M0.0 50.0H20.0V10.0"
    assert area(steps(points), points) == "M0.0 50.0H20.0V10.0V100H0.0Z"
    assert strokes([1, 2.5]) == "M1 0V100M2.5 0V100"
    assert steps([]) == line([]) == area("", []) == ""


def test_a_label_at_an_edge_is_not_cut() -> None:
    assert [Label(at, "").anchor for at in (0, 50, 100)] == ["start", "middle", "end"]
