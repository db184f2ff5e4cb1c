"""Journeys to a Prowlarr and its indexers."""

from collections.abc import Iterator
from contextlib import contextmanager

from jobs.demo import DEMO_KEY
from jobs.demo.prowlarr import DemoProwlarr
from models.database.fields import now
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import ProwlarrIndexer
from tests.fakes.serving import serving
from tests.views.journeys.home import Home
from tests.views.journeys.person import Person

CHECK = "/prowlarrs/checks?prowlarr="


@contextmanager
def _typed() -> Iterator[dict[str, str]]:
    """What somebody types of a Prowlarr that answers meanwhile."""
    with serving(DemoProwlarr(now=now)) as url:
        yield {"name": "Mine", "url": url, "api_key": DEMO_KEY}


async def _form(home: Home) -> Person:
    me = await (await home.stocked()).open("/instances")
    return await (await me.follow("/prowlarrs")).follow("/prowlarrs/new")


async def _connected(home: Home, typed: dict[str, str]) -> Person:
    """The page of its indexers, read."""
    me = await _form(home)
    await me.submit("/prowlarrs", **typed)
    await home.settled()
    return await me.open("/prowlarrs")


async def try_a_connection(home: Home) -> None:
    me = await _form(home)
    with _typed() as typed:
        await me.submit("/prowlarrs", at=CHECK, **typed)
    assert "Found Prowlarr" in me.html and 'value="Mine"' in me.html
    assert not Prowlarr.select().exists()


async def connect(home: Home) -> None:
    with _typed() as typed:
        await _connected(home, typed)
    assert Prowlarr.get().name == "Mine"
    assert ProwlarrIndexer.select().exists()


async def read_again(home: Home) -> None:
    with _typed() as typed:
        me = await _connected(home, typed)
        ProwlarrIndexer.delete().execute()
        await me.submit("/prowlarrs/1/readings")
        await home.settled()
    assert ProwlarrIndexer.select().exists()


async def rename(home: Home) -> None:
    with _typed() as typed:
        me = await _connected(home, typed)
        await (await me.follow("/prowlarrs/1/edit")).submit("/prowlarrs/1", name="Theirs")
        await home.settled()
    assert Prowlarr.get().name == "Theirs"


async def remove(home: Home) -> None:
    with _typed() as typed:
        me = await _connected(home, typed)
        await me.follow("/prowlarrs/1/edit")
        await (await me.follow("/prowlarrs/1/deletion")).submit("/prowlarrs/1")
    assert not Prowlarr.select().exists()
