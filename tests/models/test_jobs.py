"""The jobs of the household: when each is due, and what it learns from its runs."""

from datetime import timedelta

import pytest

from models.database import Database
from models.jobs import INTERRUPTED, LONGEST_WAIT, Job, JobReport, JobRun, wait_after
from tests.conftest import START

TOMORROW = START + timedelta(days=1)
FAILED = JobReport("The disk is full.", "failed")
DONE = JobReport("Nothing had ended.")


@pytest.fixture
def ended(db: Database) -> Job:
    return Job.named("ended", START)


def run(job: Job, report: JobReport, kept: int = 10) -> Job:
    made = JobRun.start(job, START, trigger="schedule")
    assert made
    made.finish(report, START, took_ms=5, following=TOMORROW, kept=kept)
    return Job.get_by_id(job.id)


def test_after_a_good_run_the_next_is_the_regular_one(ended: Job) -> None:
    assert run(ended, DONE).next_at == TOMORROW


def test_a_failure_is_tried_again_with_growing_pauses(ended: Job) -> None:
    waits = [(run(ended, FAILED).next_at - START).total_seconds() / 60 for _ in range(9)]
    assert waits == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    assert wait_after(10_000) == LONGEST_WAIT


def test_a_fault_stands_until_a_run_succeeds(ended: Job) -> None:
    run(ended, FAILED)
    run(ended, INTERRUPTED)
    (failing,) = Job.failing()
    assert (failing.fault, failing.faulty_since) == ("The disk is full.", START)
    assert run(ended, DONE).failures == 0
    assert not Job.failing()


def test_being_stopped_is_no_fault_but_is_tried_again_later_each_time(ended: Job) -> None:
    """Else a job that takes the program down would do so at every start."""
    waits = [run(ended, INTERRUPTED).next_at - START for _ in range(2)]
    assert waits == [timedelta(minutes=5), timedelta(minutes=10)]
    assert not Job.failing()


def test_a_job_has_one_active_run(ended: Job) -> None:
    assert JobRun.start(ended, START, trigger="schedule")
    assert JobRun.start(ended, START, trigger="person") is None


def test_the_latest_runs_are_kept(ended: Job) -> None:
    for number in range(6):
        run(ended, JobReport(str(number)), kept=3)
    assert [each.sentence for each in JobRun.latest(ended, 10)] == ["5", "4", "3"]


def test_a_job_that_is_no_more_is_forgotten_with_its_runs(ended: Job) -> None:
    run(ended, DONE)
    Job.keep_only(["other"], START)
    assert [job.name for job in Job.select()] == ["other"]
    assert JobRun.select().count() == 0


def test_moments_that_cannot_be_are_noticed(ended: Job) -> None:
    assert list(Job.unplanned(TOMORROW)) == [ended]
    ended.change(next_at=TOMORROW)
    assert not Job.unplanned(TOMORROW)
    ended.change(next_at=TOMORROW + timedelta(days=400))
    assert list(Job.unplanned(TOMORROW)) == [ended]
