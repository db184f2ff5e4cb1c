"""Shows a form again that its person sent after the session had ended, with what they typed."""

import inspect
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from models.database.fields import now
from models.forms import Unsent
from models.forms.held_forms import HeldForm
from views.web.endpoint import NOT_YOURS, person
from views.web.marks import View
from views.web.render import render


async def show(request: Request) -> Response:
    """Calls the form's own view with `Unsent` fields, which it refuses and so shows again."""
    held = HeldForm.of(request.state.visitor.id, person(request), now())
    if held is None:
        return render(request, "unsent/show.html")
    view, role, inner = _found(request, held)
    if not person(request).may(role):
        raise HTTPException(403, NOT_YOURS)
    inner.state.fields = Unsent(held.fields)
    answer = view(inner)
    answer = await answer if inspect.isawaitable(answer) else answer
    answer.status_code = 200
    return answer


def _found(request: Request, held: HeldForm) -> tuple[View, str, Request]:
    """The view, its least role, and the request that the form would have made."""
    scope = {**request.scope, "path": held.path, "method": "POST"}
    for route in request.app.routes:
        match, found = route.matches(scope)
        if match == Match.FULL and isinstance(route, Route):
            endpoint: Any = route.endpoint
            marks = endpoint.marks.get(held.method)
            if marks and marks.keeps_typed:
                view = endpoint.views[held.method]
                return view, marks.role, Request({**scope, **found})
    raise HTTPException(404)
