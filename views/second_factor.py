"""The second step of signing in: a code, for people who turned the second factor on."""

from starlette.requests import Request
from starlette.responses import Response

from models.database import database
from models.database.fields import now
from models.forms import Draft
from models.forms.people import CodeForm
from models.people import User
from models.people.half_sign_ins import HalfSignIn
from models.people.second_factors import RecoveryCode, SecondFactor
from models.people.throttles import Throttle, counted_by
from views.web import trail
from views.web.limits import A_PASSWORD
from views.web.marks import EVERYBODY, NOTED, reads, writes
from views.web.render import go, render
from views.web.visitor import peer

WRONG = (
    "The code is wrong, was used already, "
    "or there were too many tries. After five tries, wait a minute."
)
TOO_LATE = "That took too long. Please sign in again."


def subject_of(user: User) -> str:
    """The throttle's subject for wrong codes; a right password does not reset it."""
    return f"code:{user.id}"


@reads(EVERYBODY)
def new(request: Request) -> Response:
    if HalfSignIn.of(request.state.visitor.id, now()) is None:
        return go(request, "/session/new")
    return _form(request, CodeForm.blank())


@writes(EVERYBODY, limit=A_PASSWORD, event=NOTED)
def create(request: Request) -> Response:
    half = HalfSignIn.of(request.state.visitor.id, now())
    if half is None:
        return go(request, "/session/new", TOO_LATE, "notice")
    draft = CodeForm.read(request.state.fields)
    if draft.is_good and not _is_theirs(request, half.user, draft.form.code):
        draft.refuse("code", WRONG)
    if not draft.is_good:
        return _form(request, draft, status=422)
    with database.atomic():
        half.delete_instance()
        request.state.visitor.sign_in(half.user, request)
        trail.note(request, "signed-in", half.user)
    return go(request, half.address)


def _is_theirs(request: Request, user: User, code: str) -> bool:
    """Whether the code is theirs. Counts before it tries, so many requests at once get no more."""
    browser_id = request.state.visitor.browser_id
    subjects = counted_by(subject_of(user), user, peer(request), browser_id, now())
    if not Throttle.admit(subjects, now()):
        trail.note(request, "locked", user)
        return False
    factor = SecondFactor.of(user)
    by_code = factor is not None and factor.takes(code, now())
    if not by_code and not _is_recovery(request, user, code):
        trail.note(request, "refused", user)
        return False
    Throttle.clear(subjects)
    return True


def _is_recovery(request: Request, user: User, code: str) -> bool:
    with database.atomic():
        is_theirs = RecoveryCode.take(user, code)
        if is_theirs:
            trail.note(request, "recovery-code-used", user)
    return is_theirs


def _form(request: Request, draft: Draft[CodeForm], status: int = 200) -> Response:
    return render(request, "sessions/second_factor.html", status=status, form=draft)
