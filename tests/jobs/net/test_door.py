"""Anybody can be asked through the door: here a server that is no Sonarr and no Radarr."""

import json
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from urllib.parse import parse_qsl

import pytest

from jobs.net import Connection, Door, Fault, Request, Server
from tests.jobs.net.raw import SHORT, Serve, reply
from tests.jobs.net.raw import Server as Raw

TOKEN = "tk_0123456789"
MESSAGE = {"topic": "films", "message": "Quarry – done"}
POST = Request.json("/v1/messages", MESSAGE, asked="to take a message")
Open = Callable[..., Connection]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    connections: list[Connection] = []

    def make(url: str, key: str = f"Bearer {TOKEN}") -> Connection:
        door = Door(None, "VQS/0 test", {}, timeouts=SHORT)
        connections.append(door.open(Server(url, "Ntfy", (("Authorization", key),))))
        return connections[-1]

    yield make
    for connection in connections:
        await connection.close()


async def fault_of(connection: Connection, request: Request = POST, **more: int) -> Fault:
    with pytest.raises(Fault) as caught:
        await connection.ask(request, **more)
    assert TOKEN not in caught.value.sentence
    assert caught.value.sentence.startswith("Ntfy ")
    return caught.value


async def keeping(serve: Serve, answer: bytes) -> tuple[Raw, list[bytes]]:
    bodies: list[bytes] = []

    async def handler(reader: StreamReader, writer: StreamWriter) -> None:
        head = server.requests[-1].lower()
        length = head.partition(b"content-length: ")[2].partition(b"\r")[0]
        bodies.append(await reader.readexactly(int(length or 0)))
        writer.write(answer)
        await writer.drain()

    server = await serve(handler)
    return server, bodies


async def test_json_is_sent_once_and_the_reply_comes_back(serve: Serve, opened: Open) -> None:
    server, bodies = await keeping(serve, reply({"id": 7}, X_Kept="yes"))
    answer = await opened(server.url + "/base/").ask(POST)
    assert (answer.status, json.loads(answer.body)) == (200, {"id": 7})
    assert answer.headers["x-kept"] == "yes"
    assert [json.loads(body) for body in bodies] == [MESSAGE]
    (head,) = server.requests
    assert head.startswith(b"POST /base/v1/messages HTTP/1.1\r\n")
    assert b"Authorization: Bearer " + TOKEN.encode() in head
    assert b"Content-Type: application/json" in head


async def test_a_form_and_bytes_are_sent_as_they_are(serve: Serve, opened: Open) -> None:
    server, bodies = await keeping(serve, reply(status=204, kind=None))
    connection = opened(server.url)
    fields = {"grant_type": "code", "redirect": "https://a.example/?b=ü&c"}
    await connection.ask(Request.form("/token", fields))
    raw = Request("POST", "/raw", content=b"\x00\xff", headers=(("X-Title", "Höhle"),))
    assert (await connection.ask(raw)).body == b""
    assert dict(parse_qsl(bodies[0].decode())) == fields
    assert b"x-www-form-urlencoded" in server.requests[0]
    assert bodies[1] == b"\x00\xff"
    assert "X-Title: Höhle".encode("latin-1") in server.requests[1]


async def test_the_query_of_an_address_and_of_a_request_are_both_sent(
    serve: Serve, opened: Open
) -> None:
    server = await serve(reply([]))
    await opened(f"{server.url}/hook/abc/?thread=5").ask(Request("GET", query={"page": 2}))
    assert server.requests[0].startswith(b"GET /hook/abc/?thread=5&page=2 HTTP")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "wrong_key"),
        (403, "wrong_key"),
        (404, "not_found"),
        (422, "rejected"),
        (429, "rate_limited"),
        (503, "server_error"),
    ],
)
async def test_an_answer_that_is_no_success_is_a_fault(
    status: int, code: str, serve: Serve, opened: Open
) -> None:
    server = await serve(reply(b"no", status, "text/plain", Retry_After="12"))
    fault = await fault_of(opened(server.url))
    assert (fault.code, fault.status, fault.retry_after) == (code, status, 12.0)
    assert fault.may_have_arrived == (status >= 500)
    if code != "rate_limited":
        assert "was asked to take a message, and" in fault.sentence
        assert str(status) in fault.sentence


async def test_a_reply_is_no_larger_than_its_caller_allows(serve: Serve, opened: Open) -> None:
    server = await serve(reply(b"x" * 100_001))
    fault = await fault_of(opened(server.url), limit=100_000)
    assert (fault.code, "more than 0.1 MB" in fault.sentence) == ("too_large", True)
    assert len((await opened(server.url).ask(POST, limit=100_001)).body) == 100_001


async def test_no_redirect_is_followed_and_its_path_not_shown(serve: Serve, opened: Open) -> None:
    there = await serve(reply({}))
    here = await serve(reply(status=307, Location=f"{there.url}/{TOKEN}?key={TOKEN}"))
    fault = await fault_of(opened(here.url))
    assert (fault.code, there.url in fault.sentence) == ("redirect", True)
    assert not there.requests


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "http://[fd00:ec2::254]/", "ftp://a/", "http://u:p@a/", "x"]
)
async def test_some_addresses_are_refused(url: str, opened: Open) -> None:
    fault = await fault_of(opened(url))
    assert (fault.code, fault.may_have_arrived) == ("blocked_address", False)


@pytest.mark.parametrize("value", ["a\r\nX-B: c", "\u20ac", "a\0"])
async def test_a_header_that_cannot_be_sent_is_not(value: str, serve: Serve, opened: Open) -> None:
    server = await serve(reply({}))
    of_request = Request("GET", headers=(("X-A", value),))
    faults = [
        await fault_of(opened(server.url), of_request),
        await fault_of(opened(server.url, value)),
    ]
    assert {fault.code for fault in faults} == {"wrong_key"}
    assert not any(fault.may_have_arrived for fault in faults)
    assert not server.requests


async def test_a_server_that_is_not_there_is_a_fault(opened: Open) -> None:
    fault = await fault_of(opened("http://127.0.0.1:1"))
    assert (fault.code, fault.may_have_arrived) == ("refused", False)


async def test_what_speaks_no_http_is_a_fault(serve: Serve, opened: Open) -> None:
    server = await serve(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    assert (await fault_of(opened(server.url))).code == "not_http"
