"""Error pages, whole or as a fragment."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from views.web.render import render
from views.web.visitor import Visitor


def refused(request: Request, error: Exception) -> Response:
    """Answers every HTTPException; its own sentence, if any, replaces the usual one."""
    assert isinstance(error, HTTPException)
    usual = HTTPStatus(error.status_code).phrase
    sentence = None if error.detail == usual else error.detail
    return render(
        request,
        "errors/show.html",
        status=error.status_code,
        headers=error.headers,
        sentence=sentence,
        request_id=request.state.request_id,
    )


def broken(request: Request, error: Exception) -> Response:
    """Answers every unexpected error; the server itself logs it."""
    if not hasattr(request.state, "visitor"):
        request.state.visitor = Visitor(None)
    name = request.state.request_id
    return render(request, "errors/show.html", status=500, sentence=None, request_id=name)
