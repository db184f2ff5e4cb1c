"""A week of all queues as lanes: what their runs brought, and when the next ones come."""

from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.dashboard.week import PastRun, QueueLane, Week
from views.web.charts import Box, Label, TimeAxis, strokes
from views.web.words import plural

DAY = timedelta(days=1)
WORDS = {"grabbed": "grabbed something", "held": "held", "nothing": "brought nothing"}


class LanePicture(NamedTuple):
    """One queue's lane.

    `shades` are its allowed hours.
    `paths` are upright strokes for the runs, by what they brought, and for those to come.
    `days` tell in a tooltip what happened on each day.
    `about` says the same of all days in a sentence.
    """

    lane: QueueLane
    shades: list[Box]
    paths: dict[str, str]
    days: list[tuple[Box, str]]
    about: str


class WeekPicture(NamedTuple):
    """`now` is the place of the present; `days` name the days at their places."""

    days: list[Label]
    now: float
    lanes: list[LanePicture]


def week_picture(week: Week, zone: ZoneInfo) -> WeekPicture:
    axis = TimeAxis(week.first, week.last)
    return WeekPicture(
        _days(week, axis, zone),
        axis.at(week.now),
        [_lane(each, week, axis, zone) for each in week.lanes],
    )


def _days(week: Week, axis: TimeAxis, zone: ZoneInfo) -> list[Label]:
    """The name of each day, at its noon."""
    noons = (midnight + DAY / 2 for midnight in _midnights(week, zone))
    return [Label(axis.at(noon), f"{noon:%a}") for noon in noons if week.first < noon < week.last]


def _midnights(week: Week, zone: ZoneInfo) -> list[datetime]:
    first = week.first.astimezone(zone).date()
    return [datetime.combine(first + number * DAY, time(), zone) for number in range(9)]


def _lane(lane: QueueLane, week: Week, axis: TimeAxis, zone: ZoneInfo) -> LanePicture:
    marks = {mark: [run for run in lane.past if run.mark == mark] for mark in WORDS}
    return LanePicture(
        lane=lane,
        shades=[
            Box("open", axis.at(begin), 0, round(axis.at(end) - axis.at(begin), 2), 100)
            for begin, end in lane.open or ()
        ],
        paths={
            **{mark: strokes(axis.at(run.at) for run in runs) for mark, runs in marks.items()},
            "coming": strokes(axis.at(at) for at in lane.coming),
        },
        days=[
            (Box("day", axis.at(begin), 0, round(axis.at(end) - axis.at(begin), 2), 100), told)
            for begin, end in pairwise(_midnights(week, zone))
            if (told := _told(lane, begin, end))
        ],
        about=_about(lane),
    )


def _told(lane: QueueLane, begin: datetime, end: datetime) -> str:
    """What happened on one day, or comes; "" for nothing."""
    past = [run for run in lane.past if begin <= run.at < end]
    coming = sum(begin <= at < end for at in lane.coming)
    parts = [_counts(past)] if past else []
    if coming:
        parts.append(f"{plural(coming, 'run')} to come")
    return f"{begin:%a}: {', '.join(parts)}" if parts else ""


def _counts(runs: list[PastRun]) -> str:
    """ "12 runs, 5 grabbed something, 1 held"."""
    counts = ((sum(run.mark == mark for run in runs), words) for mark, words in WORDS.items())
    told = (f"{count} {words}" for count, words in counts if count)
    return ", ".join((plural(len(runs), "run"), *told))


def _about(lane: QueueLane) -> str:
    past = f"In 4 days {_counts(lane.past)}" if lane.past else "No run in 4 days"
    return f"{lane.queue.name}. {past}. {plural(len(lane.coming), 'run')} to come in 3 days."
