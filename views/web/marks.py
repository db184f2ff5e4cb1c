"""What stands on a view: who may call it, how often, and what the audit trail says of it."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from views.web.limits import Limit

View = Callable[[Request], Response | Awaitable[Response]]

# The role of a view that answers people who are not signed in, too.
EVERYBODY = None


class Without(NamedTuple):
    """Stands where a view has no limit, or no audit event, and says why."""

    why: str


CHEAP = Without("It changes a few rows of our own and asks nobody else.")
CHANGES_NOTHING = Without("It leaves everything as it is.")
IN_HISTORY = Without("A row of its own tells it: a run, a search, the last sync of an instance.")
NOTED = Without("Several things may come of it; the view itself notes which one did.")
READS = Without("It only reads.")


class Marks(NamedTuple):
    """`role` is the least that may come in, EVERYBODY for people who are not signed in, too."""

    role: str | None
    limit: Limit | Without
    event: str | Without
    keeps_typed: bool = False


# A view that shows something, where nothing else stands on it.
USUAL = Marks("viewer", READS, READS)


def reads(
    role: str | None = USUAL.role, *, limit: Limit | Without = READS
) -> Callable[[View], View]:
    """For a view that shows something to others than everybody signed in, or not at any rate."""
    return _marked(Marks(role, limit, READS))


def writes(
    role: str | None, *, limit: Limit | Without, event: str | Without, keeps_typed: bool = False
) -> Callable[[View], View]:
    """For a view that answers a POST, PATCH or DELETE; `event` is an action of the audit trail.

    With `keeps_typed` its form is kept when the sender was signed out meanwhile, and shown after
    the sign-in. For that the view is called with `Unsent` fields: it must answer a refused draft
    with its own form, and change nothing then.
    """
    return _marked(Marks(role, limit, event, keeps_typed))


def marks_of(view: View, method: str) -> Marks:
    """Raises TypeError for a view that answers more than GET and does not say what it is."""
    marks: Marks = getattr(view, "marks", USUAL)
    if method != "GET" and marks.event is READS:
        raise TypeError(f"{view.__module__}.{view.__name__} lacks @writes(...).")
    return marks


def _marked(marks: Marks) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.marks = marks  # type: ignore[attr-defined]
        return view

    return mark
