"""One item: why it is searched or not, and its searches so far."""

from starlette.requests import Request
from starlette.responses import Response

from jobs.runs.by_hand import Asked
from models.backlog import Item
from models.backlog.eligibility import Policy
from models.backlog.exclusions import kinds_of, scope, scopes_of
from models.backlog.tags import facts_of
from models.budgets.gates import closed
from models.database import database
from models.database.fields import now
from models.explain import explain
from models.forms import Draft
from models.forms.exclusions import ExclusionForm
from models.household import Household
from models.instances import WantedList
from models.searches import Search
from models.yields.departures import arrivals, bringer
from views.web.endpoint import found, query
from views.web.limits import A_BACKLOG
from views.web.marks import reads
from views.web.render import render, unchanged

POLL = 2


@reads(limit=A_BACKLOG)
async def show(request: Request) -> Response:
    item = found(Item, request)
    kinds = kinds_of(item)
    asked = query(request, "exclude")
    draft = ExclusionForm.blank(
        item=item.id, kind=asked if asked in kinds else kinds[0], until="30"
    )
    return await page(request, item, draft, opened=bool(asked))


async def page(
    request: Request,
    item: Item,
    draft: Draft[ExclusionForm],
    *,
    opened: bool = False,
    status: int = 200,
) -> Response:
    """The item's page, with `draft` in the form that excludes it."""
    at = now()
    household = Household.current()
    searches = list(Search.of_item(item).limit(20))
    asked = Asked.of(item)
    states = [(each.id, each.state, each.outcome, each.fate) for each in searches]
    arrived = arrivals([item]).get(item.id)
    version = unchanged(request, item.__data__, states, asked)
    if version is None:
        return Response(status_code=204)
    return render(
        request,
        "items/show.html",
        status=status,
        household=household,
        item=item,
        why=await database.aside(explain, item, at, household),
        policy=Policy.of(household),
        facts=facts_of(item),
        searches=searches,
        bringer=bringer(item),
        arrived=arrived,
        searching=asked.is_searching,
        waiting=asked.is_waiting,
        note=asked.note,
        gate=closed(item.instance, household, at),
        doubts=WantedList.doubts([item.instance], {item.want}),
        form=draft,
        scopes=scopes_of(item),
        scope=scope,
        opened=opened,
        active=asked.is_searching,
        poll=POLL if asked.is_searching else None,
        poll_url=f"/items/{item.id}?seen={version}",
    )
