"""Endpoints of the API: one declaration each, from which all else follows.

The routes, the checks, the OpenAPI document and the tests read the same declaration.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar, cast

from peewee import Model
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models.database import LostConnection, database
from models.database.fields import now
from models.forms import Draft, Form
from models.forms.bodies import fields_of, misfits, pairs
from models.people import User
from views.api.answers import Veil, tag_of
from views.api.bodies import JSON, read_object
from views.web.endpoint import NO_DATABASE, carried_out, found
from views.web.keys import admit
from views.web.limits import Limit
from views.web.marks import READS, Marks, Without
from views.web.problems import Invalid
from views.web.render import mask_of
from views.web.visitor import API

M = TypeVar("M", bound=Model)

TAG_NEEDED = "Send If-Match with the ETag of what you have read, or * to change it in any case."
CHANGED_SINCE = "It has changed since you read it: read it again."
NOTHING: Mapping[str, Any] = {}


class Call:
    """A request that was let in, with what it has sent."""

    def __init__(self, request: Request, endpoint: "Endpoint") -> None:
        self.request = request
        self.at: datetime = now()
        self.user: User = request.state.key.user
        self.veil = Veil(request.state.key, mask_of(request))
        self.asked: Any = request.state.asked
        self._endpoint = endpoint

    def found(self, table: type[M]) -> M:
        """The row that the address names, else 404."""
        return found(table, self.request)

    def draft(self, given: Mapping[str, Any] = NOTHING) -> Draft[Any]:
        """The form of the body; `given` is what stands there where the body says nothing else.

        Raises Invalid.
        """
        form = self._endpoint.form
        assert form is not None
        draft = form.read(pairs({**given, **self.request.state.body}))
        refuse_bad(draft)
        return draft

    def must_match(self, resource: object) -> None:
        """Raises a 412 unless If-Match names this resource as it is."""
        wanted = self.request.headers["if-match"].split(",")
        tags = {each.strip().removeprefix("W/") for each in wanted}
        if tags.isdisjoint({"*", tag_of(self.veil.encoded(resource))}):
            raise HTTPException(412, CHANGED_SINCE)


@dataclass(frozen=True)
class Made:
    """An answer that also says where the new resource is."""

    answer: object
    location: str


Handler = Callable[[Call], object | Awaitable[object]]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One operation.

    `path` is below /api/v1. `answer` is the type of what it returns; None for an empty answer.
    `scope` is what the key has to allow, `role` the least role of its person.
    `form` checks the body, `asked` the query string; `needed` are the fields a body cannot leave
    out, `hidden` those of the form that a program cannot send.
    `has_tag`: its answers carry an ETag. `needs_tag`: it wants If-Match.
    `refusals` are statuses of its own, beside those that follow from the rest.
    """

    method: str
    path: str
    handler: Handler
    answer: Any
    scope: str
    role: str
    status: int = 200
    form: type[Form] | None = None
    asked: type[Form] | None = None
    needed: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    has_tag: bool = False
    needs_tag: bool = False
    refusals: tuple[int, ...] = ()
    limit: Limit | Without = READS
    event: str | Without = READS

    @property
    def marks(self) -> Marks:
        return Marks(self.role, self.limit, self.event)

    @property
    def name(self) -> str:
        """A name that no other endpoint has, such as "queues.index"."""
        return f"{self.handler.__module__.rpartition('.')[2]}.{self.handler.__name__}"

    @property
    def words(self) -> str:
        """What it does, as its function says."""
        return inspect.getdoc(self.handler) or ""

    async def read(self, request: Request) -> None:
        """Reads and checks the types of all that was sent. Raises HTTPException."""
        if self.needs_tag and "if-match" not in request.headers:
            raise HTTPException(428, TAG_NEEDED)
        form, parameters = self.asked or Form, request.query_params.multi_items()
        if unknown := [name[:40] for name, _ in parameters if name not in form.model_fields]:
            raise Invalid({name: f"There is no parameter “{name}” here." for name in unknown})
        asked = form.read(parameters)
        refuse_bad(asked)
        request.state.asked = asked.form
        request.state.body = {}
        if self.form is not None:
            request.state.body = await read_object(request, may_be_empty=not self.needed)
            if wrong := misfits(request.state.body, fields_of(self.form, self.hidden)):
                raise Invalid(wrong)
        request.state.fields = pairs(request.state.body)

    def view(self) -> Callable[[Request], Any]:
        """The handler as a view of a page would be: of a request, to a response."""
        handler = self.handler
        if inspect.iscoroutinefunction(handler):

            async def waits(request: Request) -> Response:
                call = Call(request, self)
                return self._written(call, await handler(call))

            return waits

        def answers(request: Request) -> Response:
            call = Call(request, self)
            return self._written(call, handler(call))

        return answers

    def _written(self, call: Call, returned: object) -> Response:
        headers: dict[str, str] = {}
        if isinstance(returned, Made):
            headers["Location"] = API + returned.location
            returned = returned.answer
        if self.answer is None:
            return Response(status_code=self.status, headers=headers)
        body = call.veil.encoded(returned)
        if self.has_tag:
            headers["ETag"] = tag = tag_of(body)
            known = call.request.headers.get("if-none-match", "")
            tags = {each.strip().removeprefix("W/") for each in known.split(",")}
            if self.method == "GET" and not tags.isdisjoint({tag, "*"}):
                return Response(status_code=304, headers=headers)
        return Response(body, self.status, headers, JSON)


def read(
    path: str, *, answer: Any, scope: str = "read", role: str = "viewer", **others: Any
) -> Callable[[Handler], Endpoint]:
    """Declares an endpoint that only reads."""

    def declare(handler: Handler) -> Endpoint:
        told = {"answer": answer, "scope": scope, "role": role}
        return Endpoint(method="GET", path=path, handler=handler, **told, **others)

    return declare


def write(
    method: str,
    path: str,
    *,
    answer: Any,
    role: str,
    limit: Limit | Without,
    event: str | Without,
    **others: Any,
) -> Callable[[Handler], Endpoint]:
    """Declares an endpoint that changes something."""

    def declare(handler: Handler) -> Endpoint:
        return Endpoint(
            method=method,
            path=path,
            handler=handler,
            answer=answer,
            scope="write",
            role=role,
            limit=limit,
            event=event,
            **others,
        )

    return declare


def refuse_bad(draft: Draft[Any]) -> None:
    """Raises Invalid with the sentences of a refused draft."""
    if not draft.is_good:
        raise Invalid(draft.errors)


def routes_of(endpoints: Iterable[Endpoint]) -> list[Route]:
    """A route for each address, with all of its methods."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    for each in endpoints:
        by_path.setdefault(each.path, {})[each.method] = each
    return [_route(API + path, by_method) for path, by_method in by_path.items()]


def _route(path: str, by_method: dict[str, Endpoint]) -> Route:
    views = {method: each.view() for method, each in by_method.items()}

    async def endpoint(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        one = by_method[method]
        try:
            request.state.key = await database.work(admit, request, one.scope, one.role)
            await one.read(request)
            serve = partial(carried_out, request, views[method], one.marks, (path, method))
            return cast("Response", await database.whole(method, serve))
        except LostConnection:
            raise HTTPException(503, NO_DATABASE) from None

    # Read by code that walks all routes.
    endpoint.views = views  # type: ignore[attr-defined]
    endpoint.marks = {method: each.marks for method, each in by_method.items()}  # type: ignore[attr-defined]
    endpoint.declared = by_method  # type: ignore[attr-defined]
    return Route(path, endpoint, methods=list(by_method), name=path)
