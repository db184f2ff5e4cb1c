"""Reading an instance's wanted lists now."""

from jobs.engine import Engine
from models.backlog import Item
from models.instances import Instance
from models.wishes import LATE, Wish
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.views.typed import settled


async def test_a_member_has_the_lists_read(
    bobs: Browser, living_room: Instance, engine: Engine
) -> None:
    page = await bobs.post("/instances/1/syncs")
    assert page.url.path == "/instances/1"
    assert "Syncing Living room." in page.text
    await settled(engine)
    assert Item.select().count() == 40
    assert Instance.get().syncing_since is None


async def test_asking_twice_reads_once(
    bobs: Browser, living_room: Instance, engine: Engine
) -> None:
    for _ in range(2):
        answer = await bobs.post("/instances/1/syncs", htmx=True)
        assert answer.headers["hx-location"] == "/instances/1"
    await settled(engine)
    assert Item.select().count() == 40


async def test_a_sync_that_was_not_begun_is_told_until_there_is_one(
    bobs: Browser, living_room: Instance, engine: Engine
) -> None:
    Wish.ask("sync", living_room.id, engine.clock.now())
    Wish.get().end(engine.clock.now(), LATE)
    page = await bobs.get("/instances/1")
    assert "It was not synced" in page.text and LATE in page.text
    await bobs.post("/instances/1/syncs")
    await settled(engine)
    assert LATE not in (await bobs.get("/instances/1")).text


async def test_pages_poll_and_refresh_while_it_lasts(
    bobs: Browser, living_room: Instance, engine: Engine
) -> None:
    living_room.change(syncing_since=living_room.created_at, sync_read=3, sync_total=1234)
    for path in ("/", "/instances/1"):
        page = await bobs.get(path)
        assert 'hx-trigger="every 2s' in page.text
        assert '<noscript><meta http-equiv="refresh"' in page.text
    living_room.change(syncing_since=None)
    for path in ("/", "/instances", "/instances/1"):
        page = await bobs.get(path)
        assert 'hx-trigger="every 2s' not in page.text
        assert 'http-equiv="refresh"' not in page.text


async def test_nothing_is_sent_to_an_instance_whose_key_is_missing(
    bobs: Browser, living_room: Instance, engine: Engine, sonarr: FakeArr
) -> None:
    living_room.change(api_key="", disabled_at=engine.clock.now())
    for path in ("syncs", "checks"):
        page = await bobs.post(f"/instances/1/{path}")
        assert "Its API key has to be typed in first." in page.text
        assert "Sync now" not in page.text
    await settled(engine)
    assert not sonarr.log
