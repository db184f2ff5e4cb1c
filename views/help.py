"""What the words of the pages mean."""

from starlette.requests import Request
from starlette.responses import Response

from views.web.render import render


def show(request: Request) -> Response:
    return render(request, "help/show.html")
