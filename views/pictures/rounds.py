"""The lines of the plan: what is left of each queue's round, day by day, on one axis of days."""

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from models.plan import Outlook
from views.web.charts import Axis, Label, Point, area, line
from views.web.words import day_words

# Days; a longer round runs out of the picture.
LONGEST, SHORTEST = 365, 7
# The end of the longest line leaves room for its date.
ROOM = 1.2
MARKS = (0, 0.25, 0.5, 0.75)


class RoundLine(NamedTuple):
    """One queue's line from all of its round to nothing; `own` is at the pace of its last 14 days.

    `end` is the day at which it reaches the ground, if that is in the picture.
    """

    line: str
    area: str
    own: str
    end: Label | None
    date: str


class RoundLines(NamedTuple):
    """The lines by the key of their outlook, and the days beneath them."""

    by_key: dict[int, RoundLine]
    labels: list[Label]

    @classmethod
    def of(cls, outlooks: dict[int, Outlook], now: datetime, zone: tzinfo) -> "RoundLines":
        shown = {key: each for key, each in outlooks.items() if is_shown(each)}
        last = _last(shown.values())
        labels = [Label(100 * mark, _date(now, last * mark, zone)) for mark in MARKS]
        return cls(
            {key: _line_of(each, last, now, zone) for key, each in shown.items()},
            [Label(0, "today"), *labels[1:]],
        )


def is_shown(outlook: Outlook) -> bool:
    """Whether there is a round to draw."""
    return bool(not outlook.unread and outlook.round.items and outlook.pace.a_day)


def _last(outlooks: Iterable[Outlook]) -> float:
    """The days of the axis; a slow pace of the last 14 days at most doubles it."""
    both = [(each.days, each.own_days) for each in outlooks]
    planned = max([SHORTEST, *(days for days, _ in both if days is not None)])
    real = max([0.0, *(own for _, own in both if own is not None)])
    return min(max(planned, min(real, 2 * planned)) * ROOM, LONGEST)


def _line_of(outlook: Outlook, last: float, now: datetime, zone: tzinfo) -> RoundLine:
    points = _points(outlook.days, last)
    drawn = line(points)
    date = "" if outlook.days is None else _date(now, outlook.days, zone)
    is_inside = outlook.days is not None and outlook.days < last
    return RoundLine(
        drawn,
        area(drawn, points),
        line(_points(outlook.own_days, last)) if outlook.own_days is not None else "",
        Label(points[-1][0], date) if is_inside else None,
        date,
    )


def _points(days: float | None, last: float) -> list[Point]:
    """A line from all to nothing; a level one where the round never ends."""
    if days is None:
        return [(0, 0), (100, 0)]
    end = min(days, last)
    return [(0, 0), (Axis(0, last).at(end), Axis(0, days).at(end))]


def _date(now: datetime, days: float, zone: tzinfo) -> str:
    then = (now + timedelta(days=days)).astimezone(zone)
    return day_words(then) + (f" {then.year}" if days > LONGEST else "")
