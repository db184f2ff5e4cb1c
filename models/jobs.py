"""Housekeeping: when each job is due, and how it went."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import (
    BigIntegerField,
    ForeignKeyField,
    IntegerField,
    IntegrityError,
    ModelSelect,
    TextField,
)

from models import happenings
from models.database import database
from models.database.fields import Table, UtcField
from models.wishes import Wish

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
STOPPED = "The program was stopped meanwhile."


class JobReport(NamedTuple):
    """The report of a run that has ended; `outcome` is done, failed or interrupted."""

    sentence: str
    outcome: str = "done"


INTERRUPTED = JobReport(STOPPED, "interrupted")


class Job(Table):
    """A job of housekeeping, and how it went.

    `fault` is the sentence that the dashboard shows until a run succeeds.
    `failures` counts the runs since the last success.
    """

    name = TextField(unique=True)
    created_at = UtcField()
    next_at = UtcField(null=True)
    failures = IntegerField(default=0)
    fault = TextField(null=True)
    faulty_since = UtcField(null=True)

    class Meta:
        table_name = "jobs"

    @classmethod
    def due(cls, at: datetime) -> ModelSelect:
        return cls.select().where(cls.next_at <= at).order_by(cls.next_at.asc(nulls="first"))

    @classmethod
    def unplanned(cls, latest: datetime) -> ModelSelect:
        """Jobs without a next moment, or with one later than `latest`, which no job can have."""
        return cls.select().where(cls.next_at.is_null() | (cls.next_at > latest))

    @classmethod
    def ahead(cls, names: Iterable[str], at: datetime) -> ModelSelect:
        """The jobs of these names that are planned for after `at` and have not failed lately."""
        return cls.select().where(cls.name.in_(list(names)), cls.next_at > at, cls.failures == 0)

    @classmethod
    def failing(cls) -> ModelSelect:
        since = cls.faulty_since.asc(nulls="first")
        return cls.select().where(cls.fault.is_null(False)).order_by(since)

    @classmethod
    def keep_only(cls, names: Iterable[str], at: datetime) -> None:
        """Makes a row for each of these names, and deletes the rows of all other jobs."""
        wanted = list(names)
        cls.delete().where(cls.name.not_in(wanted)).execute()
        for name in wanted:
            cls.named(name, at)

    @classmethod
    def named(cls, name: str, at: datetime) -> "Job":
        """The job's row, created if needed."""
        row, _ = cls.get_or_create(name=name, defaults={"created_at": at})
        return row

    def learn(self, report: JobReport, at: datetime, following: datetime) -> None:
        """Sets the next run: `following` after success, else a sooner try."""
        if report.outcome == "done":
            self.change(failures=0, fault=None, faulty_since=None, next_at=following)
            return
        again = at + wait_after(self.failures)
        self.change(failures=self.failures + 1, next_at=again)
        if report.outcome == "failed":
            self.change(fault=report.sentence, faulty_since=self.faulty_since or at)


class JobRun(Table):
    """One run of a job; `outcome` is None until it ends, `trigger` is schedule or person."""

    job = ForeignKeyField(Job, backref="runs", on_delete="CASCADE")
    trigger = TextField()
    started_at = UtcField()
    finished_at = UtcField(null=True)
    took_ms = BigIntegerField(null=True)
    outcome = TextField(null=True)
    sentence = TextField(default="")

    class Meta:
        table_name = "job_runs"

    @classmethod
    def start(cls, job: Job, at: datetime, *, trigger: str) -> "JobRun | None":
        """Starts a run; None when one of this job is active."""
        try:
            with database.atomic():
                return cls.create(job=job, started_at=at, trigger=trigger)
        except IntegrityError:
            return None

    @classmethod
    def ask(cls, job: Job, at: datetime) -> bool:
        """Starts a run for a person, which a worker begins; False when one is active."""
        with database.atomic():
            run = cls.start(job, at, trigger="person")
            return run is not None and Wish.ask("job", run.id, at)

    @classmethod
    def active(cls) -> ModelSelect:
        return cls.select(cls, Job).join(Job).where(cls.outcome.is_null())

    @classmethod
    def latest(cls, job: Job, number: int) -> "list[JobRun]":
        mine = cls.select().where(cls.job == job)
        return list(mine.order_by(cls.id.desc()).limit(number))

    @property
    def is_active(self) -> bool:
        return self.outcome is None

    def finish(
        self,
        report: JobReport,
        at: datetime,
        *,
        took_ms: int | None,
        following: datetime,
        kept: int,
    ) -> None:
        """Ends the run, updates its job, and keeps only the last `kept` runs."""
        with database.atomic():
            sentence, outcome = report
            self.change(outcome=outcome, sentence=sentence, finished_at=at, took_ms=took_ms)
            was_faulty = self.job.fault is not None
            self.job.learn(report, at, following)
            if outcome == "failed":
                happenings.note("job-failed", at, {"name": self.job.name, "sentence": sentence})
            elif was_faulty and self.job.fault is None:
                happenings.note("job-well", at, {"name": self.job.name})
            recent = [run.id for run in JobRun.latest(self.job, kept)]
            old = (JobRun.job == self.job) & JobRun.id.not_in(recent)
            JobRun.delete().where(old).execute()


JobRun.add_index(
    JobRun.index(
        JobRun.job, name="job_runs_one_active", unique=True, where=JobRun.outcome.is_null()
    )
)


def wait_after(failures: int) -> timedelta:
    """The wait before the next try, after `failures` failures in a row before this one."""
    return min(FIRST_WAIT * 2 ** min(failures, 10), LONGEST_WAIT)
