"""Journeys to the instances."""

from collections.abc import Iterator
from contextlib import contextmanager

from models.backlog import Item
from models.hooks import Hook
from models.instances import Instance
from models.queues import Queue
from tests.fakes.arr import FakeArr
from tests.views.journeys.home import Home
from tests.views.journeys.person import Person

CHECK = "/checks?instance="


@contextmanager
def _attic() -> Iterator[tuple[str, FakeArr]]:
    server = FakeArr("radarr")
    with server.serve() as address:
        yield address, server


async def _form(home: Home) -> Person:
    me = await (await home.alice()).open("/instances")
    return await me.follow("/instances/new")


async def try_a_connection(home: Home) -> None:
    me = await _form(home)
    with _attic() as (url, server):
        typed = {"application": "radarr", "name": "Attic", "url": url, "api_key": server.key}
        await me.submit("/instances", at=CHECK, **typed)
    assert "Found Radarr" in me.html and 'value="Attic"' in me.html
    assert not Instance.select().exists()


async def connect(home: Home) -> None:
    with _attic() as (url, server):
        await _with_an_attic(home, url, server)
    assert Instance.get().name == "Attic"
    assert Item.select().exists()


async def edit(home: Home) -> None:
    with _attic() as (url, server):
        me = await _with_an_attic(home, url, server)
        await me.submit("/instances/1", name="Cellar", hourly_budget="3")
        await home.settled()
    assert (Instance.get().name, Instance.get().hourly_budget) == ("Cellar", 3)


async def disable(home: Home) -> None:
    with _attic() as (url, server):
        me = await _with_an_attic(home, url, server)
        await me.submit("/instances/1", enabled=None)
    assert Instance.get().disabled_at


async def try_a_change(home: Home) -> None:
    with _attic() as (url, server):
        me = await _with_an_attic(home, url, server)
        await me.submit("/instances/1", at=f"{CHECK}1", name="Cellar", api_key=server.key)
    assert "Found Radarr" in me.html and Instance.get().name == "Attic"


async def _with_an_attic(home: Home, url: str, server: FakeArr) -> Person:
    """The form of an instance that was connected."""
    me = await _form(home)
    typed = {"application": "radarr", "name": "Attic", "url": url, "api_key": server.key}
    await me.submit("/instances", **typed)
    await home.settled()
    return await (await me.open("/instances/1")).follow("/instances/1/edit")


async def check_again(home: Home) -> None:
    me = await (await home.stocked()).open("/instances/1")
    home.sonarr.log.clear()
    await me.submit("/instances/1/checks")
    assert [each.path for each in home.sonarr.log if each.path.endswith("/status")]


async def sync_now(home: Home) -> None:
    me = await (await home.stocked()).open("/instances/1")
    before = Instance.get().synced_at
    Instance.update(synced_at=None).execute()
    await me.submit("/instances/1/syncs")
    await home.settled()
    assert Instance.get().synced_at >= before


async def delete(home: Home) -> None:
    me = await (await home.stocked()).open("/instances/1/edit")
    await (await me.follow("/instances/1/deletion")).submit("/instances/1")
    assert not Instance.select().exists()


async def add_the_demo(home: Home) -> None:
    me = await _form(home)
    await me.submit("/demo")
    await home.settled()
    assert me.path == "/queues/new"
    assert [each.demo for each in Instance.select()] == [True, True]


async def remove_the_demo(home: Home) -> None:
    await add_the_demo(home)
    me = await (await home.alice()).open("/instances")
    await (await me.follow("/demo/deletion")).submit("/demo")
    assert not Instance.select().exists() and not Queue.select().exists()


async def make_a_webhook(home: Home) -> None:
    me = await (await home.stocked()).open("/instances/1")
    await (await me.follow("/instances/1/hook")).submit("/instances/1/hook", way="by-hand")
    assert "/hooks/" in me.html
    assert Hook.get().instance_id == 1


async def remove_a_webhook(home: Home) -> None:
    await make_a_webhook(home)
    me = await (await home.alice()).open("/instances/1/hook")
    await (await me.follow("/instances/1/hook/deletion")).submit("/instances/1/hook")
    assert not Hook.select().exists()
