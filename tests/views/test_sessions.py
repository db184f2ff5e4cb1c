"""Signing in and out."""

from models.users import User
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser


async def test_the_right_password_opens_the_dashboard(browser: Browser, alice: User) -> None:
    page = await browser.sign_in("alice", PASSWORD)
    assert page.status_code == 200
    assert "Alice" in page.text


async def test_a_wrong_password_says_so_and_keeps_the_name(browser: Browser, alice: User) -> None:
    page = await browser.sign_in("alice", "something else entirely")
    assert page.status_code == 422
    assert "did not work" in page.text
    assert 'value="alice"' in page.text


async def test_an_unknown_name_gets_the_same_answer(browser: Browser, alice: User) -> None:
    wrong = await browser.sign_in("alice", "something else entirely")
    unknown = await browser.sign_in("mallory", "something else entirely")
    assert wrong.status_code == unknown.status_code
    assert "did not work" in unknown.text


async def test_signing_out_ends_the_session(browser: Browser, alice: User) -> None:
    await browser.sign_in("alice", PASSWORD)
    await browser.post("/session", method="DELETE")
    page = await browser.get("/queues")
    assert page.url.path == "/session/new"
