"""*Sync now* of an instance."""

from starlette.requests import Request
from starlette.responses import Response

from models.instances import Instance
from models.wishes import Wish
from views.instances import KEY_FIRST
from views.web.endpoint import clock, found
from views.web.limits import AN_INSTANCE
from views.web.marks import IN_HISTORY, writes
from views.web.render import go


@writes("member", limit=AN_INSTANCE, event=IN_HISTORY)
def create(request: Request) -> Response:
    instance = found(Instance, request)
    if instance.lacks_key:
        return go(request, f"/instances/{instance.id}", KEY_FIRST, kind="error")
    Wish.ask("sync", instance.id, clock(request).now())
    return go(request, f"/instances/{instance.id}", f"Syncing {instance.name}.")
