"""S08: a second factor is begun, confirmed and removed in its person's own session alone."""

import pytest

from models.people import User
from models.people.second_factors import SecondFactor
from models.people.sessions import Session
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from tests.security.authenticator import SECRET, code, set_up

METHODS = ("POST", "PATCH", "DELETE")


@pytest.mark.parametrize("method", METHODS)
async def test_nobody_signed_out_can(method: str, browser: Browser, alice: User) -> None:
    answer = await browser.post("/two-factor", method=method, follow=False, own_password=PASSWORD)
    assert answer.headers["location"] == "/session/new"
    assert not SecondFactor.select().exists()


@pytest.mark.parametrize("method", METHODS)
async def test_nobody_can_for_another(
    method: str, browser: Browser, alice: User, bob: User
) -> None:
    await browser.sign_in("Bob", PASSWORD)
    fields = {"own_password": PASSWORD, "user": str(alice.id), "user_id": str(alice.id)}
    answer = await browser.post("/two-factor", method=method, **fields)
    assert answer.status_code in (409, 422)
    assert SecondFactor.of(alice) is None


async def test_beginning_asks_for_the_password(browser: Browser, alice: User) -> None:
    await browser.sign_in("Alice", PASSWORD)
    for wrong in ("", "not my password"):
        answer = await browser.post("/two-factor", own_password=wrong)
        assert answer.status_code == 422
        assert not SECRET.search(answer.text)
    assert SecondFactor.of(alice) is None


async def test_it_does_not_count_before_a_code_confirms_it(browser: Browser, alice: User) -> None:
    await browser.sign_in("Alice", PASSWORD)
    await browser.post("/two-factor", own_password=PASSWORD)
    wrong = await browser.post("/two-factor", method="PATCH", code="000000")
    assert wrong.status_code == 422
    await browser.post("/session", method="DELETE")
    assert "Sign out" in (await browser.sign_in("Alice", PASSWORD)).text


async def test_the_secret_is_shown_once(browser: Browser, alice: User) -> None:
    await browser.sign_in("Alice", PASSWORD)
    page = (await browser.post("/two-factor", own_password=PASSWORD)).text
    found = SECRET.search(page)
    assert found
    assert "<svg" in page
    secret = found[1].replace(" ", "")
    wrong = await browser.post("/two-factor", method="PATCH", code="000000")
    later = [wrong, await browser.get("/two-factor"), await browser.get("/profile")]
    for answer in later:
        assert secret not in answer.text.replace(" ", "")
    again = (await browser.post("/two-factor", own_password=PASSWORD)).text
    assert secret not in again.replace(" ", "")


async def test_once_on_it_is_not_replaced_without_being_removed(
    browser: Browser, alice: User
) -> None:
    secret, _ = await set_up(browser)
    assert (await browser.post("/two-factor", own_password=PASSWORD)).status_code == 409
    factor = SecondFactor.of(alice)
    assert factor is not None
    assert factor.secret.reveal() == secret.replace(" ", "")


async def test_removing_it_asks_for_the_password(browser: Browser, alice: User) -> None:
    await set_up(browser)
    refused = await browser.post("/two-factor", method="DELETE", own_password="not my password")
    assert refused.status_code == 422
    assert SecondFactor.is_on(alice)
    await browser.post("/two-factor", method="DELETE", own_password=PASSWORD)
    assert not SecondFactor.is_on(alice)


async def test_turning_it_on_or_off_ends_the_other_sessions(browser: Browser, alice: User) -> None:
    async with Browser(browser.app) as other:
        await other.sign_in("Alice", PASSWORD)
        await set_up(browser)
        assert (await other.http.get("/queues")).status_code == 303
    assert (await browser.http.get("/queues")).status_code == 200
    assert Session.select().count() == 1


async def test_a_code_that_confirmed_does_not_sign_in(browser: Browser, alice: User) -> None:
    secret, _ = await set_up(browser)
    used = code(secret)
    await browser.post("/session", method="DELETE")
    await browser.sign_in("Alice", PASSWORD)
    assert (await browser.post("/session/second-factor", code=used)).status_code == 422
