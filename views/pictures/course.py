"""The backlog over time, with straight lines ahead."""

from datetime import date, timedelta
from typing import NamedTuple

from models.plan.course import Course
from views.web.charts import Axis, Label, area, line
from views.web.words import day_words, number

# The picture reaches as many days ahead as the earliest end is away, within these.
SHORTEST, LONGEST = 14, 180


class CoursePicture(NamedTuple):
    """`plan` and `own` are paths of dashed lines; "" where nothing is known."""

    line: str
    area: str
    plan: str
    own: str
    now: float
    labels: list[Label]
    rows: list[tuple[str, str]]

    @property
    def is_telling(self) -> bool:
        """False on the first day, when there is neither a past nor a pace to draw."""
        return len(self.rows) > 1 or bool(self.plan or self.own)


def course_picture(course: Course, planned: float | None) -> CoursePicture:
    """`planned` is by how many the backlog would shrink a day by the plan."""
    before = course.days or [(course.today, course.items)]
    first, ahead = before[0][0], _ahead(course, planned)
    across = Axis(first.toordinal(), (course.today + timedelta(days=ahead)).toordinal())
    up = Axis(max([course.items, *(items for _, items in before)]) * 1.05, 0)
    known = [*course.days, (course.today, course.items)]
    points = [(across.at(day.toordinal()), up.at(items)) for day, items in known]
    drawn = line(points)
    return CoursePicture(
        line=drawn,
        area=area(drawn, points),
        plan=_towards(course, planned, ahead, across, up),
        own=_towards(course, course.own, ahead, across, up),
        now=across.at(course.today.toordinal()),
        labels=_labels(first, course.today, ahead, across),
        rows=[(day_words(day), number(items)) for day, items in reversed(known)],
    )


def _ahead(course: Course, planned: float | None) -> int:
    ends = [end for pace in (planned, course.own) if (end := course.end(pace))]
    days = max(((end - course.today).days for end in ends), default=SHORTEST)
    return min(max(days, SHORTEST), LONGEST)


def _towards(course: Course, a_day: float | None, ahead: int, across: Axis, up: Axis) -> str:
    """The path from now to the end, or to the edge of the picture."""
    if a_day is None:
        return ""
    end = course.end(a_day)
    days = min((end - course.today).days, ahead) if end else ahead
    there = course.today.toordinal() + days
    items = 0 if end and days < ahead else max(course.items - a_day * days, 0)
    return line(
        [
            (across.at(course.today.toordinal()), up.at(course.items)),
            (across.at(there), up.at(items)),
        ]
    )


def _labels(first: date, today: date, ahead: int, across: Axis) -> list[Label]:
    last = today + timedelta(days=ahead)
    found = [Label(0, day_words(first))] if first < today else []
    at = across.at(today.toordinal())
    if 15 < at < 85 or not found:
        found.append(Label(at, "today"))
    return [*found, Label(100, day_words(last))]
