"""Two replicas that read the same budget at the same moment do not both spend it."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg

from jobs.engine import Engine
from jobs.searches import run_errand
from jobs.searches.errands import Errand
from jobs.sync import sync
from models.backlog import Item
from models.budgets.gates import Gate
from models.database import database
from models.household import Household
from models.instances import Instance
from models.searches import Search
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock
from tests.postgres.databases import SERVER, address_of

WAITING = """
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE NOT granted AND datname = current_database()
"""


def searches_as_a_replica(
    item: Item, sonarr: FakeArr, radarr: FakeArr, at: FastClock
) -> Gate | None:
    """On a thread, whose session with the server is its own."""

    async def search() -> Gate | None:
        engine = Engine(clock=FastClock(at.present), demo={"sonarr": sonarr, "radarr": radarr})
        gate = await run_errand(engine, Errand(item.instance_id, (item.id,)))
        await engine.stop()
        return gate

    try:
        return asyncio.run(search())
    finally:
        database.close()


async def test_the_last_of_a_budget_is_spent_once(
    engine: Engine,
    clock: FastClock,
    living_room: Instance,
    cinema: Instance,
    sonarr: FakeArr,
    radarr: FakeArr,
) -> None:
    """A third session keeps both from writing until both have read, or wait for their turn."""
    await sync(engine, living_room)
    await sync(engine, cinema)
    items = [
        Item.get(Item.instance == each, Item.want == "missing") for each in (living_room, cinema)
    ]
    Household.current().change(hourly_budget=1)
    sonarr.now = radarr.now = clock.now
    with ThreadPoolExecutor(2) as replicas, psycopg.connect(address_of(SERVER)) as third:
        third.execute("LOCK TABLE searches IN SHARE ROW EXCLUSIVE MODE")
        begun = [
            replicas.submit(searches_as_a_replica, item, sonarr, radarr, clock) for item in items
        ]
        until = time.monotonic() + 20
        while third.execute(WAITING).fetchone() != (2,) and time.monotonic() < until:
            await asyncio.sleep(0.02)
        third.rollback()
        gates = [await asyncio.wrap_future(each) for each in begun]
    assert Search.select().where(Search.cost > 0).count() == 1
    assert len(sonarr.commands + radarr.commands) == 1
    assert sorted(gate is None for gate in gates) == [False, True]
