"""How scores went over time."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.household import Household
from models.instances import Instance
from models.scores import ScoreChange
from models.scores.gains import gains, total

DAY = timedelta(days=1)
FIRST = date(2026, 5, 4)
WEEKS = [(FIRST + 7 * number * DAY, FIRST + (7 * number + 6) * DAY) for number in range(3)]


def changed(instance: Instance, at: datetime, before: int, after: int) -> None:
    scores = {"score_before": before, "score_after": after}
    ScoreChange.create(instance=instance, arr_id=1, title="x", at=at, **scores)


def test_each_span_has_its_files_in_the_household_s_days(
    living_room: Instance, cinema: Instance
) -> None:
    Household.current().change(time_zone="Asia/Tokyo")
    tokyo = ZoneInfo("Asia/Tokyo")
    begin = datetime(2026, 5, 4, tzinfo=tokyo)
    changed(living_room, begin - timedelta(seconds=1), 0, 9_000)
    changed(living_room, begin, -10_000, 1_700)
    changed(cinema, begin + 7 * DAY - timedelta(seconds=1), 100, 90)
    changed(cinema, begin + 7 * DAY, 100, 100)
    changed(cinema, begin + 21 * DAY, 0, 9_000)
    first, second, third = gains(WEEKS, demo=False)
    assert (first.better, first.worse, first.same) == (1, 1, 0)
    assert (first.points, first.mean_before, first.mean_after) == (11_690, -4_950, 895)
    assert (second.files, second.same, third.files) == (1, 1, 0)
    whole = total([first, second, third])
    assert (whole.first, whole.last, whole.files) == (FIRST, WEEKS[-1][1], 3)
    assert whole.points == 11_690


def test_the_demo_is_counted_apart(living_room: Instance, cinema: Instance) -> None:
    cinema.change(demo=True)
    changed(cinema, datetime(2026, 5, 5, tzinfo=ZoneInfo("UTC")), 1, 5)
    assert total(gains(WEEKS, demo=False)).files == 0
    assert total(gains(WEEKS, demo=True)).points == 4
