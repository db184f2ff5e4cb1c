"""Types into the forms of instances and queues, and sends them."""

import asyncio
from typing import Any

from jobs.engine import Engine
from jobs.housekeeping.beginning import Housekeeping
from jobs.wishes import Wishes
from models.database import database
from models.happenings import Happening
from models.opening.schema import TABLES
from models.people.audit import Event
from models.people.sessions import Session
from models.people.throttles import Throttle
from tests.fakes.arr import FakeArr

OTHER_KEY = "0123456789abcdef0123456789abcdef"


def instance_fields(address: str, **changes: Any) -> dict[str, Any]:
    """A Sonarr in the attic."""
    typed = {
        "application": "sonarr",
        "name": "Attic",
        "url": address,
        "api_key": FakeArr.key,
        "browser_url": "",
        "verify_tls": "1",
        "enabled": "1",
        "hourly_budget": "10",
        "daily_budget": "100",
        "spacing_seconds": "30",
    }
    return {name: value for name, value in (typed | changes).items() if value is not None}


def queue_fields(*instances: int, **changes: Any) -> dict[str, Any]:
    """Every three hours, four missing items."""
    typed = {
        "name": "Evening",
        "strategy": "missing",
        "instances": [str(each) for each in instances],
        "batch_size": "4",
        "kind": "every",
        "every": "3",
        "unit": "hours",
        "times": "03:00",
        "cron": "0 3 * * *",
        "time_zone": "Europe/Berlin",
        "hours_from": "",
        "hours_until": "",
        "jitter_minutes": "0",
    }
    return {name: value for name, value in (typed | changes).items() if value is not None}


async def settled(engine: Engine) -> None:
    """What the request asked for is taken up, and all that was begun beside it has ended."""
    await asyncio.sleep(0)
    if database.is_server:
        await Wishes(engine, Housekeeping(engine)).take_all()
    while tasks := list(engine._tasks.values()):
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, but for sessions, throttles, and what is told of them."""
    but = (Session, Throttle, Event, Happening)
    names = [table._meta.table_name for table in TABLES if table not in but]
    return {
        name: sorted(database.execute_sql(f"SELECT * FROM {name}").fetchall(), key=repr)
        for name in names
    }
