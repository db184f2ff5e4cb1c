"""The use of an hourly budget over the last day, as steps under a ceiling."""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.budgets import Spending
from models.database.fields import from_ms
from views.web.charts import Axis, Days, Label, area, steps

DAY = timedelta(days=1)
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
    across, most = Days(now - DAY, now), max(count for _, count in used)
    up = Axis(max(limit, most) * ABOVE, 0)
    points = [(across.at(from_ms(at)), up.at(count)) for at, count in used]
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
        rows=[(f"{from_ms(at).astimezone(zone):%H:%M}", str(count)) for at, count in used],
    )
