"""Keeps the database's file small, quick and sound."""

import logging

from jobs.engine import Engine
from models.database import database
from models.jobs import INTERRUPTED, JobReport

log = logging.getLogger(__name__)

PAUSE = 0.01
MEGABYTE = 1_000_000
SOUND = "Every page was read, and all is well."
DAMAGED = (
    "The database is damaged. Stop the program, check the disk, and put back the latest copy "
    "of the data folder from before the damage. Found: {}."
)


async def tidy_file(engine: Engine) -> JobReport:
    """Gives room back in steps of a few milliseconds, with a turn of the loop after each."""
    before = database.room()
    while database.give_back():
        if not await engine.clock.sleep(PAUSE):
            return INTERRUPTED
    for name in database.outgrown():
        database.learn(name)
        if not await engine.clock.sleep(PAUSE):
            return INTERRUPTED
    after = database.room()
    given = (before.size - after.size) / MEGABYTE
    said = f"{given:,.1f} MB were given back" if given > 0 else "Nothing had to be given back"
    return JobReport(f"{said}; the file holds {after.size / MEGABYTE:,.1f} MB.")


async def check_file(engine: Engine) -> JobReport:
    """Checks the file on a thread and connection of its own, so that nothing else waits."""
    found = await database.apart(database.faults, engine.clock.stopping.is_set)
    if found is None:
        return INTERRUPTED
    if found:
        log.error("the database is damaged: %s", "; ".join(found))
        return JobReport(DAMAGED.format("; ".join(found)), "failed")
    return JobReport(SOUND)
