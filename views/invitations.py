"""Invitations: administrators make and withdraw them; the person with the link accepts."""

from contextlib import suppress

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.forms import Draft
from models.forms.people import InvitationForm, NewPersonForm, zones
from models.household import Household
from models.people import User, hash_password
from models.people.invitations import Invitation
from views import people
from views.web import trail
from views.web.endpoint import found, own_address, person
from views.web.hashing import aside
from views.web.limits import A_PASSWORD
from views.web.marks import CHEAP, EVERYBODY, reads, writes
from views.web.proof import prove
from views.web.render import go, render

OVER = "This link is not valid. Ask the person who sent it for a new one."
NAME_TAKEN = "Somebody else has this name already."
TAKEN_BACK = "The invitation is withdrawn; its link does not work any more."


@writes("admin", limit=A_PASSWORD, event="invited", keeps_typed=True)
async def create(request: Request) -> Response:
    """Answers with a page, not a redirect: the link is in this answer and nowhere else."""
    draft = InvitationForm.read(request.state.fields)
    if draft.is_good and draft.form.role == "admin":
        await prove(request, draft)
    if not draft.is_good:
        return people.listed(request, draft, status=422)
    form = draft.form
    with trail.telling(request):
        made, token = Invitation.make(person(request), form.role, form.name, now())
    link = f"{own_address(request)}/invitations/{token}"
    return render(request, "invitations/made.html", status=201, invitation=made, link=link)


@writes("admin", limit=CHEAP, event="invitation-withdrawn")
def destroy(request: Request) -> Response:
    found(Invitation, request).delete_instance()
    return go(request, "/people", TAKEN_BACK)


@reads(EVERYBODY, limit=A_PASSWORD)
def show(request: Request) -> Response:
    invitation = _of_link(request)
    draft = NewPersonForm.blank(name=invitation.name, time_zone=Household.current().time_zone)
    return _form(request, draft, invitation)


@writes(EVERYBODY, limit=A_PASSWORD, event="joined")
async def accept(request: Request) -> Response:
    invitation = _of_link(request)
    draft = NewPersonForm.read(request.state.fields)
    _refuse_taken(draft)
    if not draft.is_good:
        return _form(request, draft, invitation, status=422)
    form = draft.form
    made = await aside(hash_password, Household.current(), form.password)
    told = {"name": form.name, "password_hash": made, "time_zone": form.time_zone}
    with suppress(trail.Unfit), trail.telling(request):
        # Hashing takes a while; somebody else may have taken the name meanwhile.
        _refuse_taken(draft)
        trail.must_fit(draft)
        user = invitation.accept(**told, at=now())
        if user is None:
            raise HTTPException(404, OVER)
        request.state.visitor.sign_in(user, request)
    if not draft.is_good:
        return _form(request, draft, invitation, status=422)
    return go(request, "/", f"Welcome, {form.name}.")


def _of_link(request: Request) -> Invitation:
    invitation = Invitation.of(request.path_params["token"], now())
    if invitation is None:
        raise HTTPException(404, OVER)
    return invitation


def _refuse_taken(draft: Draft[NewPersonForm]) -> None:
    if draft.is_good and User.named(draft.form.name):
        draft.refuse("name", NAME_TAKEN)


def _form(
    request: Request, draft: Draft[NewPersonForm], invitation: Invitation, status: int = 200
) -> Response:
    return render(
        request,
        "invitations/show.html",
        status=status,
        form=draft,
        invitation=invitation,
        zones=zones(),
        frame="plain",
    )
