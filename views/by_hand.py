"""A person's request to search one item now."""

from starlette.requests import Request
from starlette.responses import Response

from models.backlog import Item
from views.web.endpoint import found
from views.web.limits import AN_INSTANCE
from views.web.marks import IN_HISTORY, writes
from views.web.render import go


@writes("member", limit=AN_INSTANCE, event=IN_HISTORY)
def create(request: Request) -> Response:
    item = found(Item, request)
    refused = request.app.state.by_hand.begin(item)
    return go(request, f"/items/{item.id}", refused or "", kind="notice")
