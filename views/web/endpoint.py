"""Makes endpoints of view functions: checks sign-in, role, form token and rate limit."""

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlsplit

from peewee import Model
from starlette.convertors import IntegerConvertor, StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobs.clock import Clock
from models.backups import SHAPE
from models.database import LostConnection, database
from models.database.fields import now
from models.forms.held_forms import HeldForm
from models.people import User, setup
from models.people.sessions import owner_of
from views.web import tokens, trail
from views.web.limits import Limit
from views.web.marks import Marks, View, marks_of
from views.web.middleware.base_path import within
from views.web.render import VARY, go, wants_fragment

M = TypeVar("M", bound=Model)

FORM = "application/x-www-form-urlencoded"
CONTROLS = ("token", "_method")
MOST_FIELDS = 500

# The page that shows a form again that was sent after the session had ended.
UNSENT = "/unsent"
STALE = "This form is out of date; reload the page and send it again."
NO_DATABASE = "The database cannot be reached; nothing was changed. Try again in a moment."
NOT_YOURS = "Your role does not allow this."


class Id(IntegerConvertor):
    """An id in an address: a number that fits 64 bits; longer ones are a 404."""

    regex = "[0-9]{1,18}"


class BackupName(StringConvertor):
    """A name that a backup can have; others are a 404."""

    regex = SHAPE


register_url_convertor("id", Id())
register_url_convertor("backup", BackupName())


def resource(path: str, **views: View) -> Route:
    """The route of one address; `views` are named by method: get, post, patch, delete.

    A form sends PATCH and DELETE as a POST with the hidden field `_method`.
    """
    by_method = {name.upper(): view for name, view in views.items()}
    marked = {name: marks_of(view, name) for name, view in by_method.items()}
    methods = ["GET"] if "GET" in by_method else []
    methods += ["POST"] if set(by_method) - {"GET"} else []

    async def endpoint(request: Request) -> Response:
        method = "GET"
        if request.method == "POST":
            method = await _read_form(request)
        if method not in by_method:
            raise HTTPException(405)
        serve = partial(_serve, request, by_method[method], marked[method], (path, method))
        try:
            served: Response = await database.whole(method, serve)
        except LostConnection:
            raise HTTPException(503, NO_DATABASE) from None
        return served

    # Read by code that walks all routes.
    endpoint.views = by_method  # type: ignore[attr-defined]
    endpoint.marks = marked  # type: ignore[attr-defined]
    return Route(path, endpoint, methods=methods, name=path)


def probe(path: str, **views: View) -> Route:
    """An address of no visitor; its one view runs on the loop, and asks the database by itself."""
    ((name, view),) = views.items()
    method = name.upper()

    async def endpoint(request: Request) -> Response:
        answer = view(request)
        return await answer if inspect.isawaitable(answer) else answer

    endpoint.views = {method: view}  # type: ignore[attr-defined]
    endpoint.marks = {method: marks_of(view, method)}  # type: ignore[attr-defined]
    return Route(path, endpoint, methods=[method], name=path)


async def _serve(request: Request, view: View, marks: Marks, place: tuple[str, str]) -> Response:
    """`place` is the address of the route and the method."""
    _, method = place
    if refusal := _refusal(request, marks, method):
        return refusal
    return await carried_out(request, view, marks, place)


async def carried_out(
    request: Request, view: View, marks: Marks, place: tuple[str, str]
) -> Response:
    """Calls the view for somebody who may, within its limit, and notes its event."""
    path, method = place
    if isinstance(marks.limit, Limit):
        request.app.state.limits.check(request, path, method, marks.limit)
    if isinstance(marks.event, str):
        return await _told(request, view, marks.event)
    answer = view(request)
    return await answer if inspect.isawaitable(answer) else answer


def found(table: type[M], request: Request, name: str = "id") -> M:
    """The row that the address names, else 404."""
    row = table.get_or_none(table.id == request.path_params[name])
    if row is None:
        raise HTTPException(404)
    trail.tell(request, str(getattr(row, "name", "") or getattr(row, "title", "")))
    return row


def person(request: Request) -> User:
    """The person who is signed in; only for views that need a sign-in."""
    user = request.state.visitor.user
    assert user is not None
    return user


def clock(request: Request) -> Clock:
    """The clock of the engine that carries out requests for work."""
    found: Clock = request.app.state.clock
    return found


