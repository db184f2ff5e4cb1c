"""The backlog: every wanted item, with its state in words."""

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from models.applications import WANTS
from models.backlog.eligibility import Reason
from models.browsing import ItemFilter, read
from models.budgets import Ledger
from models.budgets.gates import held
from models.database import database
from models.database.fields import now
from models.forms import Draft
from models.instances import Instance
from views.web.endpoint import page_number, query
from views.web.limits import A_BACKLOG
from views.web.marks import reads
from views.web.render import render

NAMES = ("text", "instance", "want", "series", "reason")
# These two depend on a queue or a run, so the backlog cannot be filtered by them.
REASONS = [each for each in Reason if each not in (Reason.FILTERED, Reason.PACK)]


@reads(limit=A_BACKLOG)
async def index(request: Request) -> Response:
    values = {name: query(request, name) for name in NAMES}
    by_name = {reason.name.lower(): reason for reason in REASONS}
    wanted = ItemFilter(
        instance=_id(values["instance"]),
        want=values["want"] if values["want"] in WANTS else None,
        reason=by_name.get(values["reason"]),
        series=_id(values["series"]),
        text=values["text"],
    )
    page = page_number(request)
    instances = list(Instance.by_name())
    ledger = Ledger.at(now())
    holding = held(instances, ledger)
    asked = {wanted.instance} if wanted.instance else {each.id for each in instances}
    found = await database.aside(read, wanted, page, now())
    return render(
        request,
        "backlog/index.html",
        form=Draft(values, {}, None),
        found=found,
        page=page,
        filtered=any(values.values()),
        wanted=wanted,
        reasons=by_name,
        counts=found.counts,
        instances=instances,
        held=holding,
        household=ledger.household,
        all_held=bool(asked) and asked <= holding,
        address=_addresses(values),
    )


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 18 else None


def _addresses(values: dict[str, str]) -> Callable[..., str]:
    """A function that gives the list's address, with the filters named in its arguments changed."""

    def address(**changes: object) -> str:
        kept = {name: value for name, value in (values | changes).items() if value}
        return "/backlog" + ("?" + urlencode(kept) if kept else "")

    return address
