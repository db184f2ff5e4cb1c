"""The history: every search, with its outcome."""

from starlette.requests import Request
from starlette.responses import Response

from models.database import database
from models.database.fields import now
from models.instances import Instance
from models.queues import Queue
from models.searches import OUTCOMES, fates
from models.searches.history import SearchFilter, read
from views.web.endpoint import page_number, query
from views.web.filtering import Typed, addresses
from views.web.limits import A_BACKLOG
from views.web.marks import reads
from views.web.render import render

NAMES = ("instance", "queue", "outcome", "fate", "text")


@reads(limit=A_BACKLOG)
async def index(request: Request) -> Response:
    values = {name: query(request, name) for name in NAMES}
    wanted = SearchFilter(
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
        form=Typed(values),
        found=found,
        page=page,
        filtered=any(values.values()),
        instances=list(Instance.by_name()),
        queues=list(Queue.by_name()),
        address=addresses("/searches", values),
    )


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 18 else None
