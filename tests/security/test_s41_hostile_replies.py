"""S41, S42, S43: whatever an instance answers, it is a fault or a bounded record, on every page."""

import logging
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from jobs.arr import Client, Fault, Timeouts
from jobs.arr.bounds import MOST_DOWNLOADS, MOST_OF_A_KIND, MOST_RECORDS
from jobs.engine import Engine
from jobs.sync import sync
from models.backlog import Item
from models.backlog.snapshots import Snapshot
from models.instances import Instance
from tests.fakes.browser import Browser
from tests.fakes.hostile import ENDPOINTS, OF_A_SYNC, REPLIES, Hostile, written
from tests.jobs.net.raw import Instance as Server
from tests.jobs.net.raw import ToClient

pytestmark = pytest.mark.long

PATIENT = Timeouts(5.0, 20.0, 20.0, 60.0, 60.0)
LONGEST = 2_000
SHORT = {
    "qualityprofile": "profiles",
    "customformat": "formats",
    "tag": "tags",
    "indexer": "indexers",
    "rootfolder": "root_folders",
    "health": "health",
    "command": "commands",
}
ROOM = 64_000_000
HEAVY = (
    "texts of 200 kB",
    "a text of 4 MB",
    "half a million tags",
    "half a million ids",
    "sixty thousand records",
    "millions of empty records",
    "millions of numbers",
    "blanks between",
)


@pytest.fixture
async def hostile() -> AsyncIterator[Hostile]:
    made = Hostile()
    await made.start()
    yield made
    made.stop()


async def _asked(client: Client, endpoint: str) -> Any:
    """What the client makes of the answer of this endpoint."""
    calls: dict[str, Any] = {
        "status": client.status,
        "profiles": client.profiles,
        "formats": client.formats,
        "tags": client.tags,
        "indexers": client.indexers,
        "folders": client.root_folders,
        "series": client.library,
        "health": client.health,
        "queue": client.downloading,
        "commands": client.commands,
        "search": lambda: client.search(1),
        "command": lambda: client.command(1),
        "history": lambda: client.grabs(0, 1),
        "season": lambda: client.grabs_of_season(0, 1, 1),
        "releases": lambda: client.offers(1),
        "item": lambda: client.last_searched(1),
    }
    if endpoint == "since":
        return [each async for batch in client.endings(0) for each in batch]
    if endpoint in ("missing", "upgrades"):
        want = "missing" if endpoint == "missing" else "upgrade"
        return [entry async for page in client.pages(want, {}) for entry in page.entries]
    return await calls[endpoint]()


async def _outcome(client: Client, endpoint: str) -> tuple[Any, str]:
    """What was made of the answer, and the sentence of the fault that it was."""
    try:
        return await _asked(client, endpoint), ""
    except Fault as fault:
        return None, fault.sentence


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, msgspec.Struct):
        return _texts(msgspec.structs.astuple(value))
    if isinstance(value, dict):
        return _texts([*value.keys(), *value.values()])
    if isinstance(value, list | tuple):
        return [text for each in value for text in _texts(each)]
    return []


def test_the_table_has_more_than_two_hundred_replies() -> None:
    assert len(REPLIES) * len(ENDPOINTS) >= 200
    assert len(REPLIES) * len(OF_A_SYNC) >= 200


async def test_what_is_not_wrong_is_understood(hostile: Hostile, client_of: ToClient) -> None:
    for endpoint in ENDPOINTS:
        made, sentence = await _outcome(client_of(hostile.address), endpoint)
        assert made and not sentence, endpoint


@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_every_reply_is_a_fault_or_bounded_records(
    endpoint: str, hostile: Hostile, client_of: ToClient
) -> None:
    hostile.endpoint = endpoint
    client = client_of(hostile.address, timeouts=PATIENT)
    for kind in REPLIES:
        hostile.kind = kind
        made, sentence = await _outcome(client, endpoint)
        assert len(sentence) < 600, kind
        records = len(made) if isinstance(made, list | dict) else 1
        assert records <= (MOST_RECORDS if endpoint == "since" else MOST_DOWNLOADS * 4), kind
        assert max(map(len, _texts(made)), default=0) <= LONGEST, kind


@pytest.mark.parametrize("kind", HEAVY)
async def test_no_reply_takes_more_memory_than_there_is_room_for(
    kind: str, hostile: Hostile, client_of: ToClient
) -> None:
    client = client_of(hostile.address, timeouts=PATIENT)
    hostile.kind = kind
    for endpoint in ("tags", "series", "missing", "commands", "item"):
        hostile.endpoint = endpoint
        # The server is in this process: what it says is written before.
        written(endpoint, kind)
        tracemalloc.start()
        await _outcome(client, endpoint)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < ROOM, (endpoint, peak)


@pytest.mark.parametrize("kind", REPLIES)
async def test_a_sync_over_it_leaves_every_page_in_place(
    kind: str,
    alices: Browser,
    engine: Engine,
    living_room: Instance,
    hostile: Hostile,
    caplog: pytest.LogCaptureFixture,
) -> None:
    living_room.change(url=hostile.address)
    hostile.kind = kind
    with caplog.at_level(logging.WARNING):
        for endpoint in OF_A_SYNC:
            hostile.endpoint = endpoint
            await sync(engine, living_room)
    assert not [record for record in caplog.records if record.exc_info]
    for path in ("/", "/instances", "/instances/1", "/backlog", "/audit", "/queues/new"):
        page = await alices.get(path)
        assert page.status_code == 200, path
        assert len(page.text) < 500_000, path
    for table in (Instance, Item, Snapshot):
        for row in table.select().limit(2_000):
            assert max(map(len, _texts(row.__data__)), default=0) <= LONGEST


@pytest.mark.parametrize(
    ("path", "call", "most"),
    [
        *((path, call, MOST_OF_A_KIND) for path, call in SHORT.items()),
        ("queue/details", "downloading", MOST_DOWNLOADS),
    ],
)
async def test_one_record_more_than_there_may_be_is_too_many(
    path: str, call: str, most: int
) -> None:
    records = [{"id": number} for number in range(1, most + 2)]
    full, over = (Server(**{path: each}).client() for each in (records[:-1], records))
    assert len(await getattr(full, call)()) == most
    with pytest.raises(Fault) as caught:
        await getattr(over, call)()
    assert caught.value.code == "too_large"
    assert f"more than {most:,} records" in caught.value.sentence


async def test_a_page_holds_no_more_than_was_asked_for() -> None:
    records = [{"id": number} for number in range(1_001)]
    server = Server(**{"wanted/missing": {"totalRecords": 1_001, "records": records}})
    for call in (server.client().total("missing"), anext(server.client().pages("missing", {}))):
        with pytest.raises(Fault) as caught:
            await call
        assert caught.value.code == "too_large"
