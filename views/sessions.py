"""Signing in and out, and the list of a person's sessions."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.database import database
from models.database.fields import now
from models.forms import OWN, Draft
from models.forms.people import SignInForm
from models.household import Household
from models.people import User, hash_password, is_outdated, password_fits, setup
from models.people.half_sign_ins import HalfSignIn
from models.people.names import key_of
from models.people.second_factors import SecondFactor
from models.people.sessions import Session
from models.people.throttles import Throttle, counted_by
from views.web import trail
from views.web.endpoint import UNSENT, found, local, person, query
from views.web.hashing import aside
from views.web.limits import A_PASSWORD
from views.web.marks import CHEAP, EVERYBODY, NOTED, reads, writes
from views.web.render import go, render
from views.web.visitor import peer

FAILED = (
    "The name or the password is wrong, "
    "or there were too many tries. After five tries, wait a minute."
)
ENDED = "That browser is signed out."
NO_OTHER = "You are signed in only here."


@reads(EVERYBODY)
def new(request: Request) -> Response:
    if setup.is_open():
        return go(request, "/setup")
    address = local(query(request, "next"))
    if request.state.visitor.user:
        return go(request, address)
    return _form(request, SignInForm.blank(next=address))


@writes(EVERYBODY, limit=A_PASSWORD, event=NOTED)
async def create(request: Request) -> Response:
    """Answers every failure with the same words, status and work."""
    draft = SignInForm.read(request.state.fields)
    if not draft.is_good:
        return _form(request, draft, status=422)
    user = await _recognised(request, draft.form)
    if user is None:
        draft.refuse(OWN, FAILED)
        return _form(request, draft, status=422)
    return _admit(request, user, local(draft.form.next))


@writes(EVERYBODY, limit=CHEAP, event="signed-out")
def destroy(request: Request) -> Response:
    request.state.visitor.sign_out()
    return go(request, "/session/new")


def index(request: Request) -> Response:
    sessions = list(Session.living(person(request), now()))
    return render(request, "sessions/index.html", sessions=sessions, this=_this(request))


@writes("viewer", limit=CHEAP, event="sessions-ended")
def destroy_one(request: Request) -> Response:
    session = found(Session, request)
    if session.user_id != person(request).id:
        raise HTTPException(404)
    if session == _this(request):
        request.state.visitor.sign_out()
        return go(request, "/session/new")
    session.revoke()
    return go(request, "/sessions", ENDED)


@writes("viewer", limit=CHEAP, event="sessions-ended")
def destroy_others(request: Request) -> Response:
    ended = Session.end_all(person(request), but=_this(request))
    return go(request, "/sessions", "All other browsers are signed out." if ended else NO_OTHER)


async def _recognised(request: Request, form: SignInForm) -> User | None:
    """The user with this name and password; None also after too many tries."""
    user = User.named(form.name)
    may_sign_in = user is not None and user.disabled_at is None
    stored = user.password_hash if user and may_sign_in else None
    name, browser_id = f"name:{key_of(form.name)}", request.state.visitor.browser_id
    subjects = counted_by(name, user, peer(request), browser_id, now())
    blocked = not Throttle.admit(subjects, now())
    fits = await aside(password_fits, Household.current(), form.password, stored)
    if blocked or not fits or user is None or stored is None:
        trail.note(request, "locked" if blocked else "refused", user)
        return None
    Throttle.clear(subjects)
    kept = await _kept_up(user, form.password, stored)
    # A person who was disabled, or changed the password, during the check does not come in.
    return User.get_or_none(
        User.id == user.id, User.disabled_at.is_null(), User.password_hash == kept
    )


async def _kept_up(user: User, password: str, stored: str) -> str:
    """The stored hash, made again if its parameters are outdated."""
    if not is_outdated(stored):
        return stored
    made = await aside(hash_password, Household.current(), password)
    this = (User.id == user.id) & (User.password_hash == stored)
    User.update(password_hash=made).where(this).execute()
    return made


def _admit(request: Request, user: User, address: str) -> Response:
    """Signs the person in, or asks for the code; name and password are right."""
    if SecondFactor.is_on(user):
        with database.atomic():
            HalfSignIn.begin(request.state.visitor.become_another(), user, address, now())
            trail.note(request, "second-factor-asked", user)
        return go(request, "/session/second-factor/new")
    with database.atomic():
        request.state.visitor.sign_in(user, request)
        trail.note(request, "signed-in", user)
    return go(request, address)


def _this(request: Request) -> Session:
    session: Session = request.state.visitor.session
    return session


def _form(request: Request, draft: Draft[SignInForm], status: int = 200) -> Response:
    return render(
        request,
        "sessions/new.html",
        status=status,
        form=draft,
        is_held=draft.values["next"] == UNSENT,
        stranger=request.state.proxied_user,
    )
