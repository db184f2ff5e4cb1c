"""The questions before something is gone, as pages; with script a dialog asks the same."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from models.instances import Instance
from views.queues import own
from views.web.declared import must_not_be_declared
from views.web.endpoint import found
from views.web.marks import reads
from views.web.render import render


@reads("admin")
def instance(request: Request) -> Response:
    row = found(Instance, request)
    must_not_be_declared(row)
    return _asked(request, "instances/delete.html", f"Delete {row.name}", instance=row)


@reads("member")
def queue(request: Request) -> Response:
    row = own(request)
    must_not_be_declared(row)
    return _asked(request, "queues/delete.html", f"Delete {row.name}", queue=row)


@reads("admin")
def demo(request: Request) -> Response:
    return _asked(request, "demo/delete.html", "Remove the demo library")


def sessions(request: Request) -> Response:
    return _asked(request, "sessions/delete.html", "Sign out everywhere else")


def _asked(request: Request, question: str, title: str, **context: Any) -> Response:
    return render(request, "questions/show.html", question=question, title=title, **context)
