"""A person's request to search one item now, or to see what a search would find."""

from starlette.requests import Request
from starlette.responses import Response

from jobs.runs.by_hand import ask_for
from models.backlog import Item
from views.web.backs import to_item
from views.web.endpoint import clock, found
from views.web.limits import AN_INSTANCE
from views.web.marks import IN_HISTORY, writes
from views.web.render import go


@writes("member", limit=AN_INSTANCE, event=IN_HISTORY)
def create(request: Request) -> Response:
    item = found(Item, request)
    refused = ask_for(item, clock(request).now())
    return go(request, to_item(request, item), refused or "", kind="notice")


@writes("member", limit=AN_INSTANCE, event=IN_HISTORY)
def look(request: Request) -> Response:
    """Asks what would be found for it or its season; the answer appears on the item's page."""
    item = found(Item, request)
    whole = dict(request.state.fields).get("what") == "season"
    refused = ask_for(item, clock(request).now(), "season-trial" if whole else "trial")
    return go(request, to_item(request, item), refused or "", kind="notice")
