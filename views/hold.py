"""The one switch that holds every search of the house."""

from starlette.requests import Request
from starlette.responses import Response

from models.fields import now
from models.house import House
from views.endpoint import back_to
from views.render import go


def create(request: Request) -> Response:
    house = House.current()
    house.change(held_at=house.held_at or now())
    return go(request, back_to(request))


def destroy(request: Request) -> Response:
    House.current().change(held_at=None)
    request.app.state.scheduler.go_on()
    return go(request, back_to(request), "Searches go on.")
