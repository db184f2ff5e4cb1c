"""S45: guesses behind the same address hold up no browser in which its owner has signed in."""

from datetime import timedelta

import pytest

from models.database.fields import now
from models.people import User
from models.people.administration import change_role, disable, enable
from models.people.audit import Event
from models.people.known_browsers import LASTS, KnownBrowser
from models.people.sessions import Session
from models.people.throttles import FREE_TRIES, Throttle
from tests.conftest import PASSWORD, START
from tests.fakes.browser import Browser
from tests.security.authenticator import code, set_up, wait_a_minute

HOME = "192.168.1.5"
COOKIE = "vqs-browser"


async def _guess(browser: Browser, name: str, times: int = FREE_TRIES) -> None:
    """By somebody at home, or behind the same proxy that nobody trusts."""
    async with Browser(browser.app, peer=HOME) as guesser:
        for _ in range(times):
            assert (await guesser.sign_in(name, "a wrong password")).status_code == 422


async def _comes_in(browser: Browser, password: str = PASSWORD, name: str = "Alice") -> bool:
    answer = await browser.post("/session", follow=False, name=name, password=password, next="/")
    return answer.status_code == 303


@pytest.fixture
async def hers(browser: Browser, alice: User, bob: User) -> Browser:
    """Alice has signed in there, and out again."""
    browser = Browser(browser.app, peer=HOME)
    assert await _comes_in(browser)
    await browser.post("/session", method="DELETE")
    return browser


@pytest.mark.parametrize("name", ["Alice", "somebody"])
async def test_the_owner_comes_in_and_a_new_browser_waits(name: str, hers: Browser) -> None:
    await _guess(hers, name)
    async with Browser(hers.app, peer=HOME) as new:
        assert not await _comes_in(new)
    assert await _comes_in(hers)


async def test_it_needs_the_right_password_and_is_counted_by_itself(hers: Browser) -> None:
    for _ in range(FREE_TRIES):
        assert not await _comes_in(hers, "a wrong password")
    assert not await _comes_in(hers)
    async with Browser(hers.app, peer=HOME) as new:
        assert await _comes_in(new)


async def test_it_is_worth_nothing_for_another_account(hers: Browser) -> None:
    await _guess(hers, "Bob")
    assert not await _comes_in(hers, name="Bob")


@pytest.mark.parametrize("forged", ["", "x", "x.y", "a-browser-id", None])
async def test_one_that_we_did_not_sign_is_none(forged: str | None, hers: Browser) -> None:
    real = hers.http.cookies[COOKIE]
    browser_id, _, signature = real.rpartition(".")
    value = f"{browser_id}.{signature[::-1]}" if forged is None else forged
    hers.http.cookies.delete(COOKIE)
    hers.http.cookies.set(COOKIE, value)
    await _guess(hers, "Alice")
    assert not await _comes_in(hers)


async def test_the_session_s_cookie_does_not_stand_for_it(hers: Browser) -> None:
    """Each is signed for its own purpose."""
    assert await _comes_in(hers)
    hers.http.cookies.set(COOKIE, hers.http.cookies["vqs"])
    await _guess(hers, "Alice")
    assert not await _comes_in(hers)


async def test_it_signs_nobody_in(hers: Browser) -> None:
    assert (await hers.http.get("/queues")).status_code == 303
    hers.http.cookies.set("vqs", hers.http.cookies[COOKIE])
    assert (await hers.http.get("/queues")).status_code == 303


async def test_its_cookie_is_careful_and_its_id_is_not_stored(hers: Browser) -> None:
    answer = await hers.post("/session", follow=False, name="Alice", password=PASSWORD, next="/")
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if c.startswith(COOKIE)]
    assert cookie.endswith("; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax")
    value = cookie.partition("=")[2].partition(".")[0]
    assert len(value) >= 40
    assert [row.browser_hash for row in KnownBrowser.select() if row.browser_hash == value] == []


