"""The yield: what the searches of a period brought, by queue, instance, age and more."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from models.database import database
from models.database.fields import now
from models.instances import Instance
from models.yields.lines import FEW
from models.yields.periods import PERIODS, USUAL
from models.yields.report import read
from views.web.endpoint import query
from views.web.limits import A_BACKLOG
from views.web.marks import reads
from views.web.render import render


@reads(limit=A_BACKLOG)
async def show(request: Request) -> Response:
    """Without a query string: 30 days, and real instances, or the demo's if there are no others."""
    period = query(request, "period")
    period = period if period in PERIODS else USUAL
    only_demo = _only_demo()
    demo = only_demo or query(request, "library") == "demo"
    return render(
        request,
        "yield/show.html",
        report=await database.aside(lambda: read(period, now(), demo=demo)),
        periods=PERIODS,
        few=FEW,
        only_demo=only_demo,
        address=_address,
    )


def _only_demo() -> bool:
    kinds = {demo for (demo,) in Instance.select(Instance.demo).distinct().tuples()}
    return kinds == {True}


def _address(period: str, demo: bool) -> str:
    values = {"period": period} | ({"library": "demo"} if demo else {})
    return "/yield?" + urlencode(values)
