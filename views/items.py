"""One item: why it is searched or not, and its searches so far."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from jobs.runs.by_hand import Asked, season_of
from models.backlog import Item
from models.backlog.eligibility import Policy
from models.backlog.exclusions import Exclusion, kinds_of, scope, scopes_of
from models.backlog.tags import facts_of
from models.batches.coverage import may_exclude_for_ever
from models.batches.packs import cost
from models.browsing.series import SeriesCells, cells_of
from models.budgets.gates import closed
from models.database import database
from models.database.fields import now
from models.explain import Explanation, explain
from models.forms import Draft
from models.forms.exclusions import ExclusionForm
from models.household import Household
from models.instances import WantedList
from models.scores import ScoreChange
from models.scores.board import ItemScore
from models.searches import Search
from models.story import story, was_there_first
from models.trials import Trial
from models.yields.departures import arrivals, bringer
from views.web.backs import back_of
from views.web.endpoint import found, person, query
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
    trial = Trial.of(item, at) if person(request).may_change else None
    states = [(each.id, each.state, each.outcome, each.fate) for each in searches]
    arrived = arrivals([item]).get(item.id)
    score = ItemScore.of(item)
    version = unchanged(request, item.__data__, states, asked, score, trial and trial.id)
    if version is None:
        return Response(status_code=204)
    why, grid = await database.aside(_read, item, at, household)
    user, back = person(request), back_of(request)
    season = season_of(item, at) if user.may_change else []
    brought = bringer(item)
    imported = arrived or (brought.fate_at if brought else None)
    return render(
        request,
        "items/show.html",
        status=status,
        household=household,
        item=item,
        why=why,
        grid=grid,
        story=story(why, searches, imported, at),
        first_listed=was_there_first(item),
        back=back,
        for_ever=user.may_change and may_exclude_for_ever(user, Exclusion.of(item, "item"), at),
        policy=Policy.of(household),
        facts=facts_of(item),
        score=score,
        changes=ScoreChange.of_item(item.instance_id, item.arr_id),
        searches=searches,
        bringer=brought,
        arrived=arrived,
        searching=asked.is_searching,
        waiting=asked.is_waiting,
        note=asked.note,
        trial=trial,
        offers=trial.shown if trial else [],
        season=season,
        season_cost=cost(season) if season else 0,
        trying=asked.is_trial,
        gate=closed(item.instance, household, at),
        doubts=WantedList.doubts([item.instance], {item.want}),
        form=draft,
        scopes=scopes_of(item),
        scope=scope,
        opened=opened,
        active=asked.is_searching,
        poll=POLL if asked.is_searching else None,
        poll_url=back.on(f"/items/{item.id}") + f"&seen={version}",
    )


def _read(item: Item, at: datetime, household: Household) -> tuple[Explanation, SeriesCells | None]:
    """What takes long: its place in each queue, and its series."""
    grid = cells_of(item.instance, item.series_id) if item.has_group else None
    return explain(item, at, household), grid
