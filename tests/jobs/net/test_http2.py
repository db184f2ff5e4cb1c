"""HTTP/2 is spoken only where it is offered and switched on."""

import asyncio
import json
import logging

import h2.config
import h2.connection
import h2.events
import pytest

from tests.jobs.net.raw import KEY, SONARR, Certificate, Serve, ToClient, reply


class Http2:
    """Answers every request with Sonarr's status, and keeps the headers."""

    def __init__(self) -> None:
        self.requests: list[dict[bytes, bytes]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        config = h2.config.H2Configuration(client_side=False, header_encoding=None)
        connection = h2.connection.H2Connection(config)
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        while data := await reader.read(65_536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    self._answer(connection, event)
            writer.write(connection.data_to_send())
        writer.close()

    def _answer(
        self, connection: h2.connection.H2Connection, event: h2.events.RequestReceived
    ) -> None:
        assert event.stream_id is not None
        self.requests.append(dict(event.headers or []))
        headers = [(b":status", b"200"), (b"content-type", b"application/json")]
        connection.send_headers(event.stream_id, headers)
        connection.send_data(event.stream_id, json.dumps(SONARR).encode(), end_stream=True)


async def test_http2_is_spoken_where_it_is_offered(
    client_of: ToClient, certificate: Certificate
) -> None:
    server = Http2()
    context = certificate.context("h2", "http/1.1")
    listening = await asyncio.start_server(server, "127.0.0.1", 0, ssl=context)
    port = listening.sockets[0].getsockname()[1]
    client = client_of(f"https://127.0.0.1:{port}", ca_file=certificate.path, http2=True)
    assert (await client.status()).application == "sonarr"
    await client.status()
    await client.close()
    listening.close()
    assert len(server.requests) == 2
    assert server.requests[0][b"x-api-key"] == KEY.encode()
    assert server.requests[0][b":authority"] == f"127.0.0.1:{port}".encode()


async def test_no_header_of_http2_is_logged(
    client_of: ToClient, certificate: Certificate, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even with everything logged: what a proxy asks for has no shape to know it by."""
    caplog.set_level(logging.DEBUG)
    context = certificate.context("h2")
    listening = await asyncio.start_server(Http2(), "127.0.0.1", 0, ssl=context)
    address = f"https://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    proxy = (("X-Pass", "sesame, open up"),)
    client = client_of(address, ca_file=certificate.path, http2=True, proxy=proxy)
    await client.status()
    await client.close()
    listening.close()
    assert caplog.records
    assert "sesame" not in caplog.text


async def test_http11_is_what_is_spoken(
    serve: Serve, client_of: ToClient, certificate: Certificate
) -> None:
    """Even to a server that would rather speak HTTP/2."""
    server = await serve(reply(SONARR), certificate.context("h2", "http/1.1"))
    await client_of(server.url, ca_file=certificate.path).status()
    assert b" HTTP/1.1\r\n" in server.requests[0]
