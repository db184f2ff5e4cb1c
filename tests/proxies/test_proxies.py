"""The program behind a real nginx and a real Caddy, set up as the documentation says."""

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import PASSWORD
from tests.fakes.program import ROOT, running
from tests.proxies.servers import PLACES, serving

pytestmark = pytest.mark.long

BASE = "/searcharr"
VISITOR, FORGED = "127.0.0.2", "198.51.100.7"
ADDRESS = re.compile(r'\s(?:href|src|action|hx-get|hx-post)="(/[^"]*)"')
TOKEN = re.compile(r'name="token" value="([^"]+)"')


def _documented(name: str, number: int = 0) -> str:
    """The example of that proxy in how-to/proxies.md: the first, or that with single sign-on."""
    fence = {"nginx": "nginx", "caddy": "caddyfile"}[name]
    text = (ROOT / "docs/how-to/proxies.md").read_text()
    return re.findall(rf"```{fence}\n(.*?)```", text, re.DOTALL)[number]


def _deployed(name: str) -> str:
    """What the file for several replicas does with a request, for one program below BASE."""
    if name == "nginx":
        text = (ROOT / "docs/deploy/nginx.conf").read_text()
        (found,) = re.findall(r"^ {4}location / \{.*?^ {4}\}", text, re.DOTALL | re.MULTILINE)
        return str(found).replace("http://vqs", "http://127.0.0.1:7337")
    text = (ROOT / "docs/deploy/Caddyfile").read_text()
    (found,) = re.findall(r"^\treverse_proxy .*?^\t\}", text, re.DOTALL | re.MULTILINE)
    one = re.sub(r"(?: replica-\d:7337)+", " 127.0.0.1:7337", found)
    return one.replace("/health/ready", f"{BASE}/health/ready")


def _stripping(name: str, example: str) -> str:
    if name == "nginx":
        return example.replace(":7337;", ":7337/;")
    return example.replace("handle ", "handle_path ")


@pytest.fixture(params=["nginx", "caddy"])
def name(request: pytest.FixtureRequest) -> str:
    if shutil.which(request.param, path=PLACES) is None:
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


@pytest.fixture(params=["as it came", "stripped"])
def site(request: pytest.FixtureRequest, name: str, tmp_path: Path) -> Iterator[httpx.Client]:
    """A browser of somebody far away, at the program's path on the proxy's site."""
    example = _documented(name)
    if request.param == "stripped":
        example = _stripping(name, example)
    settings = {"base_path": BASE, "trusted_proxies": "127.0.0.1"}
    far = httpx.HTTPTransport(local_address=VISITOR)
    with running(tmp_path / "data", setup_token_file=_token(tmp_path), **settings) as (address, _):
        location = example.replace("127.0.0.1:7337", urlsplit(address).netloc)
        with (
            serving(name, location, tmp_path) as proxy,
            httpx.Client(base_url=f"{proxy}{BASE}", trust_env=False, transport=far) as client,
        ):
            yield client


def _token(folder: Path) -> Path:
    path = folder / "setup-token"
    path.write_text("a-token-of-our-own")
    return path


def _post(site: httpx.Client, path: str, page: str, **fields: str) -> httpx.Response:
    """As a browser on plain http would: no Sec-Fetch-Site, but an Origin."""
    found = TOKEN.search(page)
    assert found
    origin = f"{site.base_url.scheme}://{site.base_url.netloc.decode()}"
    return site.post(path, data={"token": found[1], **fields}, headers={"Origin": origin})


def _follow(site: httpx.Client, answer: httpx.Response) -> httpx.Response:
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(f"{BASE}/")
    return site.get(answer.headers["location"].removeprefix(BASE))


def _made(site: httpx.Client) -> httpx.Response:
    page = site.get("/setup").text
    account = {"name": "Alice", "password": PASSWORD, "password_again": PASSWORD}
    fields = {**account, "time_zone": "Europe/Berlin", "setup_token": "a-token-of-our-own"}
    return _follow(site, _post(site, "/setup", page, **fields))


