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
    hold()
    return go(request, back_to(request))


def hold() -> None:
    household = Household.current()
    household.change(held_at=household.held_at or now())


@writes("member", limit=CHEAP, event="went-on")
def destroy(request: Request) -> Response:
    release()
    return go(request, back_to(request), "Searches go on.")


def release() -> None:
    Household.current().change(held_at=None)
    go_on(now())
