"""Makes things happen, and lets the targets be told of them."""

from datetime import timedelta
from typing import Any

from jobs.engine import Engine
from jobs.notifications.delivery import look
from models import happenings
from models.database import database
from tests.fakes.clock import FastClock
from tests.views.typed import settled


def happen(engine: Engine, kind: str, details: Any = happenings.NO_DETAILS, **about: Any) -> None:
    with database.atomic():
        happenings.note(kind, engine.clock.now(), details, **about)


def grab(engine: Engine, title: str = "Wild Rivers", instance: int = 1, **about: Any) -> None:
    told = {"title": title, "want": "missing", "outcome": "grabbed", "release": "R-GRP"}
    happen(engine, "search-ended", told, instance=instance, **about)


async def told(engine: Engine, **later: float) -> None:
    """What happened is read, and what is due is sent."""
    assert isinstance(engine.clock, FastClock)
    engine.clock.present += timedelta(**later)
    await look(engine)
    await settled(engine)
