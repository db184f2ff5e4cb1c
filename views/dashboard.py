"""The dashboard: what happened, what happens next, and what stands in the way."""

from starlette.requests import Request
from starlette.responses import Response

from jobs.housekeeping.standing import failing
from models.dashboard.overview import Overview
from models.dashboard.rows import Rows
from models.dashboard.setup_steps import step
from models.dashboard.version import moving
from models.database.fields import now
from views.web.render import go, render, unchanged

POLL_ACTIVE, POLL_IDLE = 2, 15
PAGES = {"instance": "/instances/new", "queue": "/queues/new"}


def show(request: Request) -> Response:
    at, rows = now(), Rows.now()
    faulty = failing()
    version = unchanged(request, moving(at, rows), [job.__data__ for _, job in faulty])
    if version is None:
        return Response(status_code=204)
    overview = Overview.at(at, rows)
    following = step()
    if following in PAGES and request.state.visitor.user.is_admin:
        return go(request, PAGES[following])
    return render(
        request,
        "dashboard/show.html",
        household=rows.household,
        overview=overview,
        failing=faulty,
        active=overview.active,
        poll=POLL_ACTIVE if overview.active else POLL_IDLE,
        poll_url=f"/?seen={version}",
    )
