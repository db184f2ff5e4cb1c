"""A raw server, a client for any address, and a certificate that signed itself."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobs.arr import Client, Door, Target, Timeouts, connect
from tests.jobs.net.raw import KEY, SHORT, Certificate, Handler, Serve, Server, ToClient, saying


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a server that says these bytes, or does as the handler does."""
    servers: list[Server] = []

    async def start(answer: bytes | Handler, context: ssl.SSLContext | None = None) -> Server:
        server = Server(saying(answer) if isinstance(answer, bytes) else answer)
        await server.start(context)
        servers.append(server)
        return server

    yield start
    for server in servers:
        await server.stop()


@pytest.fixture
async def client_of() -> AsyncIterator[ToClient]:
    """Makes a client for an address."""
    clients: list[Client] = []

    def make(
        url: str,
        application: str = "sonarr",
        *,
        key: str = KEY,
        verify_tls: bool = True,
        http2: bool = False,
        name: str = "",
        known: bool = False,
        proxy: tuple[tuple[str, str], ...] = (),
        ca_file: Path | None = None,
        in_container: bool = False,
        timeouts: Timeouts = SHORT,
    ) -> Client:
        door = Door(ca_file, "VQS/0 test", {}, in_container=in_container, timeouts=timeouts)
        target = Target(application, url, key, verify_tls, http2, proxy, name, known)
        clients.append(connect(door, target))
        return clients[-1]

    yield make
    for client in clients:
        await client.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("certificates"), "127.0.0.1")
