"""Makes the scheduled backups; on a server, looks whether somebody else has made one."""

import logging
from datetime import datetime
from typing import Any

from jobs.engine import Engine
from jobs.wording import counted
from models import happenings
from models.backups import Backup, BackupFolder, keeping, making
from models.backups.keeping import KeepingRule
from models.backups.making import BackupFailed
from models.backups.standing import BackupStanding
from models.database import database
from models.household import Household
from models.jobs import INTERRUPTED, Job, JobReport, JobRun

log = logging.getLogger(__name__)

NAME = "backups"
SUNDAY = 6
MEGABYTE = 1_000_000
ON_SERVER = "The PostgreSQL server is backed up by pg_dump."
UNNOTED = (
    f"{ON_SERVER} Whether it was is not known: name the file that each backup touches in "
    "VQS_BACKUP_NOTE_FILE."
)
NONE_NOTED = f"{ON_SERVER} No backup was noted lately: see that pg_dump runs."


def rhythm(household: Household) -> dict[str, Any]:
    """The schedule that the settings ask for, without a time zone."""
    times = (household.backup_time,)
    if household.backup_rhythm == "weekly":
        return {"kind": "weekly", "weekdays": (SUNDAY,), "times": times}
    return {"kind": "daily", "times": times}


async def back_up(engine: Engine) -> JobReport:
    """Makes a backup on a thread and connection of its own, so that nothing else waits."""
    if database.is_server:
        return _look_at_note(engine)
    at, cause = engine.clock.now(), _cause()
    is_to_stop = engine.clock.stopping.is_set
    try:
        made = await database.apart(making.make, database.obj, cause, at, is_to_stop)
        if made is None:
            return INTERRUPTED
        return _made(made, at)
    except BackupFailed as error:
        log.error("no backup was made: %s", error)
        database.if_writable(_note_failure, engine=engine, at=at, sentence=str(error))
        return JobReport(str(error), "failed")


def _note_failure(engine: Engine, at: datetime, sentence: str) -> None:
    happenings.note("backup-failed", at, {"sentence": sentence})
    _judge_age(engine, at)


def _cause() -> str:
    """Why the job runs: a person's backups are not thinned out with the scheduled ones."""
    by_hand = JobRun.active().where(Job.name == NAME, JobRun.trigger == "person")
    return "by-hand" if by_hand.exists() else "scheduled"


def _made(made: Backup, at: datetime) -> JobReport:
    folder, household = BackupFolder.current(), Household.current()
    assert folder is not None
    gone = keeping.forget(folder, KeepingRule.of(household))
    with database.atomic():
        household.change(backup_old_since=None)
        happenings.note("backup-made", at, {"name": made.name, "size": made.size})
    said = f"{made.size / MEGABYTE:,.1f} MB were written and read back."
    return JobReport(f"{said} Deleted: {counted(gone, 'older one')}." if gone else said)


def _look_at_note(engine: Engine) -> JobReport:
    if engine.backup_note is None:
        return JobReport(UNNOTED)
    at = engine.clock.now()
    if _judge_age(engine, at):
        return JobReport(NONE_NOTED, "failed")
    return JobReport(f"{ON_SERVER} The last backup is fresh.")


def _judge_age(engine: Engine, at: datetime) -> bool:
    """Whether the latest backup is old; the first time, that is an event."""
    household = Household.current()
    standing = BackupStanding.at(at, household, engine.backup_note)
    with database.atomic():
        if standing.is_old and household.backup_old_since is None:
            household.change(backup_old_since=at)
            days = (at - standing.made_at).days if standing.made_at else None
            happenings.note("backup-old", at, {"days": days})
        elif not standing.is_old and household.backup_old_since is not None:
            household.change(backup_old_since=None)
    return standing.is_old
