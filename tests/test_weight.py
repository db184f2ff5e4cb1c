"""What the dashboard weighs on the wire, headers included, as a browser asks for it."""

import re
import socket
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import httpx
import pytest

from models.database.encryption import load_or_create
from models.database.fields import now
from models.opening.schema import open_database
from tests.conftest import PASSWORD
from tests.fakes.plain import PlainBrowser
from tests.fakes.program import running
from tests.furnished import furnish

KILOBYTE = 1000
LOADED = re.compile(
    r'<link rel="(?:icon|stylesheet|manifest)" href="([^"]+)"|<script src="([^"]+)"'
)
POLL = re.compile(r'class="content"[^>]*? hx-get="([^"]+)"')


class Wire:
    """A browser that is signed in; it counts what comes back."""

    def __init__(self, address: str, cookies: httpx.Cookies) -> None:
        self.host = urlsplit(address).netloc
        self.cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, path: str, *headers: str) -> bytes:
        """The whole answer, as it came."""
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {self.host}",
            f"Cookie: {self.cookies}",
            "Accept-Encoding: gzip",
            "Connection: close",
            *headers,
        ]
        name, _, port = self.host.partition(":")
        with socket.create_connection((name, int(port)), timeout=10) as wire:
            wire.sendall("\r\n".join([*lines, "", ""]).encode())
            parts = list(iter(lambda: wire.recv(65_536), b""))
        answer = b"".join(parts)
        assert answer.split()[1] in (b"200", b"204"), f"{path}: {answer[:40]!r}"
        return answer


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Wire, str]]:
    """The wire to the furnished household, and its dashboard as text."""
    data = tmp_path_factory.mktemp("furnished") / "data"
    keyring, _ = load_or_create(data.with_name("data-secret") / "master.key")
    data.mkdir(mode=0o700)
    opened = open_database(data / "vqs.db", keyring, now())
    furnish("Some text", PASSWORD)
    opened.close_all()
    with running(data, log_level="error") as (address, _), PlainBrowser(address) as browser:
        browser.open("/session/new").submit("/session", name="alice", password=PASSWORD)
        assert browser.path == "/"
        yield Wire(address, browser.http.cookies), browser.html


def test_the_first_page_is_light(dashboard: tuple[Wire, str]) -> None:
    wire, html = dashboard
    loaded = {unescape(one or other) for one, other in LOADED.findall(html)}
    assert {path.rpartition(".")[2] for path in loaded} == {"css", "js", "svg", "webmanifest"}
    weights = {path: len(wire.get(path)) for path in ("/", *loaded)}
    assert len(weights) <= 6, weights
    assert sum(weights.values()) <= 60 * KILOBYTE, weights


def test_a_poll_without_news_is_a_few_hundred_bytes(dashboard: tuple[Wire, str]) -> None:
    wire, html = dashboard
    poll = POLL.search(html)
    assert poll
    answer = wire.get(unescape(poll[1]), "HX-Request: true", "HX-Request-Type: partial")
    assert answer.split()[1] == b"204"
    assert len(answer) <= 600, answer
