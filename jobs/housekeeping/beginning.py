"""Begins due jobs, and writes down how they went."""

import asyncio
import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from jobs.engine import BROKEN, Engine
from jobs.housekeeping.catalogue import JOBS, JobDefinition
from jobs.runs import why
from models.household import Household
from models.jobs import INTERRUPTED, Job, JobReport, JobRun
from models.schedules import Schedule
from models.wishes import Wish

log = logging.getLogger(__name__)

# Missed jobs begin one after the other, once the start is over.
STAGGER = timedelta(minutes=1)
# Longer than the longest pause between two runs; a later moment comes from a wrong clock.
FARTHEST = timedelta(days=8)


class Housekeeping:
    """Runs the jobs; a failed job is tried again, and stops neither the others nor the tick."""

    def __init__(self, engine: Engine, definitions: Mapping[str, JobDefinition] = JOBS) -> None:
        self.engine = engine
        self.definitions = definitions
        self._schedules: dict[str, Schedule] = {}

    def take_over(self) -> None:
        """Takes over from the last process: ends its runs, and begins missed jobs soon."""
        now = self.engine.clock.now()
        Job.keep_only(self.definitions, now)
        asked = Wish.waits_for("job")
        for run in JobRun.active():
            if run.id not in asked:
                self.finish(run, INTERRUPTED)
        for place, job in enumerate(Job.due(now), 1):
            job.change(next_at=now + place * STAGGER)

    async def look(self) -> None:
        now = self.engine.clock.now()
        left, asked = list(JobRun.active()), Wish.waits_for("job")
        for run in left:
            if run.id not in asked and not self.runs(run.job.name):
                log.warning("job %s was left active", run.job.name)
                self.finish(run, JobReport(BROKEN, "failed"))
        for job in Job.unplanned(now + FARTHEST):
            job.change(next_at=self.definitions[job.name].following(now))
        self._plan_anew(now)
        for job in Job.due(now):
            self.begin(job.name)

    def _plan_anew(self, now: datetime) -> None:
        """Plans the jobs whose time of day or time zone is another one than at the last look.

        The first look cannot know, so it does so for all of them. A missed job that waits for its
        turn keeps it, and so does one that failed and is tried again.
        """
        household, before = Household.current(), self._schedules
        self._schedules = {
            name: each.schedule_in(household) for name, each in self.definitions.items()
        }
        changed = [
            name
            for name, schedule in self._schedules.items()
            if schedule.kind != "every" and schedule != before.get(name)
        ]
        last_turn = now + len(self.definitions) * STAGGER
        for job in Job.ahead(changed, last_turn):
            following = self._schedules[job.name].following(now, anchor=now, salt=0)
            if following and following != job.next_at:
                job.change(next_at=following)

    def runs(self, name: str) -> bool:
        return self.engine.runs(f"job-{name}")

    def begin(self, name: str) -> None:
        """Begins a job that is due, unless it is running already."""
        now = self.engine.clock.now()
        if run := JobRun.start(Job.named(name, now), now, trigger="schedule"):
            self.carry_out(run)

    def carry_out(self, run: JobRun) -> None:
        name = run.job.name
        task = self.engine.spawn(f"job-{name}", self.definitions[name].work(self.engine))
        task.add_done_callback(partial(self._ended, run, time.monotonic()))

    def _ended(self, run: JobRun, began: float, task: asyncio.Task[JobReport]) -> None:
        took_ms = round((time.monotonic() - began) * 1000)
        if task.cancelled():
            self.finish(run, INTERRUPTED, took_ms)
        elif error := task.exception():
            self.finish(run, JobReport(why(error), "failed"), took_ms)
        else:
            self.finish(run, task.result(), took_ms)

    def finish(self, run: JobRun, report: JobReport, took_ms: int | None = None) -> None:
        now, definition = self.engine.clock.now(), self.definitions[run.job.name]
        following, kept = definition.following(now), definition.runs_kept
        run.finish(report, now, took_ms=took_ms, following=following, kept=kept)
