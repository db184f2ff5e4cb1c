"""Answers about releases that take their time, as they come when all indexers have been asked."""

import asyncio

import httpcore
import httpx
import pytest

from jobs.arr import Target, Timeouts
from jobs.engine import Engine
from jobs.net import http
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.instances import Instance
from models.searches import Search
from tests.asking import People
from tests.fakes.arr import FakeArr, Response


@pytest.fixture
async def item(engine: Engine, living_room: Instance) -> Item:
    """The first episode that the living room misses."""
    await sync(engine, living_room)
    return Item.get(Item.want == "missing", Item.reason == Reason.ELIGIBLE)


@pytest.fixture
def people(engine: Engine) -> People:
    return People(engine)


async def settled(engine: Engine) -> None:
    while engine.busy:
        await asyncio.sleep(0.001)


def test_the_reply_is_waited_for_as_long_as_indexers_take() -> None:
    times = Timeouts(read=1, slow_read=2, search=3)
    client = httpx.AsyncClient()
    for path, seconds in (("release", 3), ("series", 2)):
        asked_for = Target("sonarr", "http://127.0.0.1:9", "k").request("GET", path, slow=True)
        built = http.build(client, asked_for, "http://127.0.0.1:9", times)
        assert built.extensions["timeout"]["read"] == seconds


async def test_one_that_takes_too_long_counts_and_is_no_fault_of_the_instance(
    engine: Engine, people: People, item: Item, sonarr: FakeArr
) -> None:
    late = Response(raises=httpcore.ReadTimeout("late"))
    sonarr.before = lambda seen: late if seen.path.endswith("/release") else None
    await people.begin(item, "trial")
    await settled(engine)
    (search,) = Search.select()
    assert (search.outcome, search.cost) == ("unknown", 1) and search.message
    assert Item.get_by_id(item.id).reason == Reason.COOLDOWN
    assert Instance.get_by_id(item.instance_id).fault is None
