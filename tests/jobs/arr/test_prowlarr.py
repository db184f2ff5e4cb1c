"""The client of Prowlarr against its documents, and its simulator against the same."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from jobs.arr import Door, Fault, ProwlarrClient, ProwlarrTarget
from jobs.demo import DEMO_KEY
from jobs.demo.prowlarr import DemoProwlarr
from models.prowlarrs.indexers import LimitedIndexer
from models.prowlarrs.requests import PastRequest
from tests.contract import faults, recorded

NOON = datetime(2026, 11, 29, 12, 0, 30, tzinfo=UTC)
PATHS = ("system/status", "indexer", "indexerstatus", "history/since")
Replies = dict[str, Any]
Connect = Callable[[Any], ProwlarrClient]


def made_up(name: str) -> Any:
    return recorded(f"made-from-sources/prowlarr/{name}.json")


class Replying:
    """An app that answers each path with a document, and keeps what it was asked."""

    def __init__(self, replies: Replies, status: int = 200) -> None:
        self.replies, self.status = replies, status
        self.asked: list[tuple[str, str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = scope["query_string"].decode()
        self.asked.append((scope["method"], scope["path"], query))
        body = json.dumps(self.replies.get(scope["path"].removeprefix("/api/v1/"), {})).encode()
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": self.status, "headers": head})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    clients = []

    def connected(app: Any) -> ProwlarrClient:
        door = Door(None, "VQS/0 test", {"prowlarr": app})
        clients.append(
            ProwlarrClient(door, ProwlarrTarget("prowlarr", "demo://prowlarr", DEMO_KEY))
        )
        return clients[-1]

    yield connected
    for client in clients:
        await client.close()


async def _all(client: ProwlarrClient, since: int = 0) -> list[PastRequest]:
    return [asked async for batch in client.asked(since) for asked in batch]


async def test_the_limits_of_the_indexers_are_read(connect: Connect) -> None:
    client = connect(Replying({"indexer": made_up("indexer")}))
    found = await client.indexers()
    limits = {each.name: (each.query_limit, each.grab_limit, each.is_hourly) for each in found}
    assert limits["Alpha Usenet"] == (100, 10, False)
    documents = {each["name"]: each for each in made_up("indexer")}
    assert {each.name for each in found if each.is_enabled} == {
        name for name, document in documents.items() if document["enable"]
    }
    hourly = {
        document["name"]
        for document in documents.values()
        for field in document["fields"]
        if field["name"] == "baseSettings.limitsUnit" and field.get("value") == 1
    }
    assert {each.name for each in found if each.is_hourly} == hourly != set()


async def test_a_limit_may_be_written_as_text_and_nonsense_is_no_limit(connect: Connect) -> None:
    values = ["250", 0, None, -4, "many", 1e30, {"x": 1}]
    documents = [
        {"id": number, "name": "x", "enable": True}
        | {"fields": [{"name": "baseSettings.queryLimit", "value": value}]}
        for number, value in enumerate(values)
    ]
    client = connect(Replying({"indexer": [*documents, {"id": 9, "fields": "none"}]}))
    limits = [each.query_limit for each in await client.indexers()]
    assert limits == [250, *[None] * 7]


async def test_blocked_indexers_are_read_with_their_end(connect: Connect) -> None:
    client = connect(Replying({"indexerstatus": made_up("indexerstatus")}))
    until = datetime(2026, 11, 29, 12, 30, tzinfo=UTC)
    assert await client.blocked() == {3: int(until.timestamp() * 1000)}


async def test_the_history_is_read_without_the_addresses_in_it(connect: Connect) -> None:
    rows = made_up("history")["records"]
    client = connect(Replying({"history/since": rows}))
    found = await _all(client)
    assert [(each.number, each.kind) for each in found] == [
        (904, "grab"),
        (903, "query"),
        (902, "query"),
        (901, "rss"),
    ]
    query = found[1]
    assert (query.source, query.results, query.took_ms) == ("Sonarr", 3, 640)
    assert (query.season, query.episode) == (1, 5)
    assert "REPLACED" not in repr(found)


async def test_requests_that_count_against_no_limit_are_left_out(connect: Connect) -> None:
    row = made_up("history")["records"][1]
    kinds = ("indexerAuth", "indexerInfo", "unknown", "somethingNew")
    client = connect(Replying({"history/since": [row | {"eventType": kind} for kind in kinds]}))
    assert await _all(client) == []


async def test_only_reading_requests_are_sent(connect: Connect) -> None:
    app = Replying({"system/status": made_up("system-status"), "indexer": []})
    app.replies |= {"indexerstatus": [], "history/since": []}
    client = connect(app)
    await client.status()
    await client.indexers()
    await client.blocked()
    await _all(client, 1_000)
    assert {method for method, _, _ in app.asked} == {"GET"}
    assert app.asked[-1][2] == "date=1970-01-01T00%3A00%3A01Z"


async def test_the_status_is_prowlarrs_own(connect: Connect) -> None:
    told = made_up("system-status")
    status = await connect(Replying({"system/status": told})).status()
    assert (status.application, status.version) == ("prowlarr", told["version"])


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"appName": "Sonarr", "version": "4.0.16"}, "wrong_application"),
        ({"appName": "Prowlarr", "version": "1.4.0"}, "too_old"),
        ({}, "not_arr"),
        ([1], "not_arr"),
    ],
)
async def test_another_server_is_a_fault_in_a_sentence(
    told: Any, code: str, connect: Connect
) -> None:
    with pytest.raises(Fault) as caught:
        await connect(Replying({"system/status": told})).status()
    assert caught.value.code == code
    assert "Prowlarr" in caught.value.sentence


@pytest.mark.parametrize("path", PATHS)
async def test_the_simulator_answers_as_the_document_says(path: str) -> None:
    simulator = DemoProwlarr(now=lambda: NOON)
    simulator.blocked[3] = NOON.timestamp() + 600
    transport = httpx.ASGITransport(simulator)
    headers = {"X-Api-Key": DEMO_KEY}
    async with httpx.AsyncClient(transport=transport, headers=headers) as client:
        address = f"http://demo/api/v1/{path}"
        reply = await client.get(address, params={"date": "2026-11-29T00:00:00Z"})
    assert reply.status_code == 200
    assert reply.json()
    assert faults("prowlarr-2.3.6-develop", f"/api/v1/{path}", reply.json()) == []


@pytest.mark.parametrize(
    ("path", "name"), [("indexer", "indexer"), ("system/status", "system-status")]
)
async def test_the_simulator_tells_what_the_recorded_reply_tells(path: str, name: str) -> None:
    transport = httpx.ASGITransport(DemoProwlarr(now=lambda: NOON))
    headers = {"X-Api-Key": DEMO_KEY}
    async with httpx.AsyncClient(transport=transport, headers=headers) as client:
        reply = (await client.get(f"http://demo/api/v1/{path}")).json()
    one, known = reply, made_up(name)
    if isinstance(one, list):
        one, known = one[0], known[0]
    assert set(one) == set(known)


async def test_the_client_reads_the_simulator(connect: Connect) -> None:
    simulator = DemoProwlarr(now=lambda: NOON)
    simulator.blocked[3] = NOON.timestamp() + 600
    simulator.off.add(2)
    client = connect(simulator)
    assert (await client.status()).version == "2.3.6.5325"
    assert await client.indexers() == [
        LimitedIndexer(1, "Paper Crane", True, 400, 50, False),
        LimitedIndexer(2, "Barnacle", False, 60, None, True),
        LimitedIndexer(3, "Old Lantern", True, None, None, False),
    ]
    assert await client.blocked() == {3: int((NOON.timestamp() + 600) * 1000)}
    rows = await _all(client)
    assert {each.kind for each in rows} == {"query", "rss"}
    assert {each.source for each in rows} == {"Sonarr", "Radarr", "cross-seed"}


@pytest.mark.parametrize("kind", ["query", "rss"])
async def test_the_simulator_refuses_what_would_pass_a_limit(kind: str) -> None:
    simulator = DemoProwlarr(now=lambda: NOON, feeds=False)
    at = NOON.timestamp()
    asked = (simulator.ask(2, kind, "Sonarr", at - 3_599 + n, 0) for n in range(61))
    taken = [row is not None for row in asked]
    assert taken == [True] * 60 + [False]
    assert simulator.refused[2, "Sonarr"] == 1
    assert simulator.ask(2, kind, "Sonarr", at + 60, 0)
