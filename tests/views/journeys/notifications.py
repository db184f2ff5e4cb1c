"""Journeys to a target of notifications."""

from collections.abc import Iterator
from contextlib import contextmanager

from models.notifications import NoticeTarget
from tests.fakes.services import services
from tests.fakes.serving import serving
from tests.views.journeys.home import Home
from tests.views.journeys.person import Person

CHECK = "/notifications/checks?target="


@contextmanager
def _typed() -> Iterator[dict[str, str]]:
    """What somebody types of a server that takes messages meanwhile."""
    with serving(services()["ntfy"]) as url:
        yield {"name": "Phone", "url": url, "topic": "nobody-guesses-it"}


async def _form(home: Home) -> Person:
    me = await (await home.stocked()).open("/")
    return await (await me.follow("/notifications")).follow("/notifications/new?kind=ntfy")


async def _added(home: Home, typed: dict[str, str]) -> Person:
    me = await _form(home)
    await me.submit("/notifications", **typed)
    return await me.open("/notifications")


async def try_it(home: Home) -> None:
    me = await _form(home)
    with _typed() as typed:
        await me.submit("/notifications", at=CHECK, **typed)
    assert "A test message was sent" in me.html and 'value="Phone"' in me.html
    assert not NoticeTarget.select().exists()


async def add(home: Home) -> None:
    with _typed() as typed:
        await _added(home, typed)
    assert NoticeTarget.get().name == "Phone"


async def check_it(home: Home) -> None:
    with _typed() as typed:
        me = await _added(home, typed)
        NoticeTarget.get().failed("No.", home.engine.clock.now(), for_good=True)
        await me.submit("/notifications/1/checks")
    assert NoticeTarget.get().dead_at is None


async def change(home: Home) -> None:
    with _typed() as typed:
        me = await _added(home, typed)
        await (await me.follow("/notifications/1/edit")).submit("/notifications/1", name="Tablet")
    assert NoticeTarget.get().name == "Tablet"


async def remove(home: Home) -> None:
    with _typed() as typed:
        me = await _added(home, typed)
        await me.follow("/notifications/1/edit")
        await (await me.follow("/notifications/1/deletion")).submit("/notifications/1")
    assert not NoticeTarget.select().exists()
