"""The catalogue of jobs: what each is for, when it runs, and its function."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from jobs.engine import Engine
from jobs.housekeeping.audit import forget_trail
from jobs.housekeeping.ended import clear_ended
from jobs.housekeeping.grabs import follow_grabs
from jobs.housekeeping.history import forget_history
from jobs.housekeeping.storage import check_file, tidy_file
from models.household import Household
from models.jobs import JobReport
from models.schedules import Schedule

HOURLY = {"kind": "every", "every_minutes": 60}
SUNDAY = 6


def at_night(time: str) -> dict[str, Any]:
    return {"kind": "daily", "times": (time,)}


class JobDefinition(NamedTuple):
    """A job of housekeeping; `rhythm` is a schedule without time zone, which is the household's."""

    name: str
    title: str
    purpose: str
    rhythm: dict[str, Any]
    work: Callable[[Engine], Coroutine[Any, Any, JobReport]]
    runs_kept: int = 10

    @property
    def schedule(self) -> Schedule:
        return Schedule(time_zone=Household.current().time_zone, **self.rhythm)

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
            "history",
            "Forget old history",
            "Deletes searches and runs that are older than the settings say. What they brought"
            " stays counted in the yield, and the budgets stay the same.",
            at_night("03:20"),
            forget_history,
        ),
        JobDefinition(
            "audit",
            "Forget the old audit trail",
            "Deletes what is older than the settings say, and never anything of the last 90 days.",
            at_night("03:30"),
            forget_trail,
        ),
        JobDefinition(
            "ended",
            "Clear what has ended",
            "Sign-ins that have expired, counts of wrong passwords, exclusions whose date has come,"
            " answered requests, and events of more than 30 days ago.",
            HOURLY,
            clear_ended,
        ),
        JobDefinition(
            "grabs",
            "Follow what was grabbed",
            "Asks Sonarr and Radarr what became of the releases that searches brought: imported,"
            " failed or ignored. One request to an instance, and none while nothing is open.",
            {"kind": "every", "every_minutes": 5},
            follow_grabs,
            runs_kept=3,
        ),
        JobDefinition(
            "storage",
            "Keep the database small",
            "Gives room that deleted rows have left back to the disk, and keeps the database quick"
            " as it grows.",
            at_night("03:40"),
            tidy_file,
        ),
        JobDefinition(
            "check",
            "Check the database",
            "Reads all of it and compares, so that a failing disk is noticed while the copies that"
            " you keep are still good.",
            {"kind": "weekly", "weekdays": (SUNDAY,), "times": ("04:00",)},
            check_file,
        ),
    )
}
