"""How every part of the running program is, for the page System."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from peewee import fn

from jobs.housekeeping.catalogue import JOBS
from jobs.housekeeping.standing import failing
from jobs.scheduler import Scheduler
from jobs.wording import counted
from jobs.worker import Worker
from models.database import database
from models.environment import Environment
from models.household import Household
from models.instances import Instance
from models.jobs import Job, JobRun
from models.notifications import NoticeTarget
from models.notifications.kinds import KINDS
from models.parts import PartState
from models.parts.backups import backup
from models.parts.machine import clock, of_machine
from models.prowlarrs import Prowlarr

# The job "check" reads the whole database once a week.
CHECK = "check"
KEY_MISSING = "Its API key is missing, so it is not read."
UNCHECKED_FOR = timedelta(days=15)


def parts(options: Environment, work: Scheduler | Worker | None, at: datetime) -> list[PartState]:
    """The program's own parts first, then those of the machine, then who it talks to."""
    instances = list(Instance.by_name())
    real = [each for each in instances if not each.demo and each.checked_at and not each.fault]
    return [
        engine(work),
        housekeeping(),
        checked_database(at),
        backup(options, at),
        *of_machine(options, at),
        clock(at, real),
        *(instance(each) for each in instances),
        *map(prowlarr, Prowlarr.by_name()),
        *map(target, NoticeTarget.told().order_by(NoticeTarget.key)),
    ]


def engine(work: Scheduler | Worker | None) -> PartState:
    """Whether what searches is at work."""
    name = "Scheduler"
    if work is None:
        return PartState(name, "off", "This replica only serves pages; another one searches.")
    if not work.is_alive:
        said = (work.trouble if isinstance(work, Worker) else "") or "It has stopped looking."
        return PartState(name, "fault", said, "Start the program again.", work.ticked_at)
    if Household.current().held_at:
        return PartState(name, "off", "Everything is on hold.", "", work.ticked_at)
    return PartState(name, "well", "It begins what is due.", "", work.ticked_at)


def housekeeping() -> PartState:
    """Whether the regular jobs succeed."""
    name, href = "Housekeeping", "/jobs"
    last = JobRun.select(fn.MAX(JobRun.finished_at)).scalar()
    if faulty := failing():
        titles = ", ".join(f"“{definition.title}”" for definition, _ in faulty)
        said = f"{counted(len(faulty), 'job')} failed: {titles}."
        return PartState(name, "fault", said, "See what each says.", last, href)
    if last is None:
        return PartState(name, "waiting", "No job has run yet.", href=href)
    return PartState(
        name, "well", f"{counted(len(JOBS), 'job')}, none of which failed.", "", last, href
    )


def checked_database(at: datetime) -> PartState:
    """Whether the last reading of every page of the database found it sound."""
    name = "Database"
    if database.is_server:
        return PartState(name, "well", "The PostgreSQL server answers.")
    job = Job.get_or_none(name=CHECK)
    run = JobRun.select().where(JobRun.job == job, JobRun.outcome.is_null(False))
    last = run.order_by(JobRun.id.desc()).first()
    if job is not None and job.fault:
        return PartState(name, "fault", job.fault, "", last.finished_at if last else None, "/jobs")
    if last is None or last.finished_at < at - UNCHECKED_FOR:
        said = "It answers; that every page is sound was not checked lately."
        return PartState(name, "waiting", said, "", last.finished_at if last else None, "/jobs")
    return PartState(name, "well", last.sentence, "", last.finished_at, "/jobs")


def instance(row: Instance) -> PartState:
    seen = max((at for at in (row.checked_at, row.looked_at, row.synced_at) if at), default=None)
    href = f"/instances/{row.id}"
    if row.disabled_at:
        return PartState(row.name, "off", "Switched off.", "", seen, href, name_is_foreign=True)
    if row.fault:
        return PartState(row.name, "fault", row.fault, "", seen, href, name_is_foreign=True)
    if seen is None:
        return PartState(row.name, "waiting", "Not asked yet.", href=href, name_is_foreign=True)
    said = f"{row.label} {row.version or ''}".strip() + " answers."
    return PartState(row.name, "well", said, "", seen, href, name_is_foreign=True)


def prowlarr(row: Prowlarr) -> PartState:
    href = "/prowlarrs"
    if row.lacks_key:
        return PartState(row.name, "off", KEY_MISSING, href=href, name_is_foreign=True)
    if row.fault:
        return PartState(row.name, "fault", row.fault, "", row.read_at, href, name_is_foreign=True)
    if row.read_at is None:
        return PartState(row.name, "waiting", "Not read yet.", href=href, name_is_foreign=True)
    said = f"Prowlarr {row.version or ''}".strip() + " answers."
    return PartState(row.name, "well", said, "", row.read_at, href, name_is_foreign=True)


def target(row: NoticeTarget) -> PartState:
    """Whether messages get through; what was answered is for administrators, on their own page."""
    if row.dead_at:
        said = "The last messages did not get through, so none is sent any more."
        remedy = "Send a test message."
        return PartState(row.name, "fault", said, remedy, row.dead_at, name_is_foreign=True)
    if row.sent_at is None:
        return PartState(row.name, "waiting", "No message was sent yet.", name_is_foreign=True)
    return PartState(row.name, "well", "Messages arrive.", "", row.sent_at, name_is_foreign=True)


def connections() -> Iterator[tuple[str, str, str]]:
    """What the program connects to: the name, the address, and what for."""
    for row in Instance.by_name().where(Instance.disabled_at.is_null()):
        where = "inside the program" if row.demo else row.url
        yield row.name, where, f"{row.label}: its lists, its state, and the searches"
    for other in Prowlarr.by_name():
        where = "inside the program" if other.demo else other.url
        yield other.name, where, "Prowlarr: its indexers and their history, only read"
    for goal in NoticeTarget.told().order_by(NoticeTarget.key):
        yield goal.name, KINDS[goal.kind].label, "messages about what happens"
    if database.is_server:
        yield "PostgreSQL", "as VQS_DATABASE_URL_FILE says", "the database"
