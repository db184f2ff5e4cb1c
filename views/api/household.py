"""What holds for the whole household: hold everything, housekeeping, the system."""

import msgspec
from starlette.exceptions import HTTPException

from jobs.housekeeping.catalogue import JOBS
from jobs.housekeeping.standing import JobStanding
from models.database import database
from models.household import Household
from models.version import VERSION
from views import hold, jobs
from views.api.answers import Listed, Moment, Sentence
from views.api.endpoints import Call, read, write
from views.web.limits import AN_INSTANCE
from views.web.marks import CHEAP


class HoldAnswer(msgspec.Struct, frozen=True):
    """Since when everything is on hold; null while searches go on."""

    held_at: Moment | None


class JobRunAnswer(msgspec.Struct, frozen=True):
    """A run of a job that has ended."""

    trigger: str
    started_at: Moment
    finished_at: Moment | None
    took_seconds: float | None
    outcome: str | None
    sentence: Sentence


class JobAnswer(msgspec.Struct, frozen=True):
    """A job of housekeeping."""

    name: str
    label: str
    state: str
    next_at: Moment | None
    fault: Sentence
    faulty_since: Moment | None
    last_run: JobRunAnswer | None


class SystemAnswer(msgspec.Struct, frozen=True):
    """The program itself; `database` is file or server."""

    version: str
    api: str
    time: Moment
    time_zone: str
    database: str
    held_at: Moment | None


@read("/hold", answer=HoldAnswer, scope="totals")
def show(call: Call) -> HoldAnswer:
    """Tells whether everything is on hold."""
    return HoldAnswer(Household.current().held_at)


@write("POST", "/hold", answer=HoldAnswer, role="member", limit=CHEAP, event="held")
def hold_all(call: Call) -> HoldAnswer:
    """Holds everything: no search is sent until it goes on."""
    hold.hold()
    return HoldAnswer(Household.current().held_at)


@write("DELETE", "/hold", answer=HoldAnswer, role="member", limit=CHEAP, event="went-on")
def release(call: Call) -> HoldAnswer:
    """Lets searches go on."""
    hold.release()
    return HoldAnswer(Household.current().held_at)


@read("/jobs", answer=Listed[JobAnswer], role="admin")
def all_jobs(call: Call) -> Listed[JobAnswer]:
    """Lists the jobs of housekeeping, and how they went."""
    standings = JobStanding.all(JOBS.values(), call.at)
    return Listed.whole([_job(each) for each in standings])


@write(
    "POST",
    "/jobs/{name}/runs",
    answer=JobAnswer,
    role="admin",
    status=202,
    limit=AN_INSTANCE,
    event="job-run",
    refusals=(404, 409),
)
def run_job(call: Call) -> JobAnswer:
    """Runs a job of housekeeping now."""
    definition = jobs.named(call.request)
    if not jobs.begin(call.request, definition):
        raise HTTPException(409, jobs.GOING_ON)
    return _job(JobStanding.of(definition, call.at))


@read("/system", answer=SystemAnswer, scope="totals")
def system(call: Call) -> SystemAnswer:
    """Tells the version of the program, its time and its database."""
    household = Household.current()
    return SystemAnswer(
        version=VERSION,
        api="v1",
        time=call.at,
        time_zone=household.time_zone,
        database="server" if database.is_server else "file",
        held_at=household.held_at,
    )


def _job(standing: JobStanding) -> JobAnswer:
    last = standing.last
    return JobAnswer(
        name=standing.definition.name,
        label=standing.definition.title,
        state=standing.state,
        next_at=standing.job.next_at,
        fault=standing.job.fault,
        faulty_since=standing.job.faulty_since,
        last_run=last
        and JobRunAnswer(
            trigger=last.trigger,
            started_at=last.started_at,
            finished_at=last.finished_at,
            took_seconds=None if last.took_ms is None else last.took_ms / 1000,
            outcome=last.outcome,
            sentence=last.sentence,
        ),
    )
