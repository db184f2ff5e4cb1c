"""The dashboard: what happened, what happens next, and what stands in the way."""

from starlette.requests import Request
from starlette.responses import Response

from jobs.housekeeping.standing import failing
from models.dashboard.overview import Overview
from models.dashboard.rows import Rows
from models.dashboard.setup_steps import step
from models.dashboard.version import moving
from models.database import database
from models.database.fields import now
from models.database.locks import Lock
from views.web.render import go, render, unchanged

POLL_ACTIVE, POLL_IDLE = 2, 15
PAGES = {"instance": "/instances/new", "queue": "/queues/new"}


def show(request: Request) -> Response:
    at, rows = now(), Rows.now()
    faulty = failing()
    idle = _why_idle()
    version = unchanged(request, moving(at, rows), [job.__data__ for _, job in faulty], idle)
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
        idle=idle,
        active=overview.active,
        poll=POLL_ACTIVE if overview.active else POLL_IDLE,
        poll_url=f"/?seen={version}",
    )


def _why_idle() -> str:
    """Sentences for a server on which no replica searches; else ""."""
    if not database.is_server or database.holders(Lock.LEADER):
        return ""
    return f"No replica is searching now. {database.clock_fault}".strip()
