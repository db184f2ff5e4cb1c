"""S09: wrong codes are counted, a code is taken once, and none is logged."""

import logging

import pytest

from models.database.fields import now
from models.people import User
from models.people.audit import Event
from models.people.half_sign_ins import HalfSignIn
from models.people.second_factors import SecondFactor
from models.people.sessions import Session
from tests.conftest import PASSWORD
from tests.fakes.browser import HTMX, Browser
from tests.security.authenticator import code, set_up, wait_a_minute


@pytest.fixture
async def secret(browser: Browser, alice: User) -> str:
    """The secret of Alice, who is signed out."""
    made, _ = await set_up(browser)
    await browser.post("/session", method="DELETE")
    wait_a_minute(alice)
    return made


async def test_the_password_alone_opens_nothing(browser: Browser, secret: str) -> None:
    page = await browser.sign_in("Alice", PASSWORD)
    assert "One more step" in page.text
    assert not Session.select().exists()
    for path in ("/", "/queues", "/profile", "/two-factor"):
        assert (await browser.http.get(path)).status_code == 303
    fragment = await browser.http.get("/queues", headers=HTMX)
    assert fragment.status_code == 401


async def test_password_and_code_sign_in(browser: Browser, secret: str) -> None:
    await browser.post("/session", name="alice", password=PASSWORD, next="/queues")
    page = await browser.post("/session/second-factor", follow=False, code=code(secret))
    assert page.headers["location"] == "/queues"
    assert Session.select().count() == 1
    assert not HalfSignIn.select().exists()


@pytest.mark.parametrize("steps", [-1, 0, 1])
async def test_a_clock_half_a_minute_off_is_forgiven(
    steps: int, browser: Browser, secret: str
) -> None:
    await browser.sign_in("Alice", PASSWORD)
    typed = code(secret, steps=steps)
    typed = f"{typed[:3]} {typed[3:]}"
    answer = await browser.post("/session/second-factor", follow=False, code=typed)
    assert answer.status_code == 303


@pytest.mark.parametrize("steps", [-3, 3, 100])
async def test_codes_of_other_times_are_not(steps: int, browser: Browser, secret: str) -> None:
    await browser.sign_in("Alice", PASSWORD)
    typed = code(secret, steps=steps)
    assert (await browser.post("/session/second-factor", code=typed)).status_code == 422


async def test_a_code_is_taken_once(browser: Browser, secret: str) -> None:
    used = code(secret)
    async with Browser(browser.app) as thief:
        await thief.sign_in("Alice", PASSWORD)
        await browser.sign_in("Alice", PASSWORD)
        first = await browser.post("/session/second-factor", follow=False, code=used)
        second = await thief.post("/session/second-factor", code=used)
    assert (first.status_code, second.status_code) == (303, 422)


def test_an_older_code_is_worth_nothing_after_a_newer_one(alice: User) -> None:
    factor, at = SecondFactor.begin(alice, now()), now()
    secret = factor.secret.reveal()
    assert factor.takes(code(secret, steps=1), at)
    assert not factor.takes(code(secret), at)


async def test_wrong_codes_lock_and_the_right_password_does_not_unlock(
    browser: Browser, alice: User, secret: str
) -> None:
    for _ in range(5):
        await browser.sign_in("Alice", PASSWORD)
        await browser.post("/session/second-factor", code="000000")
    await browser.sign_in("Alice", PASSWORD)
    right = await browser.post("/session/second-factor", code=code(secret))
    assert right.status_code == 422
    assert not Session.select().exists()
    assert Event.select().where(Event.action == "locked").exists()


async def test_a_code_without_the_password_is_worth_nothing(browser: Browser, secret: str) -> None:
    answer = await browser.post("/session/second-factor", follow=False, code=code(secret))
    assert answer.headers["location"] == "/session/new"
    assert not Session.select().exists()


async def test_the_step_ends_after_five_minutes(browser: Browser, secret: str) -> None:
    await browser.sign_in("Alice", PASSWORD)
    HalfSignIn.update(began_at=0).execute()
    answer = await browser.post("/session/second-factor", follow=False, code=code(secret))
    assert answer.headers["location"] == "/session/new"


async def test_another_browser_cannot_take_the_step_over(browser: Browser, secret: str) -> None:
    await browser.sign_in("Alice", PASSWORD)
    async with Browser(browser.app) as other:
        answer = await other.post("/session/second-factor", follow=False, code=code(secret))
    assert answer.headers["location"] == "/session/new"


async def test_whoever_was_disabled_meanwhile_does_not_come_in(
    browser: Browser, alice: User, secret: str
) -> None:
    await browser.sign_in("Alice", PASSWORD)
    alice.change(disabled_at=now())
    await browser.post("/session/second-factor", code=code(secret))
    assert not Session.select().exists()


async def test_no_code_is_logged_or_kept_in_the_form(
    browser: Browser, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("peewee").propagate = False
    with caplog.at_level(logging.DEBUG):
        await browser.sign_in("Alice", PASSWORD)
        refused = await browser.post("/session/second-factor", code="135790")
    logging.getLogger("peewee").propagate = True
    assert "135790" not in refused.text
    assert "135790" not in caplog.text
    assert secret.replace(" ", "") not in caplog.text


@pytest.mark.parametrize("change", ["reset", "changed", "removed"])
async def test_what_began_with_another_password_or_factor_is_over(
    change: str, browser: Browser, alice: User, secret: str
) -> None:
    await browser.sign_in("Alice", PASSWORD)
    factor = SecondFactor.of(alice)
    assert factor is not None
    typed = code(secret)
    if change == "removed":
        factor.remove(None)
    else:
        alice.change(password_hash="another", password_changed_at=now())
        if change == "reset":
            factor.remove(None)
    answer = await browser.post("/session/second-factor", follow=False, code=typed)
    assert answer.headers["location"] == "/session/new"
    assert not Session.select().exists()


async def test_the_step_is_not_shared_with_whoever_planted_the_cookie(
    browser: Browser, secret: str
) -> None:
    await browser.get("/session/new")
    planted = dict(browser.http.cookies)
    await browser.sign_in("Alice", PASSWORD)
    async with Browser(browser.app) as thief:
        thief.http.cookies.update(planted)
        answer = await thief.post("/session/second-factor", follow=False, code=code(secret))
    assert answer.headers["location"] == "/session/new"
