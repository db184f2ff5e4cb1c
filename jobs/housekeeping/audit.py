"""Deletes audit events that the household does not keep any longer."""

from datetime import timedelta

from jobs.engine import Engine
from jobs.wording import counted
from models.household import Household
from models.jobs import JobReport
from models.people.audit import Event


async def forget_trail(engine: Engine) -> JobReport:
    now = engine.clock.now()
    gone = Event.forget(now - timedelta(days=Household.current().audit_days), now)
    return JobReport(
        f"Deleted: {counted(gone, 'entry', 'entries')}." if gone else "Nothing is old enough to go."
    )