@pytest.mark.parametrize("way", ["elsewhere", "one", "role", "disabled", "password"])
async def test_it_can_be_revoked(way: str, hers: Browser, alice: User, bob: User) -> None:
    bob.change(role="admin")
    assert await _comes_in(hers)
    async with Browser(hers.app, peer="203.0.113.7") as other:
        assert await _comes_in(other)
        if way == "elsewhere":
            await other.post("/sessions", method="DELETE")
        elif way == "one":
            await other.post(f"/sessions/{Session.get(address=HOME).id}", method="DELETE")
        elif way == "role":
            change_role(alice, "member")
        elif way == "disabled":
            disable(alice, now())
            enable(alice)
        else:
            new = {"password": PASSWORD + "!", "password_again": PASSWORD + "!"}
            await other.post("/password", method="PATCH", own_password=PASSWORD, **new)
    await _guess(hers, "Alice")
    assert not await _comes_in(hers, PASSWORD + "!" if way == "password" else PASSWORD)


async def test_it_ends_when_nobody_signs_in_for_long(hers: Browser) -> None:
    KnownBrowser.update(seen_at=now() - LASTS).execute()
    await _guess(hers, "Alice")
    assert not await _comes_in(hers)
    assert KnownBrowser.sweep(now() + timedelta(seconds=1)) == 1


async def test_two_people_of_one_browser_are_both_known_there(hers: Browser) -> None:
    assert await _comes_in(hers, name="Bob")
    await hers.post("/session", method="DELETE")
    for name in ("Alice", "Bob"):
        await _guess(hers, name)
    assert await _comes_in(hers)
    await hers.post("/session", method="DELETE")
    assert await _comes_in(hers, name="Bob")


async def test_wrong_codes_of_others_do_not_hold_it_up_either(
    browser: Browser, alice: User
) -> None:
    async with Browser(browser.app, peer=HOME) as hers:
        secret, _ = await set_up(hers)
        wait_a_minute(alice)
        await hers.post("/session", method="DELETE")
        async with Browser(browser.app, peer=HOME) as thief:
            for _ in range(FREE_TRIES):
                await thief.post("/session", name="Alice", password=PASSWORD)
                await thief.post("/session/second-factor", code="000000")
        assert await _comes_in(hers)
        answer = await hers.post("/session/second-factor", follow=False, code=code(secret))
    assert answer.status_code == 303


async def test_refused_sign_ins_are_one_row_an_address_and_hour(
    browser: Browser, alice: User
) -> None:
    for number in range(FREE_TRIES):
        await browser.sign_in(f"somebody {number}", "x")
    rows = list(Event.select().where(Event.action == "refused"))
    assert sum(row.times for row in rows) == FREE_TRIES
    assert len(rows) <= 2, "the hour of the clock may have changed meanwhile"


def test_they_are_counted_by_hour_address_and_person(alice: User, bob: User) -> None:
    for minutes, user, address in (
        (0, alice, HOME),
        (59, alice, HOME),
        (60, alice, HOME),
        (5, alice, "192.168.1.6"),
        (5, bob, HOME),
        (5, None, HOME),
        (6, None, HOME),
        (7, None, "2001:db8:1:2::1"),
        (8, None, "2001:db8:1:2::2"),
    ):
        at = START.replace(minute=0) + timedelta(minutes=minutes)
        Event.note("refused", at, user=user, address=address)
    assert [row.times for row in Event.select().order_by(Event.id)] == [2, 1, 1, 1, 2, 2]


async def test_the_page_says_how_often(browser: Browser, alice: User) -> None:
    for _ in range(3):
        Event.note("refused", START, user=alice, address=HOME)
    await browser.sign_in("Alice", PASSWORD)
    assert ", 3 times within the hour" in (await browser.get("/audit")).text


def test_the_count_of_a_known_browser_is_bounded_as_the_others_are(alice: User) -> None:
    Throttle.count(["browser x name:alice"], START)
    assert Throttle.sweep(START + timedelta(days=2)) == 1
