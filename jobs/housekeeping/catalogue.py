"""The catalogue of jobs: what each is for, when it runs, and its function."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from jobs.engine import Engine
from jobs.housekeeping.audit import forget_trail
from jobs.housekeeping.backlogs import note_backlogs
from jobs.housekeeping.backups import back_up, rhythm
from jobs.housekeeping.droughts import note_droughts
from jobs.housekeeping.ended import clear_ended
from jobs.housekeeping.grabs import follow_grabs
from jobs.housekeeping.history import forget_history
from jobs.housekeeping.scores import read_scores
from jobs.housekeeping.storage import check_file, tidy_file
from models.household import Household
from models.jobs import JobReport
from models.schedules import Schedule

HOURLY = {"kind": "every", "every_minutes": 60}
SUNDAY = 6


def at_night(time: str) -> dict[str, Any]:
    return {"kind": "daily", "times": (time,)}


class JobDefinition(NamedTuple):
    """A job of housekeeping; `rhythm` is a schedule without time zone, which is the household's.

    A function tells the rhythm that the settings ask for.
    """

    name: str
    title: str
    purpose: str
    rhythm: dict[str, Any] | Callable[[Household], dict[str, Any]]
    work: Callable[[Engine], Coroutine[Any, Any, JobReport]]
    runs_kept: int = 10

    @property
    def schedule(self) -> Schedule:
        return self.schedule_in(Household.current())

    def schedule_in(self, household: Household) -> Schedule:
        rhythm = self.rhythm(household) if callable(self.rhythm) else self.rhythm
        return Schedule(time_zone=household.time_zone, **rhythm)

    def following(self, at: datetime) -> datetime:
        """When the job runs next; intervals count from the end of its last run."""
        schedule = self.schedule
        if schedule.kind == "every":
            return at + timedelta(minutes=schedule.every_minutes)
        return schedule.following(at, anchor=at, salt=0) or at + timedelta(days=1)


JOBS = {
    definition.name: definition
    for definition in (
        JobDefinition(
            "backups",
            "Back up the database",
            "Makes an encrypted copy, reads it back, and deletes the copies that need not be kept."
            " On PostgreSQL it looks whether the server was backed up.",
            rhythm,
            back_up,
        ),
        JobDefinition(
            "history",
            "Forget old history",
            "Deletes searches and runs older than the settings say. The yield keeps counting"
            " them, and the budgets stay the same.",
            at_night("03:20"),
            forget_history,
        ),
        JobDefinition(
            "audit",
            "Forget the old audit trail",
            "Deletes entries older than the settings say, but never those of the last 90 days.",
            at_night("03:30"),
            forget_trail,
        ),
        JobDefinition(
            "ended",
            "Clear what has ended",
            "Deletes expired sign-ins, counts of wrong passwords, exclusions whose date has come,"
            " answered requests, answers about releases older than 6 hours, and events and the"
            " health of instances older than 30 days.",
            HOURLY,
            clear_ended,
        ),
        JobDefinition(
            "backlogs",
            "Note how large the backlogs are",
            "Keeps one number for each instance and day, of which the dashboard and the plan draw"
            " how the backlog moves. It is kept for 400 days.",
            HOURLY,
            note_backlogs,
            runs_kept=3,
        ),
        JobDefinition(
            "droughts",
            "Note what finds nothing",
            "Looks for instances whose searches brought no grab in four weeks, so that"
            " notifications can say so.",
            at_night("06:10"),
            note_droughts,
            runs_kept=3,
        ),
        JobDefinition(
            "grabs",
            "Follow what was grabbed",
            "Asks Sonarr and Radarr whether grabbed releases were imported, failed or ignored: one"
            " request to an instance, and none where no grab is open.",
            {"kind": "every", "every_minutes": 5},
            follow_grabs,
            runs_kept=3,
        ),
        JobDefinition(
            "scores",
            "Read custom-format scores",
            "Asks Sonarr and Radarr for the scores of files whose profile has a cutoff score: one"
            " request to an instance each time.",
            {"kind": "every", "every_minutes": 15},
            read_scores,
            runs_kept=3,
        ),
        JobDefinition(
            "storage",
            "Keep the database small",
            "Gives the space of deleted rows back to the disk, and keeps the database quick as it"
            " grows.",
            at_night("03:40"),
            tidy_file,
        ),
        JobDefinition(
            "check",
            "Check the database",
            "Reads the whole database and verifies it, so that a failing disk is noticed while your"
            " backups are still good.",
            {"kind": "weekly", "weekdays": (SUNDAY,), "times": ("04:00",)},
            check_file,
        ),
    )
}
