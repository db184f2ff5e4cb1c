"""The list that a person came from, so that a page of one thing leads back to it."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from starlette.requests import Request

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
    fields: Mapping[str, str] = dict(getattr(request.state, "fields", ()))
    told = request.query_params.get("back") or fields.get("back") or back_to(request)
    address = local(told[:LONGEST]) if len(told) <= LONGEST else USUAL
    label = LABELS.get(urlsplit(address).path.split("/")[1])
    return Back(address, label) if label else Back(USUAL, LABELS["backlog"])
