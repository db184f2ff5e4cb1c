"""Servers on 127.0.0.1 that answer byte for byte, and certificates for them."""

import asyncio
import ipaddress
import json
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jobs.arr import Client, Door, Target, Timeouts, connect

KEY = "0123456789abcdef0123456789abcdef"
SHORT = Timeouts(connect=1.0, read=0.3, slow_read=0.3, total=0.8, slow_total=0.8)
SONARR = {"appName": "Sonarr", "version": "4.0.17.2952", "instanceName": "Living room"}

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[..., Awaitable["Server"]]
ToClient = Callable[..., Client]


class Server:
    """A listening socket, and the heads of the requests that came in."""

    def __init__(self, handler: Handler) -> None:
        self.requests: list[bytes] = []
        self._handler = handler
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self, context: ssl.SSLContext | None) -> None:
        self._listening = await asyncio.start_server(self._meet, "127.0.0.1", 0, ssl=context)
        self.port: int = self._listening.sockets[0].getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            await self._handler(reader, writer)
        writer.close()

    async def stop(self) -> None:
        self._listening.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def reply(
    body: Any = b"",
    status: int = 200,
    kind: str | None = "application/json; charset=utf-8",
    **headers: str,
) -> bytes:
    """A whole HTTP/1.1 reply; anything but bytes becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(content)}"]
    lines += [f"Content-Type: {kind}"] if kind else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + content


def saying(answer: bytes) -> Handler:
    async def handler(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return handler


class Asked(NamedTuple):
    """A request as an Instance met it."""

    method: str
    path: str
    query: dict[str, str]
    body: Any


class Instance:
    """A Sonarr or Radarr inside the process: `answers` by path, a value or a function of the
    request; what was asked is kept.
    """

    def __init__(self, **answers: Any) -> None:
        self.asked: list[Asked] = []
        self.answers: dict[str, Any] = {"system/status": SONARR, **answers}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        body = json.loads(message["body"]) if message.get("body") else None
        path = scope["path"].removeprefix("/api/v3/")
        query = dict(parse_qsl(scope["query_string"].decode()))
        self.asked.append(Asked(scope["method"], path, query, body))
        answer = self.answers.get(path)
        answer = answer(self.asked[-1]) if callable(answer) else answer
        status = answer if isinstance(answer, int) else 404 if answer is None else 200
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        told = {"message": "no"} if status != 200 else answer
        content = json.dumps(told).encode()
        await send({"type": "http.response.body", "body": content})

    def client(self, application: str = "sonarr", version: str | None = None) -> Client:
        if version:
            name = application.capitalize()
            self.answers["system/status"] = {"appName": name, "version": version}
        door = Door(None, "VQS/0 test", {"here": self})
        return connect(door, Target(application, "demo://here", KEY))


class Certificate:
    """A certificate that signed itself, on disk, and the context of a server that shows it."""

    def __init__(self, folder: Path, name: str, *, days: int = 1) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        ends = datetime.now(UTC) + timedelta(days=days)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(ends - timedelta(days=2))
            .not_valid_after(ends)
            .add_extension(x509.SubjectAlternativeName([_general_name(name)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        self.path = folder / f"{name}{days}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self.path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)

    def context(self, *alpn: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        context.set_alpn_protocols(list(alpn))
        return context


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
