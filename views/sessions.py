"""Signing in and out."""

from starlette.requests import Request
from starlette.responses import Response

from models import setup
from models.fields import now
from models.forms import OWN, Draft
from models.forms.people import SignInForm
from models.house import House
from models.names import key_of
from models.throttles import Throttle
from models.users import User, password_fits
from views.endpoint import local, public, query
from views.passwords import aside
from views.render import go, render
from views.visitor import peer

FAILED = (
    "That did not work: the name or the password is wrong, "
    "or there were too many tries. After five of them, wait a minute."
)


@public
def new(request: Request) -> Response:
    if setup.is_open():
        return go(request, "/setup")
    if request.state.visitor.user:
        return go(request, "/")
    return _form(request, SignInForm.blank(next=local(query(request, "next"))))


@public
async def create(request: Request) -> Response:
    """The same words, status and work for every way to fail."""
    draft = SignInForm.read(request.state.fields)
    if not draft.is_good:
        return _form(request, draft, status=422)
    form = draft.form
    user = User.named(form.name)
    may_sign_in = user is not None and user.disabled_at is None
    stored = user.password_hash if user and may_sign_in else None
    subjects = [f"name:{key_of(form.name)}", f"peer:{peer(request)}"]
    blocked = Throttle.blocked(subjects, now())
    if not blocked:
        # Before the password is tried: of many at the same time, no more get a try.
        Throttle.count(subjects, now())
    fits = await aside(password_fits, House.current(), form.password, stored)
    if blocked or not fits or user is None:
        draft.refuse(OWN, FAILED)
        return _form(request, draft, status=422)
    Throttle.forget(subjects)
    request.state.visitor.sign_in(user, request)
    return go(request, local(form.next))


@public
def destroy(request: Request) -> Response:
    request.state.visitor.sign_out()
    return go(request, "/session/new")


def _form(request: Request, draft: Draft[SignInForm], status: int = 200) -> Response:
    return render(request, "sessions/new.html", status=status, form=draft)
