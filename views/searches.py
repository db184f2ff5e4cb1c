"""The history: every search, and what came of it."""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from models import fates
from models.database import database
from models.fields import now
from models.history import Filter, read
from models.instances import Instance
from models.queues import Queue
from models.searches import OUTCOMES
from views.endpoint import page_number, query
from views.render import render

NAMES = ("instance", "queue", "outcome", "fate", "text")


async def index(request: Request) -> Response:
    values = {name: query(request, name) for name in NAMES}
    wanted = Filter(
        instance=_id(values["instance"]),
        queue=_id(values["queue"]),
        outcome=values["outcome"] if values["outcome"] in OUTCOMES else None,
        fate=values["fate"] if values["fate"] in fates.WORDS else None,
        text=values["text"],
    )
    page = page_number(request)
    found = await database.aside(read, wanted, page, now())
    return render(
        request,
        "searches/index.html",
        form=_Typed(values),
        found=found,
        page=page,
        filtered=any(values.values()),
        instances=list(Instance.by_name()),
        queues=list(Queue.by_name()),
        address=_addresses(values),
    )


class _Typed:
    """Filters have no faults: what cannot be meant filters nothing."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values
        self.errors: dict[str, str] = {}


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 18 else None


def _addresses(values: dict[str, str]) -> Any:
    """A function from a page's number to its address."""
    kept = {name: value for name, value in values.items() if value}
    return lambda page: "/searches?" + urlencode(kept | {"page": page})
