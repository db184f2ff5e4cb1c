"""The time line of a run: places of searches and waits between its beginning and its end."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from models.database.fields import to_ms
from models.searches import Search
from models.searches.holds import Hold
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


def _holds(*holds: tuple[float, str]) -> str:
    made = [Hold(since=to_ms(_at(since)), gates=gates, sentence=gates) for since, gates in holds]
    return msgspec.json.encode(made).decode()


def test_a_hold_lasts_until_the_next_search_the_next_hold_or_the_end() -> None:
    run = _run(holds_json=_holds((10, "budget:1"), (40, "budget:1"), (60, "disk:1")))
    line = run_line(run, [_search(30, 35, "nothing")], BEGIN, BERLIN)
    found = [(each.box.x, each.box.width, each.took, each.held.sentence) for each in line.holds]
    assert found == [
        (10, 20, 20, "budget:1"),
        (40, 20, 20, "budget:1"),
        (60, 40, 40, "disk:1"),
    ]
    assert [row.took for row in line.rows] == [20, 5, 20, 40]
    assert [each.is_wide for each in line.holds] == [False, True, True]
    assert line.holds[0].title == "Held from 14:00 to 14:00: budget:1"


def test_a_hold_that_goes_on_reaches_to_the_last_attempt() -> None:
    run = _run(state="held", holds_json=_holds((50, "refused:1")))
    line = run_line(run, [_search(1, 2, "nothing")], BEGIN, BERLIN)
    (hold,) = line.holds
    assert (hold.box.x, hold.box.width, hold.took) == (50, 50, None)
    assert hold.title.startswith("Held since 04 May, 14:00")


def test_only_a_hold_that_is_over_or_a_search_makes_a_time_line() -> None:
    waits = _run(state="held", holds_json=_holds((50, "refused:1")))
    assert not run_line(waits, [], BEGIN, BERLIN).is_telling
    assert not run_line(_run(), [], BEGIN, BERLIN).is_telling
    over = _run(holds_json=_holds((50, "refused:1")))
    assert run_line(over, [], BEGIN, BERLIN).is_telling


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
