"""Metrics for Prometheus, by key or from a network that the environment names."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.database import LostConnection, database
from models.database.fields import now
from models.environment.network import is_within
from models.metrics.writing import written
from views.web.endpoint import NO_DATABASE
from views.web.keys import admit
from views.web.marks import reads
from views.web.visitor import peer

# A request with one of these went through a proxy, which may ask for anybody.
OF_PROXIES = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


@reads("viewer")
async def show(request: Request) -> Response:
    """The figures of this replica, and of the household where it leads."""
    state = request.app.state
    if not _is_near(request):
        try:
            request.state.key = await database.work(admit, request, "totals")
        except LostConnection:
            raise HTTPException(503, NO_DATABASE) from None
    leads = state.work is not None and state.work.leads
    samples = await state.metrics.samples(now(), leads=leads)
    # A thread, as the library takes a tenth of a second to be loaded.
    accepted = request.headers.get("accept", "")
    body, content_type = await asyncio.to_thread(written, samples, accepted)
    return Response(body, headers={"Content-Type": content_type})


def _is_near(request: Request) -> bool:
    """Whether it comes from a network that needs no key: never through an unknown proxy."""
    networks = request.app.state.options.metrics_networks
    if not networks or not is_within(peer(request), networks):
        return False
    is_passed_on = any(name in request.headers for name in OF_PROXIES)
    return request.state.by_trusted_proxy or not is_passed_on
