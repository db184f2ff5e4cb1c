"""Notes the instances whose searches have brought nothing for weeks."""

from datetime import datetime, timedelta

from peewee import Case, fn

from jobs.engine import Engine
from jobs.wording import counted
from models import happenings
from models.database import database
from models.happenings import Happening
from models.instances import Instance
from models.jobs import JobReport
from models.searches import Search

WEEKS = 4
# Fewer searches may well bring nothing by chance.
ENOUGH = 20


async def note_droughts(engine: Engine) -> JobReport:
    """An event for each such instance, once in as many weeks."""
    at = engine.clock.now()
    found: dict[int, int] = await database.aside(droughts, at)
    with database.atomic():
        for instance, searches in found.items():
            told = {"weeks": WEEKS, "searches": searches}
            happenings.note("nothing-found", at, told, instance=instance)
    return JobReport(
        f"{counted(len(found), 'instance')} had no grab in {WEEKS} weeks."
        if found
        else "Nothing new to note."
    )


def droughts(at: datetime) -> dict[int, int]:
    """The searches of the last weeks, by instances where none of enough of them grabbed."""
    since = at - timedelta(weeks=WEEKS)
    noted = Happening.select(Happening.instance).where(
        Happening.kind == "nothing-found", Happening.at > since
    )
    known = {row.instance for row in noted}
    grabbed = fn.SUM(Case(None, [(Search.outcome == "grabbed", 1)], 0))
    found = {}
    for instance in Instance.enabled():
        if instance.id in known:
            continue
        mine = (
            Search.select(fn.COUNT(Search.id), grabbed)
            .where(
                Search.instance == instance.id, Search.created_at > since, Search.state == "done"
            )
            .where(~Search.is_trial)
        )
        number, grabs = mine.tuples().get()
        if number >= ENOUGH and not grabs:
            found[instance.id] = number
    return found
