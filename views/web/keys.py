"""The door for other programs: requests that carry an API key."""

import math
from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request

from models import happenings
from models.database import database
from models.database.fields import now
from models.environment.network import place_of
from models.people.keys import ApiKey
from models.people.throttles import Throttle
from views.web.visitor import peer

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Vibe-Quality-Searcharr"'}
NO_KEY = "Send an API key, in the header X-Api-Key or as Authorization: Bearer."
WRONG_KEY = "This API key is not known, or was revoked."
TOO_MANY = "Too many wrong API keys came from this address. Try again in {} s."
NOT_ITS_SCOPE = "This API key does not allow this: it is for {}."
NOT_THEIR_ROLE = "The role of this key's person does not allow this."


def admit(request: Request, scope: str, role: str = "viewer") -> ApiKey:
    """Lets the person of the request's key in, for this request and at most this much.

    Raises HTTPException: 401 without a key that counts, 429 after too many wrong ones from this
    address, 403 where the key or its person may not. A right key passes also after wrong ones of
    others behind the same address: nobody guesses 32 random bytes.
    """
    text = _sent(request)
    if not text:
        raise HTTPException(401, NO_KEY, CHALLENGE)
    key = ApiKey.of(text, now())
    if key is None:
        raise _refusal(request, now())
    request.state.visitor.key = key
    if not key.may(scope):
        raise HTTPException(403, NOT_ITS_SCOPE.format(key.scope_words.lower()))
    if not key.user.may(role):
        raise HTTPException(403, NOT_THEIR_ROLE)
    return key


def _sent(request: Request) -> str:
    """The key in the headers, "" without one; never one of the address, which is logged."""
    if text := request.headers.get("x-api-key", "").strip():
        return text
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def _refusal(request: Request, at: datetime) -> HTTPException:
    subjects = [f"key:{place_of(peer(request))}"]
    if Throttle.admit(subjects, at):
        with database.atomic():
            happenings.note("refused", at, {"address": peer(request)})
        return HTTPException(401, WRONG_KEY, CHALLENGE)
    until = Throttle.blocked(subjects, at) or at
    wait = max(math.ceil((until - at).total_seconds()), 1)
    return HTTPException(429, TOO_MANY.format(wait), {"Retry-After": str(wait)})
