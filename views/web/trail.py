"""What each address that changes something leaves in the audit trail."""

from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.people import User
from models.people.audit import Event
from views.web.visitor import peer

ACTIONS = {
    ("/setup", "POST"): "first-account",
    ("/session", "DELETE"): "signed-out",
    ("/sessions", "DELETE"): "sessions-ended",
    ("/sessions/{id:id}", "DELETE"): "sessions-ended",
    ("/invitations/{token}", "POST"): "joined",
    ("/people/invitations", "POST"): "invited",
    ("/people/invitations/{id:id}", "DELETE"): "invitation-withdrawn",
    ("/people/{id:id}", "PATCH"): "person-changed",
    ("/people/{id:id}", "DELETE"): "person-deleted",
    ("/people/{id:id}/suspension", "POST"): "person-disabled",
    ("/people/{id:id}/suspension", "DELETE"): "person-enabled",
    ("/profile", "PATCH"): "profile-changed",
    ("/password", "PATCH"): "password-changed",
    ("/two-factor", "POST"): "second-factor-begun",
    ("/two-factor", "PATCH"): "second-factor-on",
    ("/two-factor", "DELETE"): "second-factor-off",
    ("/two-factor/recovery-codes", "POST"): "recovery-codes-renewed",
    ("/settings", "PATCH"): "settings-changed",
    ("/hold", "POST"): "held",
    ("/hold", "DELETE"): "went-on",
    ("/demo", "POST"): "demo-added",
    ("/demo", "DELETE"): "demo-removed",
    ("/instances", "POST"): "instance-added",
    ("/instances/{id:id}", "PATCH"): "instance-changed",
    ("/instances/{id:id}", "DELETE"): "instance-deleted",
    ("/jobs/{name}/runs", "POST"): "job-run",
    ("/queues", "POST"): "queue-made",
    ("/queues/{id:id}", "PATCH"): "queue-changed",
    ("/queues/{id:id}", "DELETE"): "queue-deleted",
    ("/queues/{id:id}/consent", "POST"): "queue-started",
    ("/queues/{id:id}/pause", "POST"): "queue-paused",
    ("/queues/{id:id}/pause", "DELETE"): "queue-resumed",
    ("/exclusions", "POST"): "excluded",
    ("/exclusions/{id:id}", "DELETE"): "exclusion-ended",
}
# Whoever was signed in before in that browser has not done these.
NEW_HERE = {"first-account", "joined"}
# They change nothing, or are told of elsewhere: runs and searches in the history, and the steps
# of signing in where it is known which of them was taken.
UNTOLD = {
    ("/session", "POST"),
    ("/session/second-factor", "POST"),
    ("/password/hint", "POST"),
    ("/checks", "POST"),
    ("/instances/{id:id}/checks", "POST"),
    ("/instances/{id:id}/syncs", "POST"),
    ("/queues/preview", "POST"),
    ("/schedules/preview", "POST"),
    ("/queues/{id:id}/runs", "POST"),
    ("/runs/{id:id}", "DELETE"),
    ("/items/{id:id}/searches", "POST"),
}


def tell(request: Request, about: str) -> None:
    """Whom or what the change that this request makes is about; else the name in its form."""
    request.state.about = about


def told(request: Request, path: str, method: str, before: User | None, answer: Response) -> None:
    """After a view has answered: what was done is in the trail, what was refused is not."""
    action = ACTIONS.get((path, method))
    if action and answer.status_code < 400:
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
