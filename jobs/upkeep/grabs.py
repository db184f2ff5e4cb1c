"""What was grabbed is followed to its end."""

from jobs.engine import Engine
from jobs.fates import follow_up
from jobs.upkeep.wording import counted
from models.jobs import Report


async def follow_grabs(engine: Engine) -> Report:
    learnt = await follow_up(engine, engine.clock.now())
    if not learnt:
        return Report("Nothing new.")
    return Report(f"Learnt what became of {counted(learnt, 'search', 'searches')}.")
