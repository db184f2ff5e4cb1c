"""What a view that changes something leaves in the audit trail."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request

from models import happenings
from models.database import database
from models.database.fields import now
from models.people import User
from views.web.visitor import peer

# Whoever was signed in before in that browser has not done these.
NEW_HERE = {"first-account", "joined"}


def tell(request: Request, about: str) -> None:
    """Whom or what the change that this request makes is about; else the name in its form."""
    request.state.about = about


def expect(request: Request, event: str) -> None:
    """Before a view is called whose success is this event."""
    request.state.event, request.state.before = event, request.state.visitor.user


@contextmanager
def telling(request: Request) -> Iterator[None]:
    """A transaction that ends with the event: for what a view writes after it has awaited."""
    with database.atomic():
        yield
        told(request)


def told(request: Request) -> None:
    """Notes the event that stands on the view, once."""
    action, now_here = request.state.event, request.state.visitor.user
    if action is None or (action in NEW_HERE and now_here is None):
        # Noted already; or only a step towards it, as the setup token is.
        return
    user = now_here if action in NEW_HERE else request.state.before or now_here
    typed = dict(request.state.fields).get("name", "")
    about = "" if action in NEW_HERE else str(getattr(request.state, "about", typed))
    note(request, action, user, about)
    request.state.event = None


def note(request: Request, action: str, user: User | None, about: str = "") -> None:
    with database.atomic():
        happenings.note(action, now(), {"about": about, "address": peer(request)}, person=user)
