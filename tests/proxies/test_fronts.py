"""Real proxies in front of a Sonarr that hang up in every way they can: no search is lost.

All of them offer HTTP/2 as well, and HTTP/1.1 is spoken.
"""

import asyncio
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from jobs.arr import Client, Door, Fault, Target, connect
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.program import free_port
from tests.jobs.net.raw import Certificate
from tests.proxies.servers import NGINX_HEAD, PLACES, started

pytestmark = pytest.mark.long

NGINX = (
    NGINX_HEAD
    + """\
    server {{
        listen 127.0.0.1:{port} ssl http2;
        ssl_certificate {certificate};
        ssl_certificate_key {certificate};
        {setting}
        location / {{ proxy_pass http://{behind}; }}
    }}
}}
"""
)
CADDY = """
{{
    admin off
    auto_https off
    storage file_system {folder}/storage
    servers {{
        timeouts {{
            idle 1s
        }}
    }}
}}
https://127.0.0.1:{port} {{
    tls {certificate} {certificate}
    {setting}
    reverse_proxy {behind}
}}
"""
TEMPLATES = {"nginx": NGINX, "caddy": CADDY}
# Longer than the second for which these keep an idle connection, and shorter.
PAUSES = (1.3, 0.2, 1.0)
FRONTS = {
    "nginx that hangs up after a second": ("nginx", "keepalive_timeout 1s;"),
    "nginx that hangs up after three requests": ("nginx", "keepalive_requests 3;"),
    "nginx that hangs up after each answer": ("nginx", "keepalive_timeout 0;"),
    "nginx as it is": ("nginx", ""),
    "Caddy that hangs up after a second": ("caddy", ""),
}


class Front:
    """A proxy that runs, the Sonarr behind it, and a client at its address."""

    def __init__(
        self, process: subprocess.Popen[bytes], sonarr: FakeArr, client: Client, again: Client
    ) -> None:
        self.process = process
        self.sonarr = sonarr
        self.client = client
        self.tester = again

    @property
    def posted(self) -> list[int]:
        return [command["episodeIds"][0] for command in self.sonarr.commands]


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return Certificate(tmp_path, "127.0.0.1")


@pytest.fixture
def address(
    request: pytest.FixtureRequest, tmp_path: Path, sonarr: FakeArr, certificate: Certificate
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    name, setting = FRONTS[request.param]
    if shutil.which(name, path=PLACES) is None:
        pytest.skip(f"{name} is not installed")
    with sonarr.serve() as url:
        port = free_port()
        text = TEMPLATES[name].format(
            folder=tmp_path,
            port=port,
            certificate=certificate.path,
            setting=setting,
            behind=urlsplit(url).netloc,
        )
        at = f"https://127.0.0.1:{port}"
        with started(name, text, tmp_path, at) as process:
            yield process, at


@pytest.fixture
async def front(
    address: tuple[subprocess.Popen[bytes], str], sonarr: FakeArr, certificate: Certificate
) -> AsyncIterator[Front]:
    process, at = address
    door = Door(certificate.path, "VQS/0 test", {})
    target = Target("sonarr", at, FakeArr.key, name="Attic")
    clients = [connect(door, target) for _ in range(2)]
    yield Front(process, sonarr, *clients)
    for client in clients:
        await client.close()


@pytest.mark.parametrize("address", FRONTS, indirect=True)
async def test_every_search_arrives_once_and_the_lists_are_read(front: Front) -> None:
    assert (await front.tester.status()).application == "sonarr"
    await front.client.status()
    for want in ("missing", "upgrade"):
        read = [page async for page in front.client.pages(want)]
        assert sum(len(page.entries) for page in read) == await front.client.total(want) > 0
    wanted = [1, 2, 3, 4]
    for arr_id, pause in zip(wanted, (0.0, *PAUSES), strict=True):
        await asyncio.sleep(pause)
        command = await front.client.search(arr_id)
        assert await front.client.command(command.id)
        assert await front.client.health() is not None
    assert front.posted == wanted


@pytest.mark.parametrize("address", ["nginx as it is"], indirect=True)
async def test_a_reload_while_a_search_is_sent_loses_nothing(front: Front) -> None:
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(seen: Seen) -> Response | None:
        if seen.method != "POST":
            return None
        loop.call_soon_threadsafe(begun.set)
        body = {"id": 7, "name": "EpisodeSearch", "status": "queued", "body": {"episodeIds": [1]}}
        return Response(201, body, delay=1.0)

    await front.client.status()
    front.sonarr.before = slow
    sent = asyncio.create_task(front.client.search(1))
    await begun.wait()
    front.process.send_signal(signal.SIGHUP)
    assert (await sent).id == 7
    front.sonarr.before = None
    await asyncio.sleep(0.3)
    assert (await front.client.status()).application == "sonarr"
    await front.client.search(2)
    assert front.posted == [1, 2]


@pytest.mark.parametrize("address", ["nginx as it is"], indirect=True)
async def test_a_proxy_without_its_sonarr_says_so(front: Front) -> None:
    front.sonarr.fail_next("/", status=502, body=b"<h1>502</h1>")
    with pytest.raises(Fault, match="but something in front of it got no answer from it"):
        await front.tester.status()
