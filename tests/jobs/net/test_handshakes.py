"""What is said when an encrypted connection does not come about, tried with real sockets."""

import asyncio
import socket
import ssl
import threading
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from jobs.arr import Client, Fault, Timeouts
from tests.fakes.arr import FakeArr
from tests.jobs.net.raw import SONARR, Certificate, Handler, Serve, ToClient, reply


async def fault_of(client: Client) -> Fault:
    with pytest.raises(Fault) as caught:
        await client.search(1)
    return caught.value


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


async def _reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.transport.abort()


async def _wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(65_536)
    await reader.read()


def _say(words: bytes) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(words)
        await writer.drain()

    return handler


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[int]:
    """The port of a server that does this; every connection is closed at the end."""
    met: set[asyncio.Task[None] | None] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.add(asyncio.current_task())
        with suppress(OSError):
            await handler(reader, writer)
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await asyncio.gather(*(task for task in met if task))


RAW: dict[str, tuple[Handler, str, str]] = {
    "it hangs up": (_hang_up, "reset", "closed the connection while encryption"),
    "it resets": (_reset, "reset", "closed the connection while encryption"),
    "it waits": (_wait, "timeout", "did not agree on encryption in time"),
    "it speaks plain http": (
        _say(reply(b"Bad Request", status=400, kind="text/plain")),
        "tls",
        "write http:// instead of https://",
    ),
    "it speaks SSH": (_say(b"SSH-2.0-OpenSSH_9.2\r\n"), "tls", "something other than https"),
    "it speaks FTP": (_say(b"220 welcome\r\n"), "tls", "something other than https"),
    "it has no cipher in common": (
        _say(b"\x15\x03\x03\x00\x02\x02\x28"),
        "tls",
        "could not agree on an encrypted connection",
    ),
    "it refuses the version": (
        _say(b"\x15\x03\x03\x00\x02\x02\x46"),
        "tls",
        "TLS 1.2 or newer is needed",
    ),
}


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("case", RAW)
async def test_each_way_in_which_encryption_fails_has_its_sentence(
    case: str, known: bool, client_of: ToClient
) -> None:
    handler, code, words = RAW[case]
    brief = Timeouts(0.3, 0.3, 0.3, 0.8, 0.8)
    async with listening(handler) as port:
        address = f"https://127.0.0.1:{port}"
        client = client_of(address, timeouts=brief, known=known, name="Attic")
        fault = await fault_of(client)
    assert (fault.code, fault.may_have_arrived) == (code, False), fault
    assert fault.sentence.startswith("Attic (Sonarr) ")
    assert words in fault.sentence
    assert ("write http://" in fault.sentence) == (case == "it speaks plain http")


class OldServer(threading.Thread):
    """Knows TLS up to this version only. (asyncio's own server hangs up without an alert.)"""

    def __init__(self, certificate: Certificate, newest: ssl.TLSVersion) -> None:
        super().__init__(daemon=True)
        self._context = certificate.context()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._context.minimum_version = ssl.TLSVersion.TLSv1
            self._context.maximum_version = newest
        self._context.set_ciphers("ALL:@SECLEVEL=0")
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listening.getsockname()[1]}"

    def run(self) -> None:
        with self._listening, suppress(OSError):
            met, _ = self._listening.accept()
            self._context.wrap_socket(met, server_side=True)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_a_server_with_old_encryption_only_is_told_apart(
    version: ssl.TLSVersion, client_of: ToClient, certificate: Certificate
) -> None:
    server = OldServer(certificate, version)
    server.start()
    fault = await fault_of(client_of(server.url, ca_file=certificate.path))
    server.join()
    assert (fault.code, fault.may_have_arrived) == ("tls", False)
    assert "TLS 1.2 or newer is needed" in fault.sentence


async def test_a_server_that_knows_tls_1_2_only_is_spoken_to(
    serve: Serve, client_of: ToClient, certificate: Certificate
) -> None:
    context = certificate.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    server = await serve(reply(SONARR), context)
    assert (await client_of(server.url, ca_file=certificate.path).status()).version


async def test_plain_http_works_where_it_is_advised(client_of: ToClient) -> None:
    with FakeArr("sonarr").serve() as url:
        fault = await fault_of(client_of(url.replace("http:", "https:")))
        assert "write http:// instead of https://" in fault.sentence
        assert (await client_of(url, key=FakeArr.key).status()).application == "sonarr"


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"The plain HTTP request was sent to HTTPS port", 400, "text/html"),
        reply(b"Client sent an HTTP request to an HTTPS server.", 400, "text/plain"),
        b"\x15\x03\x03\x00\x02\x02\x50",
    ],
)
async def test_https_is_advised_only_where_it_is_expected(
    answer: bytes, serve: Serve, client_of: ToClient
) -> None:
    server = await serve(answer)
    fault = await fault_of(client_of(server.url))
    assert "write https:// instead of http://" in fault.sentence
