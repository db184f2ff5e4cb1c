"""Notes how large the backlogs are, so that pages can show how they move."""

from jobs.engine import Engine
from jobs.wording import counted
from models.jobs import JobReport
from models.plan.course import BacklogDay


async def note_backlogs(engine: Engine) -> JobReport:
    at = engine.clock.now()
    BacklogDay.forget(at)
    noted = BacklogDay.note(at)
    if not noted:
        return JobReport("No instance was synced yet.")
    return JobReport(f"Noted the backlogs of {counted(noted, 'instance')}.")
