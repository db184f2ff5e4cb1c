"""*Hold everything*: the one switch that stops all searches."""

from starlette.requests import Request
from starlette.responses import Response

from models.budgets.shares import go_on
from models.database.fields import now
from models.household import Household
from views.web.endpoint import back_to
from views.web.marks import CHEAP, writes
from views.web.render import go


@writes("member", limit=CHEAP, event="held")
def create(request: Request) -> Response:
    household = Household.current()
    household.change(held_at=household.held_at or now())
    return go(request, back_to(request))


@writes("member", limit=CHEAP, event="went-on")
def destroy(request: Request) -> Response:
    Household.current().change(held_at=None)
    go_on(now())
    return go(request, back_to(request), "Searches go on.")
