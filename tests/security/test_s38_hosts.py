"""S38: DNS rebinding: only names of our own are answered."""

from pathlib import Path

import pytest

from models.environment import Environment
from models.people import User
from tests.fakes.browser import Browser

PROXY = "10.0.0.2"


@pytest.fixture
def options(tmp_path: Path) -> Environment:
    hosts = "searcharr.example.com"
    return Environment(data_dir=tmp_path, allowed_hosts=hosts, trusted_proxies=PROXY)


@pytest.mark.parametrize("path", ["/", "/session/new", "/setup", "/health", "/nowhere"])
async def test_a_stranger_s_name_gets_no_page(path: str, browser: Browser) -> None:
    answer = await browser.http.get(path, headers={"Host": "rebound.example:7337"})
    assert answer.status_code == 421
    assert "rebound.example" in answer.text
    assert "VQS_ALLOWED_HOSTS" in answer.text


async def test_nor_does_what_is_posted_there(browser: Browser, alice: User) -> None:
    headers = {"Host": "rebound.example", "Origin": "http://rebound.example"}
    answer = await browser.http.post("/session", data={"name": "alice"}, headers=headers)
    assert answer.status_code == 421


@pytest.mark.parametrize(
    "host", ["localhost:7337", "nas", "192.168.1.20:80", "vqs.lan", "searcharr.example.com"]
)
async def test_names_of_our_own_are_answered(host: str, browser: Browser) -> None:
    assert (await browser.http.get("/health", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize("forwarded", ["rebound.example", "<script>", "nas, rebound.example"])
async def test_the_name_that_a_proxy_passes_on_is_checked_as_well(
    forwarded: str, browser: Browser
) -> None:
    async with Browser(browser.app, peer=PROXY) as behind:
        headers = {"X-Forwarded-Host": forwarded}
        answer = await behind.http.get("/health", headers=headers)
    assert answer.status_code == 421
    assert "<script>" not in answer.text


async def test_a_stranger_cannot_pass_on_a_name_of_ours(browser: Browser) -> None:
    headers = {"Host": "rebound.example", "X-Forwarded-Host": "nas"}
    assert (await browser.http.get("/health", headers=headers)).status_code == 421
