"""A second proof of identity before a person does what cannot be undone."""

from datetime import timedelta
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request

from models.database.fields import now
from models.forms import Draft
from models.forms.people import Proven
from models.household import Household
from models.people import User, password_fits
from models.people.sessions import Session
from models.people.throttles import Throttle
from views.web import trail
from views.web.endpoint import person
from views.web.hashing import aside

P = TypeVar("P", bound=Proven)

FIELD = "own_password"
# People without a password here must have signed in within this time.
FRESH = timedelta(minutes=10)

WRONG = "This is not your password."
TOO_MANY = "There were too many wrong passwords. Wait a few minutes."
NOT_FRESH = "You signed in a while ago. Sign out, sign in again, and do this within ten minutes."
GONE = "You were signed out meanwhile, so nothing was done."


async def prove(request: Request, draft: Draft[P]) -> None:
    """Refuses the draft unless the person at the browser has just shown who they are.

    The proof is their password, throttled; people without one must have signed in within FRESH.
    Call `still_signed_in` after every later await. Leaves a bad draft as it is.
    """
    if not draft.is_good:
        return
    user = person(request)
    if user.has_password:
        await _by_password(request, draft, user)
    elif request.state.visitor.session.created_at < now() - FRESH:
        draft.refuse(FIELD, NOT_FRESH)
    still_signed_in(request)


def still_signed_in(request: Request) -> None:
    """Raises a 403 where the person was signed out, disabled or given another role meanwhile."""
    if Session.get_or_none(id=request.state.visitor.session.id) is None:
        raise HTTPException(403, GONE)


async def _by_password(request: Request, draft: Draft[P], user: User) -> None:
    subject = [f"proof:{user.id}"]
    if not Throttle.admit(subject, now()):
        draft.refuse(FIELD, TOO_MANY)
        return
    fits = await aside(
        password_fits, Household.current(), draft.form.own_password, user.password_hash
    )
    if fits:
        Throttle.forget(subject)
    else:
        draft.refuse(FIELD, WRONG)
        trail.note(request, "not-proven", user)
