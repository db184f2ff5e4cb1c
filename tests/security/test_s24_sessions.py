"""S24: sessions are rows behind a careful cookie; what changes who one is ends them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from http.cookies import SimpleCookie

import httpx
import pytest

from models.database.fields import now
from models.people import User
from models.people.administration import change_role, delete, disable, enable
from models.people.sessions import IDLE, LONGEST, Session
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser

NEW = "another walk by the sea"
CHANGE = {"own_password": PASSWORD, "password": NEW, "password_again": NEW}


async def _is_in(browser: Browser) -> bool:
    return (await browser.http.get("/queues")).status_code == 200


@pytest.fixture
async def bobs_phone(browser: Browser, bob: User) -> AsyncIterator[Browser]:
    async with Browser(browser.app, peer="192.168.1.7") as made:
        made.http.headers["User-Agent"] = "Mozilla/5.0 (Android 15; Mobile) Firefox/140.0"
        await made.sign_in("bob", PASSWORD)
        yield made


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_cookie_is_careful(scheme: str, browser: Browser, alice: User) -> None:
    transport = httpx.ASGITransport(browser.app)
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://vqs.lan") as client:
        parsed = SimpleCookie((await client.get("/session/new")).headers["set-cookie"])
    ((name, cookie),) = parsed.items()
    assert name == {"http": "vqs", "https": "__Host-vqs"}[scheme]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/", "Lax", True)
    assert bool(cookie["secure"]) == (scheme == "https")
    assert cookie["domain"] == ""


async def test_an_id_planted_before_signing_in_is_worth_nothing_after(
    browser: Browser, alice: User
) -> None:
    await browser.get("/session/new")
    planted = browser.http.cookies["vqs"]
    await browser.sign_in("alice", PASSWORD)
    async with Browser(browser.app) as other:
        other.http.cookies.set("vqs", planted)
        assert not await _is_in(other)


async def test_idle_and_absolute_ends(bobs: Browser) -> None:
    Session.update(seen_at=now() - IDLE + timedelta(minutes=1)).execute()
    assert await _is_in(bobs)
    Session.update(seen_at=now() - IDLE - timedelta(seconds=1)).execute()
    assert not await _is_in(bobs)
    Session.update(seen_at=now(), created_at=now() - LONGEST).execute()
    assert not await _is_in(bobs)


async def test_signing_out_ends_it_on_the_server(bobs: Browser, bobs_phone: Browser) -> None:
    kept = bobs.http.cookies["vqs"]
    await bobs.post("/session", method="DELETE")
    bobs.http.cookies.set("vqs", kept)
    assert not await _is_in(bobs)
    assert await _is_in(bobs_phone)


async def test_another_role_ends_all_sessions(
    bobs: Browser, bobs_phone: Browser, bob: User
) -> None:
    change_role(bob, "admin")
    assert not await _is_in(bobs)
    assert not await _is_in(bobs_phone)


async def test_one_s_own_role_gives_a_new_id(alices: Browser, alice: User, bob: User) -> None:
    bob.change(role="admin")
    kept = alices.http.cookies["vqs"]
    typed = {"role": "member", "own_password": PASSWORD}
    await alices.post(f"/people/{alice.id}", method="PATCH", **typed)
    assert await _is_in(alices)
    assert alices.http.cookies["vqs"] != kept
    async with Browser(alices.app) as thief:
        thief.http.cookies.set("vqs", kept)
        assert not await _is_in(thief)


async def test_disabling_ends_all_and_enabling_brings_none_back(
    bobs: Browser, bobs_phone: Browser, bob: User
) -> None:
    disable(bob, now())
    assert not await _is_in(bobs)
    enable(bob)
    assert not await _is_in(bobs)
    assert not await _is_in(bobs_phone)
    assert (await bobs.sign_in("bob", PASSWORD)).status_code == 200


async def test_deleting_ends_all(bobs: Browser, bob: User, alice: User) -> None:
    delete(bob, alice)
    assert not await _is_in(bobs)
    assert not Session.select().exists()


async def test_another_password_ends_all_others_and_renews_this_one(
    bobs: Browser, bobs_phone: Browser, alices: Browser
) -> None:
    kept = bobs.http.cookies["vqs"]
    page = await bobs.post("/password", method="PATCH", **CHANGE)
    assert page.url.path == "/profile"
    assert await _is_in(bobs)
    assert await _is_in(alices)
    assert not await _is_in(bobs_phone)
    bobs.http.cookies.clear()
    bobs.http.cookies.set("vqs", kept)
    assert not await _is_in(bobs)


async def test_the_page_lists_them_and_marks_this_one(bobs: Browser, bobs_phone: Browser) -> None:
    page = await bobs.get("/sessions")
    assert "Firefox on Android" in page.text
    assert "192.168.1.7" in page.text
    assert page.text.count("This browser") == 1
    assert page.text.count('action="/sessions/') == 1


async def test_one_of_them_is_ended_there(
    bobs: Browser, bobs_phone: Browser, alices: Browser
) -> None:
    phone = Session.select().where(Session.address == "192.168.1.7").get()
    page = await bobs.post(f"/sessions/{phone.id}", method="DELETE")
    assert page.url.path == "/sessions"
    assert await _is_in(bobs)
    assert await _is_in(alices)
    assert not await _is_in(bobs_phone)


async def test_all_others_are_ended_there(
    bobs: Browser, bobs_phone: Browser, alices: Browser
) -> None:
    await bobs.post("/sessions", method="DELETE")
    assert await _is_in(bobs)
    assert await _is_in(alices)
    assert not await _is_in(bobs_phone)


async def test_ending_this_one_is_signing_out(bobs: Browser) -> None:
    answer = await bobs.post(f"/sessions/{Session.get().id}", method="DELETE", follow=False)
    assert answer.headers["location"] == "/session/new"
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not await _is_in(bobs)


async def test_nobody_sees_or_ends_somebody_else_s(
    bobs: Browser, bobs_phone: Browser, alices: Browser
) -> None:
    assert "192.168.1.7" not in (await alices.get("/sessions")).text
    for session in list(Session.select().join(User).where(User.name == "Bob")):
        answer = await alices.post(f"/sessions/{session.id}", method="DELETE", follow=False)
        assert answer.status_code == 404
    await alices.post("/sessions", method="DELETE")
    assert await _is_in(bobs)
    assert await _is_in(bobs_phone)