def test_a_person_gets_in_and_round_and_cannot_be_someone_else(site: httpx.Client) -> None:
    site.headers["X-Forwarded-For"] = FORGED
    assert site.get("/health").status_code == 200
    first = _made(site)
    assert first.status_code == 200
    addresses = ADDRESS.findall(first.text)
    assert all(address.startswith(f"{BASE}/") for address in addresses)
    for address in addresses:
        if "/static/" in address:
            assert site.get(address.removeprefix(BASE)).status_code == 200
    demo = _follow(site, _post(site, "/demo", first.text))
    assert "Demo" in demo.text
    sessions = site.get("/sessions")
    assert FORGED not in sessions.text
    assert VISITOR in sessions.text


class Guard(BaseHTTPRequestHandler):
    """What signs people in: it knows them by a cookie, and somebody of whom it says no name."""

    def do_GET(self) -> None:
        who = SimpleCookie(self.headers.get("Cookie", "")).get("who")
        self.send_response(200 if who else 401)
        if who and who.value != "nameless":
            self.send_header("Remote-User", who.value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: the test says what went wrong."""


@pytest.fixture
def guard() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Guard) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def signing_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a program that believes its proxy's name of a person; Alice exists."""
    folder = tmp_path_factory.mktemp("signing-on")
    settings = {"base_path": BASE, "trusted_proxies": "127.0.0.1", "sso_header": "Remote-User"}
    with running(folder / "data", setup_token_file=_token(folder), **settings) as (address, _):
        with httpx.Client(base_url=f"{address}{BASE}", trust_env=False) as straight:
            _made(straight)
        yield address


@contextmanager
def _behind(name: str, example: str, folder: Path, address: str) -> Iterator[Callable[..., int]]:
    """Called with headers and cookies, the status of a page for people."""
    location = example.replace("127.0.0.1:7337", urlsplit(address).netloc)
    with serving(name, location, folder) as proxy:

        def status(headers: dict[str, str], **cookies: str) -> int:
            sent = {"headers": headers, "cookies": cookies, "trust_env": False}
            return httpx.get(f"{proxy}{BASE}/people", **sent).status_code  # type: ignore[arg-type]

        yield status


FORGERIES = (
    {"Remote-User": "Alice"},
    {"remote-user": "Alice"},
    {"REMOTE-USER": "Alice"},
    {"Remote_User": "Alice"},
    {"Remote-User": "Alice", "X-Forwarded-For": "127.0.0.1"},
    {"Remote-User": "Alice", "Connection": "close, Remote-User"},
)


@pytest.mark.parametrize("example", [_documented, _deployed])
def test_a_forged_name_signs_nobody_in(
    example: Callable[[str], str], name: str, tmp_path: Path, signing_on: str
) -> None:
    with _behind(name, example(name), tmp_path, signing_on) as status:
        assert [status(headers) for headers in FORGERIES] == [303] * len(FORGERIES)


def test_without_the_line_that_drops_it_anybody_would_be_alice(
    name: str, tmp_path: Path, signing_on: str
) -> None:
    """So that the test above means something."""
    kept = [line for line in _documented(name).splitlines() if "Remote-User" not in line]
    with _behind(name, "\n".join(kept), tmp_path, signing_on) as status:
        assert status(FORGERIES[0]) == 200


def test_whom_the_proxy_signed_in_is_in_and_nobody_else(
    name: str, guard: str, tmp_path: Path, signing_on: str
) -> None:
    example = _documented(name, 1).replace("127.0.0.1:9091", guard)
    with _behind(name, example, tmp_path, signing_on) as status:
        assert status({}) == 401
        assert status({}, who="Alice") == 200
        assert status({}, who="Bob") == 403
        for headers in FORGERIES:
            assert status(headers) == 401
            # A visitor can have their own name dropped on the way, as one hop's header.
            assert status(headers, who="Bob") in (303, 403)
            assert status(headers, who="nameless") == 303
