"""Unsafe methods are only taken from pages of our own."""

import httpx
import pytest

from models.household import Household
from models.people import User
from tests.conftest import PASSWORD
from tests.fakes.browser import ADDRESS, Browser

FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": ADDRESS},
    {"Sec-Fetch-Site": "nonsense"},
    {"Origin": "http://evil.example"},
    {"Origin": "http://127.0.0.1:8080"},
    {"Origin": "https://127.0.0.1:7337"},
    {"Origin": "null"},
    {"Origin": "http://["},
    {"Origin": ""},
    {},
]


async def _hold(browser: Browser, headers: dict[str, str]) -> httpx.Response:
    return await browser.http.post("/hold", data={"token": await browser.token()}, headers=headers)


@pytest.mark.parametrize("headers", FOREIGN)
async def test_what_comes_from_elsewhere_is_refused(
    headers: dict[str, str], alices: Browser
) -> None:
    answer = await _hold(alices, headers)
    assert answer.status_code == 403
    assert "Another site sent this" in answer.text
    assert Household.current().held_at is None


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": ADDRESS}]
)
async def test_what_comes_from_our_own_pages_is_taken(
    headers: dict[str, str], alices: Browser
) -> None:
    assert (await _hold(alices, headers)).status_code == 303
    assert Household.current().held_at is not None


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://a.b"}])
async def test_signing_in_is_guarded_too(
    headers: dict[str, str], browser: Browser, alice: User
) -> None:
    fields = {"name": "alice", "password": PASSWORD, "token": await browser.token()}
    answer = await browser.http.post("/session", data=fields, headers=headers)
    assert answer.status_code == 403


async def test_without_a_cookie_no_token_fits(browser: Browser, alice: User) -> None:
    """A request that says nothing of where it comes from is let in to be refused by its token."""
    token = await browser.token()
    async with Browser(browser.app) as bare:
        for path in ("/session", "/hold", "/setup"):
            fields = {"name": "alice", "password": PASSWORD, "token": token}
            answer = await bare.http.post(path, data=fields)
            assert answer.status_code in (303, 403)
            assert answer.headers.get("location", "/session/new") == "/session/new"
            assert "set-cookie" not in answer.headers or answer.status_code == 403
    assert Household.current().held_at is None


async def test_reading_is_free(alices: Browser) -> None:
    answer = await alices.http.get("/queues", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
