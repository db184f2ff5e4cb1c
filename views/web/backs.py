"""The list that a person came from, so that a page of one thing leads back to it."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from starlette.requests import Request

from models.backlog import Item
from views.web.endpoint import back_to, local

LONGEST = 400
# The lists that lead to an item, by the first part of their address.
LABELS = {
    "": "Dashboard",
    "backlog": "Backlog",
    "searches": "History",
    "runs": "Runs",
    "queues": "Queues",
    "exclusions": "Exclusions",
    "instances": "Instances",
    "yield": "Yield",
    "plan": "Plan",
}
USUAL = "/backlog"


class Back(NamedTuple):
    """The address of a list, and what its link says."""

    address: str
    label: str

    def on(self, path: str) -> str:
        """The address of a page that leads back here."""
        return f"{path}?back={quote(self.address, safe='')}"


def back_of(request: Request) -> Back:
    """The list that the query string or the form names, else the one of the Referer.

    An address that is no list of this program counts as the backlog's.
    """
    told = _told(request) or back_to(request)
    address = local(told) if len(told) <= LONGEST else USUAL
    label = LABELS.get(urlsplit(address).path.split("/")[1])
    return Back(address, label) if label else Back(USUAL, LABELS["backlog"])


def to_item(request: Request, item: Item) -> str:
    """The address of the item's page, which leads back to the list that the form names."""
    path = f"/items/{item.id}"
    return back_of(request).on(path) if _told(request) else path


def told_back(request: Request) -> str:
    """The page that the form names, else the one that it stood on."""
    told = _told(request)
    return local(told) if told and len(told) <= 2 * LONGEST else back_to(request)


def _told(request: Request) -> str:
    fields: Mapping[str, str] = dict(getattr(request.state, "fields", ()))
    return request.query_params.get("back") or fields.get("back") or ""
