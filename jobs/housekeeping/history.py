"""Deletes old history, a few rows at a time."""

from collections.abc import Callable
from datetime import datetime

from jobs.engine import Engine
from jobs.wording import counted
from models.household import Household
from models.jobs import INTERRUPTED, JobReport
from models.scores import ScoreChange
from models.sync.retention import forget_drifts, forget_runs, forget_searches, horizon
from models.yields import Yield
from models.yields.keys import household_day

# Seconds between two chunks, so that deleting a million rows does not block the loop.
PAUSE = 0.01


async def forget_history(engine: Engine) -> JobReport:
    """Deletes searches first, then runs without searches."""
    before = horizon(engine.clock.now())
    searches = await _all(engine, forget_searches, before)
    runs = await _all(engine, forget_runs, before)
    if engine.clock.stopping.is_set():
        return INTERRUPTED
    forget_drifts(before)
    ScoreChange.forget(before)
    Yield.forget_days(household_day(engine.clock.now(), Household.current()))
    if not searches and not runs:
        return JobReport("Nothing is old enough to go.")
    parts = counted(searches, "search", "searches"), counted(runs, "run")
    return JobReport(f"Deleted: {' and '.join(parts)}.")


async def _all(engine: Engine, forget: Callable[[datetime], int], before: datetime) -> int:
    """Deletes until nothing is left or the program stops; returns how many."""
    total = 0
    while gone := forget(before):
        total += gone
        if not await engine.clock.sleep(PAUSE):
            break
    return total
