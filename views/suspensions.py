"""People who may not sign in for a while."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models import people
from models.fields import now
from models.people import LastAdministrator
from models.users import User
from views.endpoint import found, needs
from views.people import LAST, refuse_yourself
from views.render import go


@needs("admin")
def create(request: Request) -> Response:
    user = found(User, request)
    refuse_yourself(request, user)
    try:
        people.disable(user, now())
    except LastAdministrator:
        raise HTTPException(403, LAST) from None
    return go(request, f"/people/{user.id}", f"{user.name} is signed out and cannot sign in.")


@needs("admin")
def destroy(request: Request) -> Response:
    user = found(User, request)
    people.enable(user)
    return go(request, f"/people/{user.id}", f"{user.name} can sign in again.")
