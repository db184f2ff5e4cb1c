"""Notes in the audit trail what a view changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.requests import Request

from models import happenings
from models.database import database
from models.database.fields import now
from models.database.locks import Lock
from models.forms import Draft
from models.people import User
from views.web.visitor import peer

# These belong to the new person, not to one who was signed in there before.
NEW_HERE = {"first-account", "joined"}


def tell(request: Request, about: str) -> None:
    """Says what the request's event is about; without it, the name in its form is used."""
    request.state.about = about


def expect(request: Request, event: str) -> None:
    """Sets the event that `told` notes once the view has succeeded."""
    request.state.event, request.state.before = event, request.state.visitor.user


class Unfit(Exception):
    """What was typed fits no longer what somebody else has written meanwhile."""


def must_fit(draft: Draft[Any]) -> None:
    """Ends the transaction of `telling` when the draft was refused inside it. Raises Unfit."""
    if not draft.is_good:
        raise Unfit


@contextmanager
def changing() -> Iterator[None]:
    """A transaction of one person at a time, on all replicas: nobody writes between its lines."""
    with database.atomic():
        database.lock_until_commit(Lock.CHANGES)
        yield


@contextmanager
def telling(request: Request) -> Iterator[None]:
    """`changing`, which ends with the event; a coroutine view wraps its writes in it.

    What it checked before, it checks again inside.
    """
    with changing():
        yield
        told(request)


def told(request: Request) -> None:
    """Notes the view's event, once."""
    action, now_here = request.state.event, request.state.visitor.user
    if action is None or (action in NEW_HERE and now_here is None):
        # It is noted already, or this was only a step towards it, like the setup token.
        return
    user = now_here if action in NEW_HERE else request.state.before or now_here
    typed = dict(request.state.fields).get("name", "")
    about = "" if action in NEW_HERE else str(getattr(request.state, "about", typed))
    if key := request.state.visitor.key:
        about = f"{about}, with the key “{key.name}”".removeprefix(", ")
    note(request, action, user, about)
    request.state.event = None


def note(request: Request, action: str, user: User | None, about: str = "") -> None:
    with database.atomic():
        happenings.note(action, now(), {"about": about, "address": peer(request)}, person=user)
