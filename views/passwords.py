"""A person's own password, and the hint shown while a new one is typed."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.forms import Draft
from models.forms.people import PasswordForm
from models.household import Household
from models.people import hash_password, passwords
from models.people.sessions import Session
from views.web import trail
from views.web.endpoint import back_to, person
from views.web.hashing import aside
from views.web.limits import A_BACKLOG, A_PASSWORD
from views.web.marks import CHANGES_NOTHING, EVERYBODY, writes
from views.web.proof import prove, still_signed_in
from views.web.render import go, render, wants_fragment

NONE_HERE = "You sign in elsewhere, so you have no password here."
SAVED = "Your password is changed. Your other browsers are signed out."


def edit(request: Request) -> Response:
    return _form(request, PasswordForm.blank())


@writes("viewer", limit=A_PASSWORD, event="password-changed")
async def update(request: Request) -> Response:
    """Also ends all other sessions and gives this one a new id."""
    user = person(request)
    if not user.has_password:
        raise HTTPException(403, NONE_HERE)
    draft = PasswordForm.read(request.state.fields)
    _judge(draft, user.name)
    await prove(request, draft)
    if not draft.is_good:
        return _form(request, draft, status=422)
    made = await aside(hash_password, Household.current(), draft.form.password)
    still_signed_in(request)
    with trail.telling(request):
        user.change(password_hash=made, password_changed_at=now())
        Session.end_all(user, but=request.state.visitor.session)
        request.state.visitor.renew()
    return go(request, "/profile", SAVED)


@writes(EVERYBODY, limit=A_BACKLOG, event=CHANGES_NOTHING)
def hint(request: Request) -> Response:
    """Answers with the hint alone; the password is neither shown nor kept."""
    if not wants_fragment(request):
        return go(request, back_to(request))
    typed = dict(request.state.fields)
    user = request.state.visitor.user
    name = typed.get("name") or (user.name if user else "")
    said = passwords.hint(typed.get("password", "")[:1000], name[:200])
    return render(request, "passwords/hint.html", hint=said)


def _judge(draft: Draft[PasswordForm], name: str) -> None:
    if draft.is_good and (against := passwords.objection(draft.form.password, name)):
        draft.refuse("password", against)


def _form(request: Request, draft: Draft[PasswordForm], status: int = 200) -> Response:
    return render(request, "passwords/edit.html", status=status, form=draft)
