"""Runs: people start, watch and cancel them."""

from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from models.database.fields import now
from models.dry_runs import DrySearch
from models.household import Household
from models.queues import Queue
from models.searches import Search
from models.searches.history import shown
from models.searches.runs import Run
from views.pauses import answer
from views.pictures.run import run_line
from views.queues import own, refuse_others
from views.web.endpoint import clock, found, page_number, person
from views.web.limits import AN_INSTANCE
from views.web.marks import CHEAP, IN_HISTORY, writes
from views.web.render import go, render, unchanged

PAGE = 50
ON_HOLD = "Everything is on hold, so no run was started."
NOT_STARTED = "This queue is not started yet: look at the preview, then start it."
OVER = "This run has ended already."
GOING_ON = "A run of this queue is under way already."


def index(request: Request) -> Response:
    """All runs, or those of one queue."""
    queue = found(Queue, request) if "id" in request.path_params else None
    runs = Run.recent().where(Run.queue == queue) if queue else Run.recent()
    page = page_number(request)
    shown = list(runs.limit(PAGE + 1).offset((page - 1) * PAGE))
    zone = person(request).zone
    days = groupby(shown[:PAGE], lambda run: run.started_at.astimezone(zone).date())
    return render(
        request,
        "runs/index.html",
        queue=queue,
        days=[(day, list(runs)) for day, runs in days],
        marks=Search.marks_of(shown[:PAGE]),
        page=page,
        has_more=len(shown) > PAGE,
    )


@writes("member", limit=AN_INSTANCE, event=IN_HISTORY)
def create(request: Request) -> Response:
    queue = own(request)
    impatient = ("ignore_cooldown", "1") in request.state.fields
    begun = begin(request, queue, ignores_cooldown=impatient)
    if isinstance(begun, Run):
        return answer(request, queue.id)
    page = f"/queues/{queue.id}" + ("/preview" if begun == NOT_STARTED else "")
    return go(request, page, begun, kind="error" if begun == ON_HOLD else "notice")


def begin(request: Request, queue: Queue, *, ignores_cooldown: bool) -> Run | str:
    """The run that the person asks for now, or the sentence that says why there is none."""
    if queue.started_at is None:
        return NOT_STARTED
    if Household.current().held_at:
        return ON_HOLD
    if nowhere := queue.nowhere:
        return nowhere.sentence
    at = clock(request).now()
    run = Run.ask(queue, at, by=person(request), ignores_cooldown=ignores_cooldown)
    return GOING_ON if run is None else run


def show(request: Request) -> Response:
    run = found(Run, request)
    searches = shown(Search.select().where(Search.run == run).order_by(Search.id))
    facts = [(s.id, s.state, s.outcome) for s in searches]
    version = unchanged(request, run.__data__, facts)
    if version is None:
        return Response(status_code=204)
    return render(
        request,
        "runs/show.html",
        run=run,
        searches=searches,
        line=run_line(run, searches, now(), person(request).zone),
        dry_searches=list(DrySearch.of(run)),
        active=run.is_active,
        poll=2 if run.is_active else None,
        poll_url=f"{request.url.path}?seen={version}",
    )


@writes("member", limit=CHEAP, event=IN_HISTORY)
def destroy(request: Request) -> Response:
    """Cancels the run: a search in flight still ends; one that only waits is taken back."""
    run = found(Run, request)
    if not cancel(request, run):
        return go(request, f"/runs/{run.id}", OVER, kind="notice")
    return go(request, f"/runs/{run.id}", "The run stops after the search under way.")


def cancel(request: Request, run: Run) -> bool:
    """Asks the run to stop; False when it has ended already."""
    if run.queue is not None:
        refuse_others(run.queue, person(request))
    if run.is_active:
        run.ask_to_stop(now())
    return run.is_active
