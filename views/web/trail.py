"""What a view that changes something leaves in the audit trail."""

from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.people import User
from models.people.audit import Event
from views.web.visitor import peer

# Whoever was signed in before in that browser has not done these.
NEW_HERE = {"first-account", "joined"}


def tell(request: Request, about: str) -> None:
    """Whom or what the change that this request makes is about; else the name in its form."""
    request.state.about = about


def told(request: Request, action: str, before: User | None, answer: Response) -> None:
    """After a view has answered: what was done is in the trail, what was refused is not."""
    if answer.status_code >= 400:
        return
    now_here = request.state.visitor.user
    if action in NEW_HERE and now_here is None:
        # Only a step towards it, as the setup token is.
        return
    user = now_here if action in NEW_HERE else before or now_here
    typed = dict(request.state.fields).get("name", "")
    about = "" if action in NEW_HERE else str(getattr(request.state, "about", typed))
    note(request, action, user, about)


def note(request: Request, action: str, user: User | None, about: str = "") -> None:
    Event.note(action, now(), user=user, address=peer(request), about=about)
