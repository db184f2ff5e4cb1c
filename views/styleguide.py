"""The style guide: every component in every state."""

from starlette.requests import Request
from starlette.responses import Response

from views.web.render import render


def show(request: Request) -> Response:
    return render(request, "styleguide/index.html")
