"""Whoever does what cannot be undone shows again that it is them."""

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
# For people without a password here: how long ago they may have signed in.
FRESH = timedelta(minutes=10)

WRONG = "This is not your password."
TOO_MANY = "There were too many wrong passwords. Wait a few minutes."
NOT_FRESH = "You signed in a while ago. Sign out, sign in again, and do this within ten minutes."
GONE = "You were signed out meanwhile, so nothing was done."


async def prove(request: Request, draft: Draft[P]) -> None:
    """Refuses the draft unless the person at the browser has just shown who they are.

    By their password, throttled; whoever has none, by having signed in a few minutes ago.
    What is awaited after this must be followed by `still_signed_in`. A bad draft is left as it is.
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
    """403 for whoever was signed out, disabled or given another role meanwhile."""
    if Session.get_or_none(id=request.state.visitor.session.id) is None:
        raise HTTPException(403, GONE)


async def _by_password(request: Request, draft: Draft[P], user: User) -> None:
    subject = [f"proof:{user.id}"]
    if Throttle.blocked(subject, now()):
        draft.refuse(FIELD, TOO_MANY)
        return
    # Before it is tried: of many at the same time, no more get a try.
    Throttle.count(subject, now())
    fits = await aside(
        password_fits, Household.current(), draft.form.own_password, user.password_hash
    )
    if fits:
        Throttle.forget(subject)
    else:
        draft.refuse(FIELD, WRONG)
        trail.note(request, "not-proven", user)
