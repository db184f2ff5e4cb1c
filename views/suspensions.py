"""Suspensions: an administrator disables a person, or enables them again."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.forms.people import ProofForm
from models.people import User, administration
from models.people.administration import LastAdministrator
from views.people import LAST, page_of, refuse_yourself
from views.web import trail
from views.web.endpoint import found
from views.web.limits import A_PASSWORD
from views.web.marks import writes
from views.web.proof import prove
from views.web.render import go


@writes("admin", limit=A_PASSWORD, event="person-disabled")
async def create(request: Request) -> Response:
    user = found(User, request)
    refuse_yourself(request, user)
    draft = ProofForm.read(request.state.fields)
    await prove(request, draft)
    if not draft.is_good:
        return page_of(request, user, suspension=draft, status=422)
    try:
        with trail.telling(request):
            administration.disable(user, now())
    except LastAdministrator:
        raise HTTPException(403, LAST) from None
    return go(request, f"/people/{user.id}", f"{user.name} is signed out and cannot sign in.")


@writes("admin", limit=A_PASSWORD, event="person-enabled")
async def destroy(request: Request) -> Response:
    """Enabling an administrator gives that power, so it needs the password of the person asking."""
    user = found(User, request)
    draft = ProofForm.read(request.state.fields)
    if user.is_admin:
        await prove(request, draft)
    if not draft.is_good:
        return page_of(request, user, suspension=draft, status=422)
    with trail.telling(request):
        administration.enable(user)
    return go(request, f"/people/{user.id}", f"{user.name} can sign in again.")
