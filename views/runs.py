"""Runs: people start, watch and cancel them."""

from itertools import groupby
from zoneinfo import ZoneInfo

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
    zone = ZoneInfo(person(request).time_zone)
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
    if queue.started_at is None:
        return go(request, f"/queues/{queue.id}/preview", NOT_STARTED, kind="notice")
    if Household.current().held_at:
        return go(request, f"/queues/{queue.id}", ON_HOLD, kind="error")
    impatient = ("ignore_cooldown", "1") in request.state.fields
    at = clock(request).now()
    run = Run.ask(queue, at, by=person(request), ignores_cooldown=impatient)
    if run is None:
        return go(request, f"/queues/{queue.id}", GOING_ON, kind="notice")
    return answer(request, queue.id)


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
        line=run_line(run, searches, now(), ZoneInfo(person(request).time_zone)),
        dry_searches=list(DrySearch.of(run)),
        active=run.is_active,
        poll=2 if run.is_active else None,
        poll_url=f"{request.url.path}?seen={version}",
    )


@writes("member", limit=CHEAP, event=IN_HISTORY)
def destroy(request: Request) -> Response:
    """Cancels the run: a search in flight still ends; one that only waits is taken back."""
    run = found(Run, request)
    if run.queue is not None:
        refuse_others(run.queue, person(request))
    if not run.is_active:
        return go(request, f"/runs/{run.id}", OVER, kind="notice")
    run.ask_to_stop(now())
    return go(request, f"/runs/{run.id}", "The run stops after the search under way.")
