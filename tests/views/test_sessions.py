"""Signing in and out."""

import asyncio
from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import quote

import httpx
import pytest

from models.database.fields import now
from models.people import User
from models.people.sessions import Session
from models.people.throttles import FREE_TRIES, Throttle
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from views.sessions import FAILED

WRONG = "something else entirely"


async def test_the_right_password_opens_the_dashboard(browser: Browser, alice: User) -> None:
    page = await browser.sign_in("alice", PASSWORD)
    assert page.status_code == 200
    assert "Alice" in page.text


async def test_htmx_is_told_where_the_next_page_is(browser: Browser, alice: User) -> None:
    answer = await browser.post("/session", htmx=True, name="Alice", password=PASSWORD)
    assert (answer.status_code, answer.headers["hx-location"]) == (200, "/")
    refused = await browser.post("/session", htmx=True, name="Alice", password=WRONG)
    assert refused.status_code == 422
    assert refused.text.startswith("<title>")


async def test_a_name_is_compared_without_case(browser: Browser, alice: User) -> None:
    answer = await browser.post("/session", follow=False, name=" ALICE ", password=PASSWORD)
    assert answer.status_code == 303


async def test_every_failure_has_the_same_words_and_status(browser: Browser, bob: User) -> None:
    bob.change(disabled_at=now())
    tries = [("alice", WRONG), ("mallory", WRONG), ("bob", PASSWORD), ("", ""), ("\0", "\0")]
    for name, password in tries:
        answer = await browser.sign_in(name, password)
        assert answer.status_code == 422
        assert FAILED in answer.text
        assert answer.text.count(WRONG) == 0
    assert not Session.select().exists()


async def test_the_typed_name_is_kept_and_the_password_is_not(
    browser: Browser, alice: User
) -> None:
    answer = await browser.sign_in("al<b>ice", WRONG)
    assert 'value="al&lt;b&gt;ice"' in answer.text
    assert WRONG not in answer.text


async def test_after_five_failures_the_right_password_fails_too(
    browser: Browser, bob: User
) -> None:
    for _ in range(5):
        await browser.sign_in("alice", WRONG)
    answer = await browser.sign_in("alice", PASSWORD)
    assert answer.status_code == 422
    assert FAILED in answer.text


async def test_the_account_is_throttled_whatever_the_address(browser: Browser, bob: User) -> None:
    for number in range(5):
        async with Browser(browser.app, peer=f"192.168.1.{number}") as guesser:
            await guesser.sign_in("alice", WRONG)
    async with Browser(browser.app, peer="192.168.1.99") as other:
        assert (await other.sign_in("alice", PASSWORD)).status_code == 422
        assert (await other.sign_in("bob", PASSWORD)).status_code == 200


async def test_the_address_is_throttled_whatever_the_account(browser: Browser, bob: User) -> None:
    async with Browser(browser.app, peer="192.168.1.66") as guesser:
        for number in range(5):
            guesser.http.headers["X-Forwarded-For"] = f"10.0.0.{number}"
            await guesser.sign_in(f"name{number}", WRONG)
        assert (await guesser.sign_in("alice", PASSWORD)).status_code == 422
    assert (await browser.sign_in("alice", PASSWORD)).status_code == 200


async def test_many_guesses_at_once_get_no_more_tries_than_one_after_the_other(
    browser: Browser, alice: User
) -> None:
    token = await browser.token()
    typed = {"name": "alice", "token": token}
    answers = await asyncio.gather(
        *(browser.post("/session", follow=False, password=WRONG, **typed) for _ in range(9))
    )
    answers.append(await browser.post("/session", follow=False, password=PASSWORD, **typed))
    assert {answer.status_code for answer in answers} == {422}


async def test_a_throttle_ends_and_success_forgets_it(browser: Browser, alice: User) -> None:
    for _ in range(5):
        await browser.sign_in("alice", WRONG)
    Throttle.update(blocked_until=now() - timedelta(seconds=1)).execute()
    assert (await browser.sign_in("alice", PASSWORD)).status_code == 200
    assert [row.failures for row in Throttle.select()] == [FREE_TRIES - 2]


async def test_names_are_not_kept_by_the_throttle(browser: Browser, alice: User) -> None:
    await browser.sign_in("my password in the wrong field", WRONG)
    assert all(len(row.key) == 64 for row in Throttle.select())


@pytest.mark.parametrize("path", ["/queues", "/searches?outcome=grabbed&page=2"])
async def test_whoever_was_sent_to_sign_in_comes_back(
    path: str, browser: Browser, alice: User
) -> None:
    page = await browser.get(path)
    assert page.url.path == "/session/new"
    typed = {"name": "alice", "password": PASSWORD, "next": page.url.params["next"]}
    answer = await browser.post("/session", follow=False, **typed)
    assert answer.headers["location"] == path


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: a=b",
        "/ü€",
        "\t//evil.example",
        "/\t/evil.example",
        "queues",
        "",
    ],
)
async def test_only_a_path_of_ours_is_gone_to(address: str, browser: Browser, alice: User) -> None:
    form = await browser.get(f"/session/new?next={quote(address)}")
    assert 'name="next" value="/"' in form.text
    typed = {"name": "alice", "password": PASSWORD, "next": address}
    answer = await browser.post("/session", follow=False, **typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_signing_in_gives_a_new_id_and_a_careful_cookie(
    browser: Browser, alice: User
) -> None:
    await browser.get("/session/new")
    before = browser.http.cookies["vqs"]
    answer = await browser.post("/session", follow=False, name="alice", password=PASSWORD)
    cookie = SimpleCookie(answer.headers.get_list("set-cookie")[0])["vqs"]
    assert cookie.value != before
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/", "Lax", True)
    assert (cookie["max-age"], cookie["secure"], cookie["domain"]) == ("2592000", "", "")


async def test_over_https_the_cookie_is_secure_and_of_this_host(
    browser: Browser, alice: User
) -> None:
    transport = httpx.ASGITransport(browser.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://vqs.lan") as client:
        cookie = (await client.get("/session/new")).headers["set-cookie"]
    assert cookie.startswith("__Host-vqs=")
    assert cookie.endswith("; Secure")


async def test_a_changed_cookie_is_no_session(alices: Browser) -> None:
    alices.http.cookies["vqs"] = alices.http.cookies["vqs"][:-2] + "xx"
    assert (await alices.http.get("/queues")).status_code == 303


async def test_signing_out_ends_the_session_on_the_server(alices: Browser) -> None:
    kept = alices.http.cookies["vqs"]
    answer = await alices.post("/session", method="DELETE", follow=False)
    assert answer.headers["location"] == "/session/new"
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not Session.select().exists()
    alices.http.cookies.set("vqs", kept)
    assert (await alices.http.get("/queues")).status_code == 303


async def test_signing_out_when_nobody_is_signed_in_is_no_fault(
    browser: Browser, alice: User
) -> None:
    answer = await browser.post("/session", method="DELETE", follow=False)
    assert answer.status_code == 303


async def test_signing_in_again_ends_the_session_before(alices: Browser) -> None:
    await alices.post("/session", name="alice", password=PASSWORD)
    assert Session.select().count() == 1
    assert (await alices.http.get("/session/new")).headers["location"] == "/"


async def test_the_sign_in_page_needs_somebody_to_exist(browser: Browser) -> None:
    assert (await browser.get("/session/new")).url.path == "/setup"
