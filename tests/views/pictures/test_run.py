"""The time line of a run: places of searches and waits between its beginning and its end."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.searches import Search
from models.searches.runs import Run
from views.pictures.run import NARROWEST, run_line

BEGIN = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def _at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def _run(**columns: Any) -> Run:
    return Run(**{"started_at": BEGIN, "finished_at": _at(100), "state": "finished"} | columns)


def _search(begin: float, end: float | None, outcome: str | None, name: str = "Cinema") -> Search:
    finished = None if end is None else _at(end)
    times = {"created_at": _at(begin), "finished_at": finished}
    return Search(id=begin, instance_name=name, outcome=outcome, **times)


def test_a_search_stands_at_its_time_in_the_colour_of_its_outcome() -> None:
    line = run_line(_run(), [_search(10, 20, "grabbed"), _search(50, 80, "nothing")], BEGIN, BERLIN)
    boxes = [mark.box for mark in line.marks]
    assert [(box.state, box.x, box.width) for box in boxes] == [
        ("grabbed", 10, 10),
        ("nothing", 50, 30),
    ]
    assert [(mark.waited, mark.took) for mark in line.marks] == [(None, 10), (30, 30)]


def test_waits_fill_the_time_between_and_the_first_is_getting_ready() -> None:
    line = run_line(_run(), [_search(10, 20, "grabbed"), _search(50, 80, "nothing")], BEGIN, BERLIN)
    found = [(wait.box.x, wait.box.width, wait.seconds, wait.is_first) for wait in line.waits]
    assert found == [(0, 10, 10, True), (20, 30, 30, False)]


def test_each_instance_has_a_line_of_its_own() -> None:
    made = [_search(10, 20, "grabbed"), _search(15, 30, "failed", "Living room")]
    line = run_line(_run(), made, BEGIN, BERLIN)
    assert [name for name, _ in line.lanes] == ["Cinema", "Living room"]
    first, second = (mark.box for mark in line.marks)
    assert first.y + first.height < second.y and second.y + second.height <= 100


def test_a_search_under_way_reaches_to_now_and_the_next_one_has_room() -> None:
    run = _run(state="active", finished_at=None, next_search_at=_at(200))
    line = run_line(run, [_search(10, None, None)], _at(50), BERLIN)
    (mark,) = line.marks
    assert (mark.box.state, mark.box.x, mark.took) == ("sent", 5, None)
    assert line.labels[-1].text == "14:03:20"


def test_a_held_run_says_where_it_was_held() -> None:
    held = run_line(_run(state="held"), [_search(1, 2, "nothing")], BEGIN, BERLIN).held
    assert held and held.state == "held" and held.x + held.width == 100
    assert run_line(_run(), [], BEGIN, BERLIN).held is None


def test_nothing_lies_outside_the_picture_and_a_short_search_is_seen() -> None:
    """Clocks that were set give times in any order."""
    made = [_search(-50, -40, "failed"), _search(100, 100, "nothing"), _search(500, 20, "unknown")]
    for state in ("finished", "active"):
        line = run_line(_run(state=state), made, BEGIN, BERLIN)
        for box in [*(mark.box for mark in line.marks), *(wait.box for wait in line.waits)]:
            assert box.width >= NARROWEST
            assert box.x >= 0 and round(box.x + box.width, 2) <= 100


def test_a_run_of_no_time_can_be_drawn() -> None:
    line = run_line(_run(finished_at=BEGIN), [_search(0, 0, "failed")], BEGIN, BERLIN)
    assert line.marks[0].box.width == NARROWEST
    assert [label.text for label in line.labels] == ["14:00:00", "14:00:00", "14:00:01"]
