"""The state of each job, as pages show it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from jobs.housekeeping.catalogue import JOBS, JobDefinition
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

    definition: JobDefinition
    job: Job
    runs: list[JobRun]

    @classmethod
    def all(cls, definitions: Iterable[JobDefinition], at: datetime) -> "list[JobStanding]":
        return [cls.of(definition, at) for definition in definitions]

    @classmethod
    def of(cls, definition: JobDefinition, at: datetime) -> "JobStanding":
        job = Job.named(definition.name, at)
        return cls(definition, job, JobRun.latest(job, definition.runs_kept))

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


def failing(definitions: Mapping[str, JobDefinition] = JOBS) -> list[tuple[JobDefinition, Job]]:
    """The jobs whose last run failed."""
    return [(definitions[job.name], job) for job in Job.failing() if job.name in definitions]