def query(request: Request, name: str) -> str:
    """One parameter of the query string without NUL, cut at 200 characters; "" if it is missing."""
    return request.query_params.get(name, "").replace("\0", "").strip()[:200]


def page_number(request: Request) -> int:
    text = query(request, "page")
    return min(max(int(text), 1), 1_000_000) if text.isdecimal() and text.isascii() else 1


async def _told(request: Request, view: View, event: str) -> Response:
    """Calls the view and notes its event, unless the view refused.

    A plain view and its event are one transaction; a coroutine opens its own by `trail.telling`.
    """
    trail.expect(request, event)
    if not inspect.iscoroutinefunction(view):
        return _together(request, cast("Callable[[Request], Response]", view))
    answer: Response = await view(request)
    if answer.status_code < 400:
        trail.told(request)
    return answer


def _together(request: Request, view: Callable[[Request], Response]) -> Response:
    with trail.changing():
        answer = view(request)
        if answer.status_code < 400:
            trail.told(request)
    return answer


async def _read_form(request: Request) -> str:
    """Reads the form into `request.state.fields` and returns the method that it means.

    Leaves NUL out, which PostgreSQL accepts in no text.
    """
    content_type = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if content_type != FORM:
        raise HTTPException(415)
    form = await request.form(max_fields=MOST_FIELDS)
    pairs = [(name, str(value).replace("\0", "")) for name, value in form.multi_items()]
    controls: dict[str, Any] = dict(pair for pair in pairs if pair[0] in CONTROLS)
    request.state.fields = [pair for pair in pairs if pair[0] not in CONTROLS]
    key, visitor = request.app.state.keyring.form_key, request.state.visitor
    request.state.token_fits = tokens.fits(key, visitor.id, controls.get("token", ""))
    return str(controls.get("_method", "POST")).upper()


def _refusal(request: Request, marks: Marks, method: str) -> Response | None:
    """Leads to the sign-in; 403 for a stale form or a role that is too low; None if all is well."""
    role, user = marks.role, request.state.visitor.user
    if role is not None and user is None:
        return _sign_in_first(request, marks, method)
    if method != "GET" and not request.state.token_fits:
        raise HTTPException(403, STALE)
    if role is not None and not user.may(role):
        raise HTTPException(403, NOT_YOURS)
    return None


def _sign_in_first(request: Request, marks: Marks, method: str) -> Response:
    if setup.is_open():
        return go(request, "/setup")
    if wants_fragment(request) and method == "GET":
        address = "/session/new"
    else:
        back = _way_back(request, marks, method)
        address = "/session/new" + (f"?next={quote(back, safe='')}" if back else "")
    if wants_fragment(request):
        return Response(status_code=401, headers={"HX-Redirect": address, "Vary": VARY})
    return Response(status_code=303, headers={"Location": address, "Vary": VARY})


def _way_back(request: Request, marks: Marks, method: str) -> str:
    """The address to go on to after the sign-in; "" where it is not known.

    For a GET it is the page itself. A sent form is kept and shown again, unless it came from
    another site or another browser.
    """
    if method == "GET":
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    visitor = request.state.visitor
    owner = owner_of(visitor.id)
    if marks.keeps_typed and request.state.token_fits and owner is not None:
        place = request.url.path, method
        if HeldForm.hold(visitor.id, owner, place, request.state.fields, now()):
            return UNSENT
    page = back_to(request)
    return "" if page == "/" else page


def own_address(request: Request) -> str:
    """Our address as this browser reached it, through any proxy."""
    url, below = request.url, request.app.state.base_path
    return f"{url.scheme}://{url.netloc}{below}"


def local(address: str) -> str:
    """The address if it is a path of this program, otherwise the dashboard's."""
    is_path = address.startswith("/") and not address.startswith("//")
    is_plain = address.isascii() and address.isprintable() and "\\" not in address
    return address if is_path and is_plain else "/"


def back_to(request: Request) -> str:
    """The page that the form stood on, by its Referer; otherwise the dashboard."""
    try:
        came_from = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/"
    if came_from.netloc != request.url.netloc:
        return "/"
    path = within(came_from.path, request.app.state.base_path)
    return local(path + (f"?{came_from.query}" if came_from.query else ""))
