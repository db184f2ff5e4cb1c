"""The state of each job, as pages show it."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from jobs.housekeeping.catalogue import Duty
from models.badges import Badge
from models.jobs import Job, JobRun

BADGES = {
    "active": Badge("active"),
    "failed": Badge("failed"),
    "interrupted": Badge("interrupted"),
    "done": Badge("on", "Done"),
    "waiting": Badge("unchecked", "Not run yet"),
}


class JobStanding(NamedTuple):
    """A job with its kept runs, latest first."""

    duty: Duty
    job: Job
    runs: list[JobRun]

    @classmethod
    def all(cls, duties: Iterable[Duty], at: datetime) -> "list[JobStanding]":
        return [cls.of(duty, at) for duty in duties]

    @classmethod
    def of(cls, duty: Duty, at: datetime) -> "JobStanding":
        job = Job.named(duty.name, at)
        return cls(duty, job, JobRun.latest(job, duty.runs_kept))

    @property
    def is_active(self) -> bool:
        return bool(self.runs) and self.runs[0].is_active

    @property
    def ended(self) -> list[JobRun]:
        return [run for run in self.runs if not run.is_active]

    @property
    def last(self) -> JobRun | None:
        """The last run that has ended."""
        return next(iter(self.ended), None)

    @property
    def state(self) -> str:
        """Its state: active, failed, interrupted, done, or waiting for its first run."""
        if self.is_active:
            return "active"
        return self.last.outcome if self.last else "waiting"

    @property
    def badge(self) -> Badge:
        return BADGES[self.state]

    @property
    def facts(self) -> tuple[object, ...]:
        return self.job.__data__, [(run.id, run.outcome) for run in self.runs]
