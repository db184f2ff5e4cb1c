"""Setup: the person who holds the setup token makes the first administrator, once."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.environment.network import place_of
from models.files.declared import apply_declared
from models.files.reading import UnreadableFile
from models.forms import Draft
from models.forms.people import AccountForm, TokenForm, zones
from models.household import Household
from models.people import hash_password, setup
from models.people.throttles import Throttle
from views.web import trail
from views.web.hashing import aside
from views.web.limits import A_PASSWORD
from views.web.marks import EVERYBODY, reads, writes
from views.web.render import go, render
from views.web.visitor import peer

log = logging.getLogger(__name__)

WRONG_TOKEN = "This is not the setup token."  # nosec B105 # a sentence
TOO_MANY = "There were too many wrong tokens. Wait a few minutes."  # nosec B105 # a sentence
FIELD = "setup_token"


@reads(EVERYBODY)
def new(request: Request) -> Response:
    """Takes `?token=` (as the program prints it) out of the address by a redirect."""
    if not setup.is_open():
        return go(request, "/")
    if "token" in request.query_params:
        return _take_token(request, TokenForm.read([(FIELD, request.query_params["token"])]))
    if not _holds_token(request):
        return _ask(request, TokenForm.blank())
    return _form(request, AccountForm.blank(time_zone=Household.current().time_zone))


@writes(EVERYBODY, limit=A_PASSWORD, event="first-account")
async def create(request: Request) -> Response:
    """Takes the token alone, or the account's form, which may carry the token too."""
    if not setup.is_open():
        raise HTTPException(403, "The first run is over.")
    if {name for name, _ in request.state.fields} == {FIELD}:
        return _take_token(request, TokenForm.read(request.state.fields))
    draft = AccountForm.read(request.state.fields)
    if not _holds_token(request):
        _check_token(request, draft, dict(request.state.fields).get(FIELD, ""))
    if not draft.is_good:
        return _form(request, draft, status=422)
    form = draft.form
    password_hash = await aside(hash_password, Household.current(), form.password)
    told = {"name": form.name, "password_hash": password_hash, "time_zone": form.time_zone}
    with trail.telling(request):
        user = setup.make_administrator(**told, at=now())
        if user is None:
            raise HTTPException(403, "The first run is over.")
        request.state.visitor.sign_in(user, request)
    try:
        apply_declared(now())
    except UnreadableFile as error:
        log.warning("what VQS_CONFIG_FILE declares is not written: %s", error)
    return go(request, "/instances/new")


def _take_token(request: Request, draft: Draft[TokenForm]) -> Response:
    if draft.is_good:
        _check_token(request, draft, draft.form.setup_token)
    if not draft.is_good:
        return _ask(request, draft, status=422)
    token: setup.SetupToken = request.app.state.setup_token
    request.state.visitor.become_another(token.holders_id(now()))
    return go(request, "/setup")


def _check_token(
    request: Request, draft: Draft[AccountForm] | Draft[TokenForm], typed: str
) -> None:
    subject = [f"setup:{place_of(peer(request))}"]
    if Throttle.blocked(subject, now()):
        draft.refuse(FIELD, TOO_MANY)
    elif not request.app.state.setup_token.fits(typed.strip()):
        Throttle.count(subject, now())
        draft.refuse(FIELD, WRONG_TOKEN)


def _holds_token(request: Request) -> bool:
    token: setup.SetupToken = request.app.state.setup_token
    return token.is_held_by(request.state.visitor.id, now())


def _ask(request: Request, draft: Draft[TokenForm], status: int = 200) -> Response:
    from_file = request.app.state.setup_token.from_file
    return render(request, "setup/token.html", status=status, form=draft, from_file=from_file)


def _form(request: Request, draft: Draft[AccountForm], status: int = 200) -> Response:
    return render(
        request,
        "setup/new.html",
        status=status,
        form=draft,
        zones=zones(),
        needs_token=not _holds_token(request),
    )
