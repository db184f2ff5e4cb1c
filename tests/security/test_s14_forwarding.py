"""S14: forwarding headers count only from trusted proxies, and then only the nearest hop."""

from pathlib import Path

import pytest

from models.environment import Environment
from models.people import User
from models.people.sessions import Session
from models.people.throttles import Throttle
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser

PROXY, STRANGER, VISITOR = "10.0.0.2", "203.0.113.66", "198.51.100.7"
SAID = {
    "X-Forwarded-For": VISITOR,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "vqs.lan",
    "X-Real-IP": "1.2.3.4",
    "Forwarded": "for=1.2.3.4;proto=https",
}


@pytest.fixture
def options(tmp_path: Path) -> Environment:
    return Environment(data_dir=tmp_path, trusted_proxies="10.0.0.0/8")


async def test_a_stranger_s_headers_change_nothing(browser: Browser, alice: User) -> None:
    async with Browser(browser.app, peer=STRANGER) as stranger:
        stranger.http.headers.update(SAID)
        answer = await stranger.sign_in("Alice", PASSWORD)
    assert answer.status_code == 200
    assert Session.get().address == STRANGER
    assert "strict-transport-security" not in answer.headers


async def test_a_trusted_proxy_says_who_asks_and_how(browser: Browser, alice: User) -> None:
    async with Browser(browser.app, peer=PROXY) as behind:
        behind.http.headers.update(SAID)
        first = await behind.http.get("/session/new")
        assert first.headers["set-cookie"].startswith("__Host-vqs=")
        assert "; Secure" in first.headers["set-cookie"]
        assert "strict-transport-security" in first.headers


@pytest.mark.parametrize("forged", ["1.2.3.4", "127.0.0.1", "10.0.0.9, 1.2.3.4", "a, b"])
async def test_what_a_visitor_writes_before_the_proxy_s_own_word_is_not_believed(
    forged: str, browser: Browser, alice: User
) -> None:
    async with Browser(browser.app, peer=PROXY) as behind:
        behind.http.headers["X-Forwarded-For"] = f"{forged}, {VISITOR}"
        await behind.sign_in("Alice", PASSWORD)
    assert Session.get().address == VISITOR


async def test_a_forged_header_neither_evades_nor_resets_the_throttle(
    browser: Browser, alice: User
) -> None:
    async with Browser(browser.app, peer=STRANGER) as stranger:
        for number in range(8):
            stranger.http.headers["X-Forwarded-For"] = f"198.51.100.{number}"
            await stranger.sign_in(f"Nobody {number}", "wrong password, again")
        stranger.http.headers["X-Forwarded-For"] = "127.0.0.1"
        assert (await stranger.sign_in("Alice", PASSWORD)).status_code == 422
    assert Throttle.select().where(Throttle.blocked_until.is_null(False)).exists()


async def test_being_near_opens_no_door(browser: Browser, alice: User) -> None:
    for peer in ("127.0.0.1", "192.168.1.9", PROXY):
        async with Browser(browser.app, peer=peer) as near:
            answer = await near.http.get("/queues", headers={"X-Forwarded-For": "127.0.0.1"})
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/session/new")


async def test_a_port_that_the_proxy_leaves_out_of_the_host_is_put_back(
    browser: Browser, alice: User
) -> None:
    async with Browser(browser.app, peer=PROXY) as behind:
        behind.http.headers.update({"X-Forwarded-Host": "nas", "X-Forwarded-Port": "8080"})
        token = await behind.token()
        fields = {"name": "Alice", "password": PASSWORD, "next": "/", "token": token}
        for origin, status in (("http://nas:8080", 303), ("http://nas", 403)):
            answer = await behind.http.post("/session", data=fields, headers={"Origin": origin})
            assert answer.status_code == status
