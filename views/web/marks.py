"""The marks on a view: the least role, the rate limit and the audit event."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from views.web.limits import Limit

View = Callable[[Request], Response | Awaitable[Response]]

# The role of a view that also answers people who are not signed in.
EVERYBODY = None


class Without(NamedTuple):
    """The reason why a view has no limit or no audit event."""

    why: str


CHEAP = Without("It changes a few rows of our own and asks nobody else.")
CHANGES_NOTHING = Without("It changes nothing that is stored.")
IN_HISTORY = Without("A row records it: a run, a search, an instance's last sync.")
OWN_VIEWS = Without("It keeps what one person wants to look at again, for that person alone.")
NOTED = Without("It can end in several events; the view itself notes the one that happened.")
READS = Without("It only reads.")


class Marks(NamedTuple):
    """`role` is the least role that may call the view; EVERYBODY needs no sign-in."""

    role: str | None
    limit: Limit | Without
    event: str | Without
    keeps_typed: bool = False


# A GET view without marks has these.
USUAL = Marks("viewer", READS, READS)


def reads(
    role: str | None = USUAL.role, *, limit: Limit | Without = READS
) -> Callable[[View], View]:
    """Marks a GET view that needs a role other than viewer, or a limit."""
    return _marked(Marks(role, limit, READS))


def writes(
    role: str | None, *, limit: Limit | Without, event: str | Without, keeps_typed: bool = False
) -> Callable[[View], View]:
    """Marks a view that answers a POST, PATCH or DELETE; `event` is a kind of the audit trail.

    With `keeps_typed`, the form of a person whose session has ended is kept and shown again after
    the sign-in. The view is then called with `Unsent` fields: it must answer a refused draft with
    its own form and change nothing.
    """
    return _marked(Marks(role, limit, event, keeps_typed))


def marks_of(view: View, method: str) -> Marks:
    """The view's marks. Raises TypeError where a view that writes has none."""
    marks: Marks = getattr(view, "marks", USUAL)
    if method != "GET" and marks.event is READS:
        raise TypeError(f"{view.__module__}.{view.__name__} lacks @writes(...).")
    return marks


def _marked(marks: Marks) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.marks = marks  # type: ignore[attr-defined]
        return view

    return mark
