"""S11: recovery codes are long, hashed, taken once; passwords are reset at the terminal alone."""

import pytest
from starlette.routing import Route

from models.database import Database
from models.people import User
from models.people.audit import Event
from models.people.second_factors import RECOVERY_BYTES, RecoveryCode
from models.people.sessions import Session
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from tests.security.authenticator import CODES, set_up, wait_a_minute
from views.routes import routes


@pytest.fixture
async def codes(browser: Browser, alice: User) -> list[str]:
    """The recovery codes of Alice, who is signed out."""
    _, made = await set_up(browser)
    await browser.post("/session", method="DELETE")
    wait_a_minute(alice)
    return made


def test_there_are_ten_of_80_bits(codes: list[str]) -> None:
    assert len(set(codes)) == 10
    assert RECOVERY_BYTES * 8 >= 80
    assert all(len(code.replace("-", "")) == RECOVERY_BYTES * 8 / 5 for code in codes)


def test_only_their_hashes_are_kept(codes: list[str], db: Database) -> None:
    kept = " ".join(row.code_hash for row in RecoveryCode.select())
    for code in codes:
        assert code not in kept
        assert code.replace("-", "") not in kept


async def test_each_signs_in_once(browser: Browser, alice: User, codes: list[str]) -> None:
    for status in (303, 422):
        await browser.sign_in("Alice", PASSWORD)
        typed = codes[0].upper().replace("-", " ")
        answer = await browser.post("/session/second-factor", follow=False, code=typed)
        assert answer.status_code == status
        await browser.post("/session", method="DELETE")
    assert RecoveryCode.left(alice) == 9
    assert Event.select().where(Event.action == "recovery-code-used").count() == 1


async def test_using_one_ends_the_other_sessions(
    browser: Browser, alice: User, codes: list[str]
) -> None:
    Session.begin(alice, alice.created_at, "127.0.0.1", "a thief")
    await browser.sign_in("Alice", PASSWORD)
    await browser.post("/session/second-factor", code=codes[3])
    assert [session.agent.startswith("python-httpx") for session in Session.select()] == [True]


async def test_nobody_else_s_code_is_taken(browser: Browser, bob: User, codes: list[str]) -> None:
    await set_up(browser, "Bob")
    await browser.post("/session", method="DELETE")
    wait_a_minute(bob)
    await browser.sign_in("Bob", PASSWORD)
    assert (await browser.post("/session/second-factor", code=codes[0])).status_code == 422


async def test_new_ones_take_the_place_of_the_old(browser: Browser, alice: User) -> None:
    _, old = await set_up(browser)
    wait_a_minute(alice)
    page = await browser.post("/two-factor/recovery-codes", own_password=PASSWORD)
    new = CODES.findall(page.text)
    assert len(new) == 10
    assert set(new).isdisjoint(old)
    assert not RecoveryCode.take(alice, old[0])
    assert RecoveryCode.take(alice, new[0])


async def test_new_ones_need_the_password(browser: Browser, alice: User) -> None:
    _, old = await set_up(browser)
    page = await browser.post("/two-factor/recovery-codes", own_password="not my password")
    assert page.status_code == 422
    assert RecoveryCode.take(alice, old[0])


def test_no_address_resets_a_password() -> None:
    paths = [route.path for route in routes() if isinstance(route, Route)]
    assert not [path for path in paths if "reset" in path or "forgot" in path]
