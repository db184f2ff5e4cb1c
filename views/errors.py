"""Error pages, whole or as a fragment; for other programs, problems as JSON."""

import logging
from http import HTTPStatus
from typing import Any, cast

from peewee import DatabaseError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.database import database
from views.web.middleware.base_path import within
from views.web.problems import problem
from views.web.render import render
from views.web.visitor import Visitor, is_of_programs

log = logging.getLogger(__name__)

UNWRITTEN = (
    "The database could not be written: {}. Nothing was changed; try again once that is mended."
)


async def refused(request: Request, error: Exception) -> Response:
    """Answers every HTTPException; its own sentence, if any, replaces the usual one.

    A plain function would be run on a thread of the framework, with a connection of its own.
    """
    return cast("Response", await database.work(_refused, request, error))


async def unwritten(request: Request, error: Exception) -> Response:
    """Answers a database that takes nothing now; any other error of it is raised again."""
    why = database.why_unwritable(error)
    if not why:
        raise error
    log.error("the database could not be written: %s", error)
    return await refused(request, HTTPException(503, UNWRITTEN.format(why)))


async def broken(request: Request, error: Exception) -> Response:
    """Answers every unexpected error; the server itself logs it."""
    return cast("Response", await database.work(_broken, request, error))


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if _is_of_programs(request):
        return problem(request, error)
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


def _broken(request: Request, error: Exception) -> Response:
    if _is_of_programs(request):
        return problem(request, HTTPException(500))
    if not hasattr(request.state, "visitor"):
        request.state.visitor = Visitor(None)
    name = request.state.request_id
    return render(request, "errors/show.html", status=500, sentence=None, request_id=name)


def _is_of_programs(request: Request) -> bool:
    return is_of_programs(within(request.scope["path"], request.app.state.base_path))


HANDLERS: dict[Any, Any] = {HTTPException: refused, DatabaseError: unwritten, Exception: broken}
