"""Refusals for other programs: problems of RFC 9457, as JSON."""

from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
WRONG_FIELDS = "Some of what was sent cannot be used; nothing was changed."


class FieldProblem(msgspec.Struct, frozen=True):
    """What is wrong with one field of a body, or one parameter of an address; "" is all of it."""

    field: str
    detail: str


class Problem(msgspec.Struct, frozen=True):
    """A refusal as RFC 9457 writes it."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    errors: list[FieldProblem] = []


class Invalid(HTTPException):
    """A refusal of fields, each with its sentence."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(422, WRONG_FIELDS)
        self.errors = errors


def problem(request: Request, error: HTTPException) -> Response:
    """The answer to a program for an error whose `detail` is one sentence, or the usual phrase."""
    wrong = error.errors if isinstance(error, Invalid) else {}
    told = Problem(
        title=HTTPStatus(error.status_code).phrase,
        status=error.status_code,
        detail=error.detail,
        errors=[FieldProblem(*each) for each in wrong.items()],
    )
    body = msgspec.json.encode(told)
    return Response(body, error.status_code, error.headers, MEDIA_TYPE)
