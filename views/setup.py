"""The first run: an administrator, made once."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models import setup
from models.fields import now
from models.forms import Draft
from models.forms.people import AccountForm, zones
from models.house import House
from models.network import place_of
from models.throttles import Throttle
from models.users import hash_password
from views.endpoint import public
from views.hashing import aside
from views.render import go, render
from views.visitor import peer

WRONG_TOKEN = "This is not the setup token."  # nosec B105 # a sentence
TOO_MANY = "There were too many wrong tokens. Wait a few minutes."  # nosec B105 # a sentence


@public
def new(request: Request) -> Response:
    if not setup.is_open():
        return go(request, "/")
    return _form(request, AccountForm.blank(time_zone=House.current().time_zone))


@public
async def create(request: Request) -> Response:
    if not setup.is_open():
        raise HTTPException(403, "The first run is over.")
    draft = AccountForm.read(request.state.fields)
    _check_token(request, draft)
    if not draft.is_good:
        return _form(request, draft, status=422)
    form = draft.form
    password_hash = await aside(hash_password, House.current(), form.password)
    user = setup.make_administrator(
        name=form.name, password_hash=password_hash, time_zone=form.time_zone, at=now()
    )
    if user is None:
        raise HTTPException(403, "The first run is over.")
    request.state.visitor.sign_in(user, request)
    return go(request, "/instances/new")


def _check_token(request: Request, draft: Draft[AccountForm]) -> None:
    if not _needs_token(request):
        return
    subject = [f"setup:{place_of(peer(request))}"]
    typed = dict(request.state.fields).get("setup_token", "").strip()
    if Throttle.blocked(subject, now()):
        draft.refuse("setup_token", TOO_MANY)
    elif not request.app.state.setup_token.fits(typed):
        Throttle.count(subject, now())
        draft.refuse("setup_token", WRONG_TOKEN)


def _needs_token(request: Request) -> bool:
    token: setup.SetupToken = request.app.state.setup_token
    headers = set(request.headers)
    if request.scope["http_version"] == "1.0":
        # No browser speaks it, but nginx does to us, and of itself it adds no header.
        headers.add("via")
    return token.is_needed(peer(request), request.url.hostname or "", headers)


def _form(request: Request, draft: Draft[AccountForm], status: int = 200) -> Response:
    return render(
        request,
        "setup/new.html",
        status=status,
        form=draft,
        zones=zones(),
        needs_token=_needs_token(request),
    )
