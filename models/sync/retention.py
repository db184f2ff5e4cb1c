"""Deletes old searches, runs and drifts; the yield still counts what they brought."""

from datetime import datetime, timedelta

from peewee import SQL, fn

from models.backlog.snapshots import Drift
from models.household import Household
from models.searches import Search
from models.searches.runs import ACTIVE, Run

# Budgets are summed from the rows of the last day, by a clock that may be set back.
ALWAYS_KEPT = timedelta(days=2)
# 50 searches with their links take 3 ms, and 11 where their commit meets a checkpoint.
CHUNK = 40


def horizon(at: datetime) -> datetime:
    """The moment before which rows may be deleted.

    Two days before `at` and before the newest search are kept: budgets count from the later.
    """
    wanted = at - timedelta(days=Household.current().history_days)
    newest = Search.select(fn.MAX(Search.created_at)).scalar()
    return min(wanted, at - ALWAYS_KEPT, (newest or at) - ALWAYS_KEPT)


def forget_searches(before: datetime) -> int:
    """Deletes some old searches with their links and grabs, never one without an outcome."""
    old = (
        Search.select(Search.id)
        .where(Search.created_at < before, Search.state == SQL("'done'"))
        .order_by(Search.created_at)
        .limit(CHUNK)
    )
    return Search.delete().where(Search.id.in_(old)).execute()


def forget_runs(before: datetime) -> int:
    """Deletes some old runs that have no search any more."""
    searches = Search.select(SQL("1")).where(Search.run == Run.id)
    old = (
        Run.select(Run.id)
        .where(Run.started_at < before, Run.state != ACTIVE, ~fn.EXISTS(searches))
        .order_by(Run.started_at)
        .limit(CHUNK)
    )
    return Run.delete().where(Run.id.in_(old)).execute()


def forget_drifts(before: datetime) -> int:
    return Drift.delete().where(Drift.at < before).execute()
