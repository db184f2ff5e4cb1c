"""The demo library: one click adds it, one click removes it with everything it left."""

from starlette.requests import Request
from starlette.responses import Response

from models import demo
from models.database.fields import now
from models.wishes import Wish
from views.web.endpoint import clock
from views.web.marks import CHEAP, writes
from views.web.render import go


@writes("admin", limit=CHEAP, event="demo-added")
def create(request: Request) -> Response:
    instances = demo.add(now())
    for instance in instances:
        Wish.ask("sync", instance.id, clock(request).now())
    return go(request, demo.next_page(), "The demo library is added: a Sonarr and a Radarr.")


@writes("admin", limit=CHEAP, event="demo-removed")
def destroy(request: Request) -> Response:
    demo.remove()
    return go(request, "/instances", "The demo library and everything it left are removed.")
