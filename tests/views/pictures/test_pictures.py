"""Pictures say what the figures say."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from models.database.fields import to_ms
from models.plan.course import Course
from models.yields.by_day import DayLine
from tests.conftest import START
from views.pictures.budget import budget_picture
from views.pictures.course import course_picture
from views.pictures.days import days_picture

TODAY = date(2026, 5, 4)
UTC = ZoneInfo("UTC")


def test_a_budget_never_rises_above_the_picture() -> None:
    used = [(to_ms(START - timedelta(hours=hours)), count) for hours, count in ((24, 0), (6, 30))]
    shown = budget_picture(used, 20, START, UTC)
    assert shown.most == 30
    assert shown.line == "M0.0 100.0H75.0V13.04H100.0V13.04"
    assert 0 < shown.at_ceiling < 100
    assert [each.text for each in shown.labels] == ["Sun 12:00", "18:00", "00:00", "06:00", "now"]


def test_a_course_ends_where_nothing_is_left() -> None:
    days = [(TODAY - timedelta(days=10), 200), (TODAY - timedelta(days=5), 150)]
    shown = course_picture(Course(TODAY, days, 100, 10.0), 5.0)
    assert shown.now == 33.33
    assert shown.plan.endswith("100.0 100.0")
    assert shown.own.endswith("66.67 100.0")
    assert shown.rows == [("4 May", "100"), ("29 Apr", "150"), ("24 Apr", "200")]


def test_a_course_without_a_past_or_a_pace_is_drawn() -> None:
    shown = course_picture(Course(TODAY, [], 0, None), None)
    assert (shown.plan, shown.own) == ("", "")
    assert [each.text for each in shown.labels] == ["today", "18 May"]


def test_a_first_day_without_a_pace_tells_nothing() -> None:
    yesterday = [(TODAY - timedelta(days=1), 90)]
    assert not course_picture(Course(TODAY, [], 100, None), None).is_telling
    assert course_picture(Course(TODAY, yesterday, 100, None), None).is_telling
    assert course_picture(Course(TODAY, [], 100, None), 5.0).is_telling


def test_a_backlog_that_grows_is_drawn_to_the_edge() -> None:
    shown = course_picture(Course(TODAY, [], 100, -3.0), None)
    assert shown.own.endswith("100.0 0.0")


def test_the_days_are_added_up() -> None:
    lines = [DayLine(TODAY, {"grabbed": 2, "nothing": 4}, 1), DayLine(TODAY, {}, 0)]
    shown = days_picture(lines)
    assert (shown.searches, shown.grabbed, shown.answered, shown.imported) == (6, 2, 6, 1)
    assert shown.columns[0].title == "4 May: 6 searches, 2 grabbed, 4 nothing found"
    assert shown.columns[1].title == "4 May: no search"
    assert len(shown.rows) == 1
