"""The use of an hourly budget over the last day, as steps under a ceiling."""

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.budgets import Spending
from models.database.fields import MILLISECOND, to_ms
from views.web.charts import Axis, Label, TimeAxis, area, steps

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
# A step of the picture shows the highest use within it.
STEP = timedelta(minutes=6)
LABELLED = (18, 12, 6)
# The room above the ceiling, as a share of it.
ABOVE = 1.15


class BudgetPicture(NamedTuple):
    """`ceiling` is the path of the limit, `at_ceiling` its place from the top."""

    line: str
    area: str
    ceiling: str
    at_ceiling: float
    labels: list[Label]
    most: int
    rows: list[tuple[str, str]]


def budget_picture(
    used: list[Spending], limit: int, now: datetime, zone: ZoneInfo
) -> BudgetPicture:
    """`used` is what `Ledger.hours` gives."""
    across, most = TimeAxis(now - DAY, now), max(count for _, count in used)
    up = Axis(max(limit, most) * ABOVE, 0)
    places = [now - DAY + STEP * number for number in range(DAY // STEP)]
    highest = _highest(used, places)
    points = [
        (across.at(at), up.at(count))
        for before, (at, count) in zip(
            [None, *highest], zip(places, highest, strict=True), strict=False
        )
        if count != before
    ]
    points.append((100.0, points[-1][1]))
    drawn = steps(points)
    moments = [now - timedelta(hours=hours) for hours in LABELLED]
    return BudgetPicture(
        line=drawn,
        area=area(drawn, points),
        ceiling=f"M0 {up.at(limit)}H100",
        at_ceiling=up.at(limit),
        labels=[
            Label(0, f"{(now - DAY).astimezone(zone):%a %H:%M}"),
            *(Label(across.at(at), f"{at.astimezone(zone):%H:%M}") for at in moments),
            Label(100, "now"),
        ],
        most=most,
        rows=_by_hour(used, now, zone),
    )


def _by_hour(used: list[Spending], now: datetime, zone: ZoneInfo) -> list[tuple[str, str]]:
    """The highest use in each of the last 24 hours, latest first, with the hour's beginning."""
    hours = [now - DAY + HOUR * number for number in range(24)]
    found = zip(hours, _highest(used, hours), strict=True)
    return [(f"{at.astimezone(zone):%H:%M}", str(count)) for at, count in found][::-1]


def _highest(used: list[Spending], begins: list[datetime]) -> list[int]:
    """The highest use from each of these moments to the next; `used` begins with the first."""
    edges = [to_ms(at) for at in begins]
    found = [0] * len(edges)
    for (at, count), (until, _) in pairwise([*used, (edges[-1] + HOUR // MILLISECOND, 0)]):
        first = max(bisect_right(edges, at) - 1, 0)
        for place in range(first, max(bisect_left(edges, until), first + 1)):
            found[place] = max(found[place], count)
    return found
