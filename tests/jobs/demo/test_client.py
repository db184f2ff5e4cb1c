"""The real clients against the demo servers."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from jobs.arr import Client, Door, Fault, Target, connect
from models.backlog import Entry
from tests.fakes.arr import FakeArr

NOON_MS = 1_777_896_000_000


@pytest.fixture(params=["sonarr", "radarr"])
def server(request: pytest.FixtureRequest, living_room: FakeArr, cinema: FakeArr) -> FakeArr:
    return living_room if request.param == "sonarr" else cinema


@pytest.fixture
async def client(server: FakeArr) -> AsyncIterator[Client]:
    async with client_of(server) as client:
        yield client


@asynccontextmanager
async def client_of(server: FakeArr) -> AsyncIterator[Client]:
    name = server.application
    door = Door(None, "Test/1", {name: server})
    client = connect(door, Target(name, f"demo://{name}", server.key))
    yield client
    await client.close()


async def _entries(client: Client, want: str) -> list[Entry]:
    async with aclosing(client.pages(want)) as pages:
        found = [(page.malformed, page.entries) async for page in pages]
    assert sum(malformed for malformed, _ in found) == 0
    return [entry for _, entries in found for entry in entries]


async def test_the_client_knows_the_demo_for_what_it_is(server: FakeArr, client: Client) -> None:
    status = await client.status()
    assert status.application == server.application
    assert status.instance_name == f"Demo {server.application.title()}"
    assert client.server_time == NOON_MS
    assert len(await client.profiles()) == 4 and len(await client.tags()) == 4
    assert len(await client.indexers()) == 3 and await client.health() == []


async def test_the_client_reads_every_wanted_item(server: FakeArr, client: Client) -> None:
    for want, number in (("missing", 140), ("upgrade", 70)):
        assert await client.total(want) == number
        entries = await _entries(client, want)
        assert len({entry.arr_id for entry in entries}) == number
        for entry in entries:
            item = server.world.items[entry.arr_id]
            assert (entry.want, entry.title) == (want, item.title)
            assert entry.monitored and entry.profile_id == item.profile.id
            searched = item.searched and item.searched * 1000
            assert entry.arr_searched_at == searched
            if server.application == "sonarr":
                assert entry.series_title and entry.series_status and entry.series_type


async def test_the_client_searches_and_learns_what_came_of_it(
    server: FakeArr, client: Client
) -> None:
    id = (await _entries(client, "missing"))[0].arr_id
    item = server.world.items[id]
    server.world.luck = lambda *_: True
    command = await client.search(id)
    assert command.arr_ids == (id,) and not command.finished
    assert [each.id for each in await client.commands()] == [command.id]
    assert not await client.cancel(command.id)
    server.advance(4)
    ended = await client.command(command.id)
    assert ended is not None and ended.finished and not ended.failed
    reports = 1 if item.out(server.world.present) else 0
    assert ended.reports == reports
    assert await client.last_searched(id) == NOON_MS + 4000
    grabs = await client.grabs(NOON_MS, id)
    assert len(grabs) == len(await client.downloading()) == reports
    server.advance(120)
    assert await client.total("missing") == 140 - reports
    assert await client.downloading() == []


async def test_a_season_is_searched_by_its_series_and_number(living_room: FakeArr) -> None:
    door = Door(None, "Test/1", {"sonarr": living_room})
    client = connect(door, Target("sonarr", "demo://sonarr", living_room.key))
    command = await client.search_season(2, 1)
    living_room.advance(60)
    ended = await client.command(command.id)
    assert ended is not None and ended.season == (2, 1) and ended.reports == 0
    await client.close()


async def test_without_an_active_indexer_the_client_can_tell(
    server: FakeArr, client: Client
) -> None:
    server.world.active_indexers = 0
    command = await client.search(1)
    running = await client.command(command.id)
    assert running is not None and running.asked_no_indexer
    assert [check.source for check in await client.health()] == ["IndexerStatusCheck"]


async def test_ordered_faults_reach_the_client_as_faults(server: FakeArr, client: Client) -> None:
    server.fail_next("/api", status=503, body={"errorMessage": "starting up"})
    server.fail_next("/api", status=401)
    for code in ("starting", "wrong_key"):
        with pytest.raises(Fault) as caught:
            await client.status()
        assert caught.value.code == code
    assert (await client.status()).application == server.application


async def test_a_served_fake_can_break_off_and_be_gone(server: FakeArr) -> None:
    with server.serve() as url:
        target = Target(server.application, url, server.key)
        client = connect(Door(None, "Test/1", {}), target)
        server.fail_next("/api", raises=ConnectionResetError())
        with pytest.raises(Fault) as broken_off:
            await client.status()
    await client.close()
    client = connect(Door(None, "Test/1", {}), target)
    with pytest.raises(Fault) as gone:
        await client.status()
    await client.close()
    assert (broken_off.value.code, gone.value.code) == ("reset", "refused")


async def test_the_client_reads_a_served_fake_over_a_real_socket(server: FakeArr) -> None:
    with server.serve() as url:
        client = connect(Door(None, "Test/1", {}), Target(server.application, url, server.key))
        assert await client.total("missing") == 140
        await client.close()
