"""Housekeeping: the regular jobs of the program, how they went, and a button to run each now."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from jobs.housekeeping.catalogue import JOBS, JobDefinition
from jobs.housekeeping.standing import JobStanding
from models.database.fields import now
from models.jobs import Job, JobRun
from views.web import trail
from views.web.endpoint import clock
from views.web.limits import AN_INSTANCE
from views.web.marks import reads, writes
from views.web.render import go, render, unchanged, wants_fragment

POLL_ACTIVE, POLL_IDLE = 2, 15
GOING_ON = "This job is running already."


@reads("admin")
def index(request: Request) -> Response:
    standings = JobStanding.all(JOBS.values(), now())
    version = unchanged(request, [standing.facts for standing in standings])
    if version is None:
        return Response(status_code=204)
    active = any(standing.is_active for standing in standings)
    return render(
        request,
        "jobs/index.html",
        standings=standings,
        active=active,
        poll=POLL_ACTIVE if active else POLL_IDLE,
        poll_url=f"/jobs?seen={version}",
    )


@writes("admin", limit=AN_INSTANCE, event="job-run")
def create(request: Request) -> Response:
    """Runs the job now."""
    definition = named(request)
    if not begin(request, definition):
        return go(request, "/jobs", GOING_ON, kind="notice")
    if wants_fragment(request):
        standing = JobStanding.of(definition, now())
        return render(
            request, "jobs/row.html", headers={"HX-Trigger": "refresh"}, standing=standing
        )
    return go(request, "/jobs")


def named(request: Request) -> JobDefinition:
    """The job that the address names, else 404."""
    definition = JOBS.get(request.path_params["name"])
    if definition is None:
        raise HTTPException(404)
    trail.tell(request, definition.title)
    return definition


def begin(request: Request, definition: JobDefinition) -> bool:
    """Asks for a run of the job now; False when one is going on."""
    at = clock(request).now()
    return JobRun.ask(Job.named(definition.name, at), at)
