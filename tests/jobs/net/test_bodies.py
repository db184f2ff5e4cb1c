"""How the body of a reply is bounded, in bytes and in time."""

import asyncio
import gzip
import json
import time
import tracemalloc
import zlib
from typing import Any

import anyio
import pytest
from httpcore._backends.anyio import AnyIOStream

from jobs.arr import Client, Fault, Sonarr, Timeouts
from jobs.net.addresses import GuardedBackend
from jobs.net.bounds import PIECE
from jobs.net.tls import Contexts, EncryptableStream, InPieces
from tests.jobs.net.raw import SONARR, Certificate, Handler, Serve, ToClient, reply

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
PATIENT = Timeouts(1.0, 5.0, 5.0, 20.0, 20.0)


async def fault_of(client: Client, call: str = "status", *args: Any) -> Fault:
    with pytest.raises(Fault) as caught:
        await getattr(client, call)(*args)
    return caught.value


def chunk(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


def endless(head: bytes, piece: bytes) -> Handler:
    async def handler(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()

    return handler


async def test_a_silent_server_times_out(serve: Serve, client_of: ToClient) -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    server = await serve(silent)
    fault = await fault_of(client_of(server.url), "search", 7)
    assert (fault.code, fault.may_have_arrived) == ("timeout", True)


async def test_a_slow_drip_ends(serve: Serve, client_of: ToClient) -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED)
        while True:
            writer.write(chunk(b" "))
            await asyncio.sleep(0.05)

    server = await serve(drip)
    began = time.monotonic()
    fault = await fault_of(client_of(server.url))
    assert fault.code == "timeout"
    assert "too slowly" in fault.sentence
    assert 0.5 < time.monotonic() - began < 2.0


async def test_a_drip_of_headers_ends(serve: Serve, client_of: ToClient) -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-A: b\r\n")
            await asyncio.sleep(0.05)

    server = await serve(drip)
    assert (await fault_of(client_of(server.url))).code == "timeout"


async def test_a_close_without_an_answer_is_a_reset(serve: Serve, client_of: ToClient) -> None:
    async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    server = await serve(close)
    fault = await fault_of(client_of(server.url), "search", 7)
    assert (fault.code, fault.may_have_arrived) == ("reset", True)
    assert len(server.requests) == 1


@pytest.mark.parametrize("call", ["status", "library"])
async def test_a_reset_in_the_middle_is_said(call: str, serve: Serve, client_of: ToClient) -> None:
    async def stop(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b'Content-Length: 1000\r\n\r\n[{"id": 1},')
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()

    server = await serve(stop)
    fault = await fault_of(client_of(server.url), call)
    assert fault.code == "reset"
    assert "in the middle" in fault.sentence


async def test_truncated_json_is_malformed(serve: Serve, client_of: ToClient) -> None:
    server = await serve(reply(b'{"page": 1, "totalRecords": 5, "records": [{"id": 1'))
    assert (await fault_of(client_of(server.url), "total", "missing")).code == "malformed"


@pytest.mark.parametrize("body", [b'[{"id": 1}, {"id"', b'{"id": 1}', b"[] []", b"", b"12"])
async def test_what_is_no_whole_array_is_malformed(
    body: bytes, serve: Serve, client_of: ToClient
) -> None:
    server = await serve(reply(body))
    assert (await fault_of(client_of(server.url), "library")).code == "malformed"


async def test_deep_nesting_is_malformed(serve: Serve, client_of: ToClient) -> None:
    server = await serve(reply(b'{"unknown": ' + b"[" * 100_000))
    assert (await fault_of(client_of(server.url))).code == "malformed"


async def test_a_reply_of_200_megabytes_is_left(serve: Serve, client_of: ToClient) -> None:
    handler = endless(HEAD + b"Content-Length: 200000000\r\n\r\n", b" " * 1_000_000)
    server = await serve(handler)
    fault = await fault_of(client_of(server.url, timeouts=PATIENT))
    assert fault.code == "too_large"
    assert "4 MB" in fault.sentence


async def test_a_gzip_bomb_does_not_unfold(serve: Serve, client_of: ToClient) -> None:
    bomb = gzip.compress(b"[" + b" " * 40_000_000, compresslevel=9)
    server = await serve(reply(bomb, Content_Encoding="gzip"))
    client = client_of(server.url, timeouts=PATIENT)
    tracemalloc.start()
    fault = await fault_of(client)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fault.code == "too_large"
    assert peak < 40_000_000


async def test_a_packed_reply_is_unpacked(serve: Serve, client_of: ToClient) -> None:
    packed = gzip.compress(json.dumps(SONARR).encode())
    server = await serve(reply(packed, Content_Encoding="gzip"))
    assert (await client_of(server.url).status()).application == "sonarr"


@pytest.mark.parametrize("damage", [b"no gzip at all", zlib.compress(b"{}")])
async def test_damaged_packing_is_malformed(
    damage: bytes, serve: Serve, client_of: ToClient
) -> None:
    server = await serve(reply(damage, Content_Encoding="gzip"))
    assert (await fault_of(client_of(server.url))).code == "malformed"


async def test_a_record_of_more_than_four_megabytes_is_too_large(
    serve: Serve, client_of: ToClient
) -> None:
    server = await serve(reply(b'[{"title": "' + b"x" * 4_100_000))
    fault = await fault_of(client_of(server.url), "library")
    assert (fault.code, "4 MB" in fault.sentence) == ("too_large", True)


async def test_an_array_is_read_in_little_memory(serve: Serve, client_of: ToClient) -> None:
    series = json.dumps({"id": 5, "title": "Quarry", "overview": "x" * 10_000}).encode()

    async def list_them(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNKED + chunk(b"["))
        for _ in range(1999):
            writer.write(chunk(series + b",\n"))
            await writer.drain()
        writer.write(chunk(series + b"]") + chunk(b""))

    server = await serve(list_them)
    client = client_of(server.url, timeouts=PATIENT)
    tracemalloc.start()
    assert isinstance(client, Sonarr)
    library = await client.library()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert library[5].title == "Quarry"
    assert peak < 3_000_000


async def test_one_malformed_record_spares_the_list(serve: Serve, client_of: ToClient) -> None:
    body = b'[{"id": 1, "label": "one"}, {"id": "two"}, {"label": 3}, 7, {"id": 4}]'
    server = await serve(reply(body))
    assert [tag.id for tag in await client_of(server.url).tags()] == [1, 4]


async def test_a_number_too_large_for_a_column_is_malformed(
    serve: Serve, client_of: ToClient
) -> None:
    body = b'[{"id": 99999999999999999999}, {"id": -1}, {"id": 1.5}, {"id": 2147483647}]'
    server = await serve(reply(body))
    assert [tag.id for tag in await client_of(server.url).tags()] == [2147483647]


class Full(anyio.abc.ByteStream):
    """A connection on which all that is asked for has arrived already."""

    async def receive(self, max_bytes: int = 65_536) -> bytes:
        return b"x" * max_bytes

    async def send(self, item: bytes) -> None:
        """Nothing."""

    async def send_eof(self) -> None:
        """Nothing."""

    async def aclose(self) -> None:
        """Nothing."""


async def test_what_has_arrived_is_read_in_pieces_with_a_turn_for_others_between() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    stream = EncryptableStream.over(AnyIOStream(Full()))
    task = asyncio.create_task(others())
    pieces = [await stream.read(65_536) for _ in range(5)]
    task.cancel()
    assert [len(piece) for piece in pieces] == [PIECE] * 5
    assert turns >= 5


async def test_an_encrypted_answer_is_read_in_pieces_too(
    serve: Serve, certificate: Certificate
) -> None:
    server = await serve(reply(SONARR), certificate.context())
    backend = GuardedBackend(in_container=False)
    plain = await backend.connect_tcp("127.0.0.1", int(server.url.rpartition(":")[2]))
    context = Contexts(None).choose("https", verify=False)
    assert context is not None
    encrypted = await plain.start_tls(context, "localhost")
    assert isinstance(encrypted, InPieces)
    await encrypted.aclose()
