"""The yield: is it worth it, what works, and what to change."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from models.database import database
from models.database.fields import now
from models.instances import Instance
from models.scores.gains import Gain, gains
from models.yields.periods import PERIODS, USUAL
from models.yields.report import SHOWN, YieldReport, read
from views.pictures.gains import WORDS, GainPicture
from views.pictures.yields import dots_picture, step_words, trend_picture
from views.web.charts import Label
from views.web.endpoint import query
from views.web.limits import A_BACKLOG
from views.web.marks import reads
from views.web.render import render

# The part of the picture of the hours that they take; the rest is for the texts of its scale.
HOURS_WIDE = 95


@reads(limit=A_BACKLOG)
async def show(request: Request) -> Response:
    """The page shows 30 days and real instances unless told otherwise; the demo if it is alone."""
    period = query(request, "period")
    period = period if period in PERIODS else USUAL
    only_demo = _only_demo()
    demo = only_demo or query(request, "library") == "demo"
    report, gained = await database.aside(lambda: _both(period, demo=demo))
    return render(
        request,
        "yield/show.html",
        report=report,
        trend=trend_picture(report.steps),
        gains=GainPicture.of(report.steps, gained),
        gain_words=WORDS,
        dots={dimension: dots_picture(report, dimension) for dimension in SHOWN},
        hour_width=HOURS_WIDE / 24,
        hour_labels=[Label(each * HOURS_WIDE / 24, f"{each:02}:00") for each in (0, 6, 12, 18)],
        periods=PERIODS,
        only_demo=only_demo,
        address=_address,
        step_words=step_words,
    )


def _both(period: str, *, demo: bool) -> tuple[YieldReport, list[Gain]]:
    report = read(period, now(), demo=demo)
    return report, gains([(each.first, each.last) for each in report.steps], demo=demo)


def _only_demo() -> bool:
    kinds = {demo for (demo,) in Instance.select(Instance.demo).distinct().tuples()}
    return kinds == {True}


def _address(period: str, demo: bool) -> str:
    values = {"period": period} | ({"library": "demo"} if demo else {})
    return "/yield?" + urlencode(values)
