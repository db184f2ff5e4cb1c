"""Each view says who may call it, how often, and what the audit trail tells of it."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from models.people import ROLES
from models.people.audit import WORDS
from views.routes import routes
from views.web.endpoint import resource
from views.web.limits import A_BACKLOG, Limit
from views.web.marks import EVERYBODY, USUAL, Marks, Without, marks_of, reads, writes

ALL = [
    (route.path, method, marks)
    for route in routes()
    for method, marks in route.endpoint.marks.items()
]
# Anybody can ask for these, signed in or not. A webhook is one look by a hash, and writes at most
# once in a few seconds.
CHEAP_FOR_STRANGERS = {("/session", "DELETE"), ("/hooks/{secret}", "POST")}


def _answer(request: Request) -> Response:
    return Response()


def _says(mark: object) -> bool:
    return isinstance(mark, Without) and len(mark.why.split()) > 3 and mark.why.endswith(".")


def test_every_view_that_writes_says_its_role_its_limit_and_its_event_or_why_it_has_none() -> None:
    writing = [(path, method, marks) for path, method, marks in ALL if method != "GET"]
    assert len(writing) > 40
    for path, method, marks in writing:
        view = f"{method} {path}"
        assert marks.role is EVERYBODY or marks.role in ROLES, view
        assert isinstance(marks.limit, Limit) or _says(marks.limit), view
        assert marks.event in WORDS or _says(marks.event), view


def test_every_view_that_only_reads_leaves_nothing_in_the_trail() -> None:
    for path, method, marks in ALL:
        if method == "GET":
            assert isinstance(marks.event, Without), path


def test_strangers_change_nothing_without_a_limit() -> None:
    unlimited = {
        (path, method)
        for path, method, marks in ALL
        if method != "GET" and marks.role is EVERYBODY and isinstance(marks.limit, Without)
    }
    assert unlimited == CHEAP_FOR_STRANGERS


def test_an_action_of_the_trail_stands_on_views_that_do_the_same() -> None:
    """Only the end of one session and of all others is told in the same words."""
    views = [(path, marks) for path, _, marks in ALL if not path.startswith("/api/")]
    told = [marks.event for _, marks in views if isinstance(marks.event, str)]
    assert {event for event in told if told.count(event) > 1} == {
        *("sessions-ended", "excluded", "exclusion-ended")
    }


@pytest.mark.parametrize("method", ["post", "patch", "delete"])
def test_a_view_that_does_not_say_what_it_writes_gets_no_address(method: str) -> None:
    with pytest.raises(TypeError, match=r"_answer lacks @writes"):
        resource("/somewhere", **{method: _answer})


def test_a_view_that_says_it_only_reads_gets_no_form() -> None:
    def show(request: Request) -> Response:
        return Response()

    with pytest.raises(TypeError, match="lacks @writes"):
        resource("/somewhere", post=reads("admin")(show))


def test_what_shows_something_is_for_everybody_who_is_signed_in_unless_it_says_otherwise() -> None:
    def show(request: Request) -> Response:
        return Response()

    assert marks_of(show, "GET") == USUAL
    assert marks_of(reads(EVERYBODY)(show), "GET").role is EVERYBODY
    assert marks_of(reads(limit=A_BACKLOG)(show), "GET").limit == A_BACKLOG
    marked = writes("admin", limit=A_BACKLOG, event="held", keeps_typed=True)(show)
    assert marks_of(marked, "POST") == Marks("admin", A_BACKLOG, "held", keeps_typed=True)
