"""The first run: an administrator, made once, by whoever runs the machine."""

import asyncio
from typing import Any

import httpx
import pytest

from models.household import Household
from models.people import User
from models.people.audit import Event
from tests.conftest import PASSWORD, SETUP_TOKEN
from tests.fakes.browser import Browser


def _typed(**changes: Any) -> dict[str, Any]:
    typed = {
        "name": "Alice",
        "password": PASSWORD,
        "password_again": PASSWORD,
        "time_zone": "Europe/Berlin",
        "setup_token": SETUP_TOKEN,
    }
    return typed | changes


async def test_the_first_account_is_the_administrators_and_is_signed_in(browser: Browser) -> None:
    answer = await browser.post("/setup", follow=False, **_typed())
    assert (answer.status_code, answer.headers["location"]) == (303, "/instances/new")
    alice = User.get()
    assert (alice.name, alice.role, alice.time_zone) == ("Alice", "admin", "Europe/Berlin")
    assert Household.current().time_zone == "Europe/Berlin"
    assert alice.password_hash.startswith("$argon2id$")
    page = await browser.get("/")
    assert "Nothing is connected yet." in page.text
    assert "Alice" in page.text


async def test_htmx_is_told_where_the_next_page_is(browser: Browser) -> None:
    answer = await browser.post("/setup", htmx=True, **_typed())
    assert (answer.status_code, answer.headers["hx-location"]) == (200, "/instances/new")


async def test_it_is_closed_once_somebody_exists(browser: Browser, alice: User) -> None:
    assert (await browser.http.get("/setup")).headers["location"] == "/"
    answer = await browser.post("/setup", **_typed(name="Mallory"))
    assert answer.status_code == 403
    assert User.select().count() == 1


async def test_two_people_at_the_same_time_make_one_account(browser: Browser) -> None:
    async with Browser(browser.app) as other:
        await asyncio.gather(browser.get("/setup"), other.get("/setup"))
        answers = await asyncio.gather(
            browser.post("/setup", follow=False, **_typed()),
            other.post("/setup", follow=False, **_typed(name="Mallory")),
        )
    assert sorted(answer.status_code for answer in answers) == [303, 403]
    assert User.select().count() == 1


@pytest.mark.parametrize("field", ["role", "is_admin", "setup_mode", "id", "key"])
async def test_a_field_that_the_form_has_not_is_refused(field: str, browser: Browser) -> None:
    answer = await browser.post("/setup", **_typed(**{field: "admin"}))
    assert answer.status_code == 422
    assert f"no field “{field}”" in answer.text
    assert not User.select().exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Please fill this in."),
        ({"name": "   "}, "Please fill this in."),
        ({"name": "a" * 61}, "Use at most 60 characters."),
        ({"name": "a\u200bb"}, "Leave out line breaks"),
        ({"password": "short", "password_again": "short"}, "Use at least 12 characters."),
        ({"password": "a" * 129}, "Use at most 128 characters."),
        ({"password_again": PASSWORD + "!"}, "The two passwords are not the same."),
        ({"time_zone": "Mars/Olympus"}, "Choose a time zone from the list."),
        ({"time_zone": "../etc/passwd"}, "Choose a time zone from the list."),
        ({"name": ["Alice", "Bob"]}, "This was sent twice."),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
async def test_a_fault_is_said_beside_its_field_and_nobody_is_made(
    changes: dict[str, Any], sentence: str, htmx: bool, browser: Browser
) -> None:
    answer = await browser.post("/setup", htmx=htmx, **_typed(**changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert answer.text.startswith("<title>" if htmx else "<!doctype html>")
    assert PASSWORD not in answer.text
    assert 'value="Europe/Berlin" selected' in answer.text or "time_zone" in changes
    assert 'value="Alice"' in answer.text or "name" in changes
    assert not User.select().exists()


async def test_a_name_with_markup_is_shown_as_text(browser: Browser) -> None:
    page = await browser.post("/setup", **_typed(name="<img src=x onerror=alert(1)>"))
    assert page.status_code == 200
    assert "<img" not in page.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page.text


async def test_without_the_token_the_page_says_where_it_is_and_asks_for_it(
    browser: Browser,
) -> None:
    page = await browser.get("/setup")
    assert 'name="setup_token"' in page.text
    assert "printed an address with the token" in page.text
    assert 'name="password"' not in page.text


async def test_the_token_alone_leads_to_the_account(browser: Browser) -> None:
    wrong = await browser.post("/setup", setup_token="the-tokem")
    assert wrong.status_code == 422
    assert "This is not the setup token" in wrong.text
    page = await browser.post("/setup", setup_token=f" {SETUP_TOKEN} ")
    assert 'name="password_again"' in page.text
    assert 'name="setup_token"' not in page.text
    assert not Event.select().exists()
    answer = await browser.post("/setup", follow=False, **_typed(setup_token=""))
    assert answer.status_code == 303
    assert User.get().role == "admin"


async def test_the_printed_address_opens_the_form_at_once(browser: Browser) -> None:
    page = await browser.get(f"/setup?token={SETUP_TOKEN}")
    assert page.url.query == b""
    assert 'name="password_again"' in page.text
    assert 'name="setup_token"' not in page.text


async def test_a_wrong_token_beside_the_account_keeps_what_was_typed(browser: Browser) -> None:
    answer = await browser.post("/setup", **_typed(setup_token="wrong"))
    assert answer.status_code == 422
    assert 'value="Alice"' in answer.text
    assert 'name="setup_token"' in answer.text


async def test_guessing_the_token_is_slowed_down(browser: Browser) -> None:
    for _ in range(5):
        await browser.post("/setup", **_typed(setup_token="wrong"))
    answer = await browser.post("/setup", **_typed(setup_token="the-token"))
    assert answer.status_code == 422
    assert "too many wrong tokens" in answer.text
    assert "the-token" not in answer.text
    assert not User.select().exists()


async def test_the_page_keeps_no_session_of_a_stranger(browser: Browser) -> None:
    """The id that was there before the account is worth nothing after."""
    await browser.get("/setup")
    planted = browser.http.cookies["vqs"]
    await browser.post("/setup", **_typed())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(browser.app), base_url="http://127.0.0.1:7337"
    ) as thief:
        thief.cookies.set("vqs", planted)
        assert (await thief.get("/queues")).status_code == 303
