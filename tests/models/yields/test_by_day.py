"""What the searches of each day brought."""

from datetime import date

from models.instances import Instance
from models.searches import Search
from models.yields import Yield
from models.yields.by_day import by_day
from tests.conftest import START
from tests.wanted import wanted


def test_each_day_has_a_line_also_without_a_search(living_room: Instance) -> None:
    search = Search.begin([wanted(living_room)], None, START, 1)
    search.change(state="done", outcome="grabbed", fate="imported")
    Yield.count_outcome(search)
    Yield.count_fate(search, None)
    found = by_day(date(2026, 5, 5), 3, demo=False)
    assert [(line.day.day, line.outcomes, line.imported) for line in found] == [
        (3, {}, 0),
        (4, {"grabbed": 1}, 1),
        (5, {}, 0),
    ]
    assert sum(line.searches for line in by_day(date(2026, 5, 5), 3, demo=True)) == 0
