"""The audit trail, as long as the house keeps it."""

from datetime import timedelta

from jobs.engine import Engine
from jobs.upkeep.wording import counted
from models.audit import Event
from models.house import House
from models.jobs import Report


async def forget_trail(engine: Engine) -> Report:
    now = engine.clock.now()
    gone = Event.forget(now - timedelta(days=House.current().audit_days), now)
    return Report(
        f"Deleted: {counted(gone, 'entry', 'entries')}." if gone else "Nothing is so old."
    )
