"""S18: whatever is called, the call ends in time, is small enough, and goes to whom it should."""

import ast
import asyncio
import time
from pathlib import Path

import pytest

from jobs.arr import Fault, Timeouts
from jobs.arr.bounds import ARRAY_LIMIT
from jobs.net import MEGABYTE, REPLY_LIMIT
from models.instances import Instance
from tests.fakes.browser import Browser
from tests.jobs.net.raw import SONARR, Certificate, Handler, Serve, ToClient, reply

ROOT = Path(__file__).parent.parent.parent
CODE = [
    ROOT / "app.py",
    *(path for layer in ("views", "jobs", "models") for path in (ROOT / layer).rglob("*.py")),
]
DOOR = ROOT / "jobs" / "net" / "http.py"
# The probe asks the program's own port, and is started too often to load the door. Mail is another
# protocol: within the door's room, to addresses that were judged there.
OTHERS = {
    "jobs/probe.py": {"http.client"},
    "jobs/net/mail.py": {"create_connection", "smtplib"},
}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# Modules that can open a connection by themselves.
NETWORK = {
    *("aiohttp", "asyncssh", "ftplib", "http.client", "imaplib", "poplib", "pycurl", "requests"),
    *("smtplib", "socketserver", "telnetlib", "urllib.request", "urllib3", "websockets"),
    *("xmlrpc.client", "subprocess", "multiprocessing"),
}
# Calls of modules that are imported for something else as well.
CONNECTING = {
    *("create_connection", "open_connection", "open_unix_connection", "create_datagram_endpoint"),
    *("system", "popen", "create_subprocess_exec", "create_subprocess_shell", "run_process"),
}


def _imports(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{each.name}" for each in node.names)}
    return found


def _calls(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    return [(ast.unparse(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_there_is_no_second_door_to_the_network() -> None:
    doors = {}
    for path in CODE:
        tree = ast.parse(path.read_text())
        named = {name.rpartition(".")[2] for name, _ in _calls(tree)}
        opens = (_imports(tree) & NETWORK) | (named & CONNECTING)
        if path != DOOR:
            opens |= named & {"AsyncClient", "AsyncConnectionPool"}
        if opens:
            doors[path.relative_to(ROOT).as_posix()] = opens
    assert doors == OTHERS


def test_the_one_client_is_built_with_all_its_bounds() -> None:
    calls = _calls(ast.parse(DOOR.read_text()))
    (client,) = [call for name, call in calls if name == "httpx.AsyncClient"]
    given = {each.arg: ast.unparse(each.value) for each in client.keywords}
    assert given["follow_redirects"] == "False"
    assert given["trust_env"] == "False"
    assert "verify" not in given and "proxy" not in given
    assert "httpcore.AsyncConnectionPool" not in [name for name, _ in calls]
    (pool,) = [call for name, call in calls if name == "partial" and _makes_a_pool(call)]
    names = {each.arg: ast.unparse(each.value) for each in pool.keywords}
    assert names["network_backend"] == "backend"
    assert names["ssl_context"] == "context"
    (request,) = [call for name, call in calls if name == "client.build_request"]
    timeout = {each.arg: ast.unparse(each.value) for each in request.keywords}["timeout"]
    assert timeout == "httpx.Timeout(read, connect=times.connect)"


def _makes_a_pool(call: ast.Call) -> bool:
    return ast.unparse(call.args[0]) == "httpcore.AsyncConnectionPool"


def test_every_bound_is_a_number_that_somebody_can_wait_for() -> None:
    times = Timeouts()
    assert 0 < times.connect <= 10
    assert 0 < times.read <= times.slow_read <= 120
    assert 0 < times.total <= times.slow_total <= 900
    assert 0 < REPLY_LIMIT <= ARRAY_LIMIT <= 256 * MEGABYTE


async def _never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def _drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1\r\n \r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"\r\n")
    while True:
        writer.write(b" " * 65_536)
        await writer.drain()


async def _flood_of_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Fill: " + b"x" * 60_000 + b"\r\n")
        await writer.drain()


@pytest.mark.long
@pytest.mark.parametrize("call", ["status", "health", "search"])
@pytest.mark.parametrize("does", [_never, _drip, _flood_of_headers], ids=lambda each: each.__name__)
async def test_a_server_that_does_not_come_to_an_end_is_left(
    does: Handler, call: str, serve: Serve, client_of: ToClient
) -> None:
    server = await serve(does)
    client, began = client_of(server.url), time.monotonic()
    with pytest.raises(Fault):
        await (client.search(1) if call == "search" else getattr(client, call)())
    assert time.monotonic() - began < 10


async def test_a_flood_is_left_at_the_limit(serve: Serve, client_of: ToClient) -> None:
    server = await serve(_flood)
    with pytest.raises(Fault) as caught:
        await client_of(server.url, timeouts=Timeouts(5, 30, 30, 60, 60)).status()
    assert caught.value.code == "too_large"


async def test_a_certificate_is_checked_unless_this_very_instance_is_let_off(
    serve: Serve, client_of: ToClient, certificate: Certificate
) -> None:
    server = await serve(reply(SONARR), certificate.context())
    lenient, strict = client_of(server.url, verify_tls=False), client_of(server.url)
    assert (await lenient.status()).application == "sonarr"
    with pytest.raises(Fault) as caught:
        await strict.status()
    assert caught.value.code == "tls"
    assert len(server.requests) == 1


async def test_an_instance_that_is_let_off_says_so_on_its_page(
    veras: Browser, living_room: Instance
) -> None:
    warning = "Its certificate is not checked"
    assert Instance.verify_tls.default is True
    assert warning not in (await veras.get(f"/instances/{living_room.id}")).text
    living_room.change(verify_tls=False)
    assert warning in (await veras.get(f"/instances/{living_room.id}")).text
