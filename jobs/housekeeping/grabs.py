"""Follows grabs to their end."""

from jobs.engine import Engine
from jobs.searches.fates import follow_up
from jobs.wording import counted
from models.jobs import JobReport


async def follow_grabs(engine: Engine) -> JobReport:
    """Follows grabs; the job fails if no instance that was asked could tell."""
    found = await follow_up(engine, engine.clock.now())
    news = "Nothing new."
    if found.learnt:
        news = f"Learnt what became of {counted(found.learnt, 'search', 'searches')}."
    said = " ".join([news, *dict.fromkeys(found.faults)])
    return JobReport(said, "failed") if found.nobody_told else JobReport(said)
