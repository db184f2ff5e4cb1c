"""A week of all queues as lanes: what their runs brought, and when the next ones come."""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.dashboard.week import QueueLane, Week
from views.web.charts import Box, Days, Label, strokes
from views.web.words import plural

DAY = timedelta(days=1)
# The width of the mark of a run, in percent of the week.
MARK = 0.5
WORDS = {"grabbed": "grabbed something", "held": "held", "nothing": "brought nothing"}


class LanePicture(NamedTuple):
    """One queue's lane.

    `marks` are its runs that brought something or were held, each with its tooltip.
    `nothing` and `coming` are paths of upright strokes.
    `about` says the same in a sentence.
    """

    lane: QueueLane
    shades: list[Box]
    marks: list[tuple[Box, str]]
    nothing: str
    coming: str
    about: str


class WeekPicture(NamedTuple):
    """`now` is the place of the present; `days` name the days at their places."""

    days: list[Label]
    now: float
    lanes: list[LanePicture]


def week_picture(week: Week, zone: ZoneInfo) -> WeekPicture:
    axis = Days(week.first, week.last)
    return WeekPicture(
        _days(week, axis, zone), axis.at(week.now), [_lane(each, axis, zone) for each in week.lanes]
    )


def _days(week: Week, axis: Days, zone: ZoneInfo) -> list[Label]:
    """The name of each day, at its noon."""
    first = week.first.astimezone(zone)
    noons = (
        datetime.combine(first.date() + number * DAY, first.time(), zone).replace(hour=12, minute=0)
        for number in range(9)
    )
    inside = [noon for noon in noons if week.first < noon < week.last]
    return [Label(axis.at(noon), f"{noon:%a}") for noon in inside]


def _lane(lane: QueueLane, axis: Days, zone: ZoneInfo) -> LanePicture:
    told = [run for run in lane.past if run.mark != "nothing"]
    quiet = [run for run in lane.past if run.mark == "nothing"]
    tall = {"grabbed": 100, "held": 70}
    marks = [
        (
            Box(
                run.mark,
                max(axis.at(run.at) - MARK / 2, 0),
                100 - tall[run.mark],
                MARK,
                tall[run.mark],
            ),
            f"{run.at.astimezone(zone):%a %H:%M}: "
            + (f"{run.grabbed} of {run.searches} grabbed" if run.grabbed else "held"),
        )
        for run in told
    ]
    return LanePicture(
        lane=lane,
        shades=[
            Box("open", axis.at(begin), 0, round(axis.at(end) - axis.at(begin), 2), 100)
            for begin, end in lane.open or ()
        ],
        marks=marks,
        nothing=strokes(axis.at(run.at) for run in quiet),
        coming=strokes(axis.at(at) for at in lane.coming),
        about=_about(lane),
    )


def _about(lane: QueueLane) -> str:
    counts = [
        f"{sum(run.mark == mark for run in lane.past)} {words}"
        for mark, words in WORDS.items()
        if any(run.mark == mark for run in lane.past)
    ]
    past = f"{plural(len(lane.past), 'run')} in 4 days" + (
        f": {', '.join(counts)}" if counts else ""
    )
    return f"{lane.queue.name}. {past}. {plural(len(lane.coming), 'run')} to come in 3 days."
