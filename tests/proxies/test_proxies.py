"""The program behind a real nginx and a real Caddy, set up as the documentation says."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import PASSWORD
from tests.fakes.program import ROOT, running
from tests.proxies.servers import PLACES, serving

BASE = "/searcharr"
VISITOR, FORGED = "127.0.0.2", "198.51.100.7"
ADDRESS = re.compile(r'\s(?:href|src|action|hx-get|hx-post)="(/[^"]*)"')
TOKEN = re.compile(r'name="token" value="([^"]+)"')


def _documented(name: str) -> str:
    """The first example of that proxy in docs/proxies.md."""
    fence = {"nginx": "nginx", "caddy": "caddyfile"}[name]
    text = (ROOT / "docs/proxies.md").read_text()
    found = re.search(rf"```{fence}\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1]


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


def test_a_person_gets_in_and_round(site: httpx.Client) -> None:
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


def test_whoever_asks_is_told_apart_and_cannot_be_someone_else(site: httpx.Client) -> None:
    site.headers["X-Forwarded-For"] = FORGED
    _made(site)
    sessions = site.get("/sessions")
    assert FORGED not in sessions.text
    assert VISITOR in sessions.text
