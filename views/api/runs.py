"""Runs: what each did, and how to stop one."""

from typing import Annotated, Any

import msgspec
from pydantic import Field
from starlette.exceptions import HTTPException

from models.dry_runs import DrySearch
from models.searches import Search
from models.searches.entries import HistoryPlace, Walk
from models.searches.history import shown
from models.searches.runs import Run
from views.api.answers import LeftOut, Link, Listed, Moment, Sentence, Step, Title
from views.api.endpoints import Call, read, write
from views.api.paging import ListQuery, cursor_of
from views.api.searches import SearchAnswer, search_answer
from views.runs import OVER, cancel
from views.web.marks import CHEAP, IN_HISTORY


class RunAnswer(msgspec.Struct, frozen=True):
    """A run of a queue."""

    id: int
    queue: int | None
    queue_name: str
    trigger: str
    started_by: str
    is_dry: bool
    ignores_cooldown: bool
    state: str
    step: Step
    note: Sentence
    planned: int
    started_at: Moment
    next_search_at: Moment | None
    stop_asked_at: Moment | None
    finished_at: Moment | None


class DrySearchAnswer(msgspec.Struct, frozen=True):
    """A search that a dry run would have sent."""

    item: int | None
    instance_name: str
    title: Title
    link: Link
    want: str
    items: int
    cost: int


class WholeRunAnswer(msgspec.Struct, frozen=True):
    """A run with all that it searched, left out, or, as a dry run, would have searched."""

    run: RunAnswer
    left_out: LeftOut
    searches: list[SearchAnswer]
    dry_searches: list[DrySearchAnswer]


class RunQuery(ListQuery):
    """Which runs to list."""

    queue: Annotated[int | None, Field(ge=1, le=2**53)] = None


def run_answer(run: Run) -> RunAnswer:
    return RunAnswer(
        id=run.id,
        queue=run.queue_id,
        queue_name=run.queue_name,
        trigger=run.trigger,
        started_by=run.started_by_name,
        is_dry=run.is_dry,
        ignores_cooldown=run.ignores_cooldown,
        state=run.state,
        step=run.step,
        note=run.note,
        planned=run.planned,
        started_at=run.started_at,
        next_search_at=run.next_search_at,
        stop_asked_at=run.stop_asked_at,
        finished_at=run.finished_at,
    )


@read("/runs", answer=Listed[RunAnswer], scope="totals", asked=RunQuery)
def index(call: Call) -> Listed[RunAnswer]:
    """Lists runs, the latest first."""
    asked: RunQuery = call.asked
    runs = Run.select() if asked.queue is None else Run.select().where(Run.queue == asked.queue)
    walk = Walk(asked.place, latest_first=True, limit=asked.limit + 1)
    found: list[Any] = walk.over(runs, Run)
    kept = found[: asked.limit]
    more = len(found) > len(kept)
    following = cursor_of(HistoryPlace.of(kept[-1])) if more else None
    return Listed([run_answer(run) for run in kept], following)


@read("/runs/{id:id}", answer=WholeRunAnswer)
def show(call: Call) -> WholeRunAnswer:
    """Shows one run with its searches."""
    run = call.found(Run)
    searches = shown(Search.select().where(Search.run == run).order_by(Search.id))
    return WholeRunAnswer(
        run=run_answer(run),
        left_out=run.left_out,
        searches=[search_answer(each, call.at) for each in searches],
        dry_searches=[_dry(each) for each in DrySearch.of(run)],
    )


@write(
    "DELETE",
    "/runs/{id:id}",
    answer=RunAnswer,
    role="member",
    status=202,
    limit=CHEAP,
    event=IN_HISTORY,
    refusals=(409,),
)
def destroy(call: Call) -> RunAnswer:
    """Asks a run to stop: the search under way still ends."""
    run = call.found(Run)
    if not cancel(call.request, run):
        raise HTTPException(409, OVER)
    return run_answer(run)


def _dry(each: DrySearch) -> DrySearchAnswer:
    return DrySearchAnswer(
        item=each.item_id,
        instance_name=each.instance_name,
        title=each.title,
        link=each.link,
        want=each.want,
        items=each.items,
        cost=each.cost,
    )
