"""S15: a header signs people in only from trusted proxies, and only where it was configured."""

from pathlib import Path

import pytest

from app import create_app
from jobs.engine import Engine
from models.database import Database
from models.encryption import Keyring
from models.sessions import Session
from models.settings import Settings, UnusableSettings, load
from models.setup import SetupToken
from models.users import User
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser

PROXY, STRANGER = "10.0.0.2", "203.0.113.66"


@pytest.fixture
def options(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, trusted_proxies="10.0.0.0/8", sso_header="Remote-User")


async def _page(browser: Browser, peer: str, name: str, path: str = "/queues") -> tuple[int, str]:
    async with Browser(browser.app, peer=peer) as one:
        headers = [(b"remote-user", name.encode("latin-1"))]
        answer = await one.http.get(path, headers=headers)
    return answer.status_code, answer.text


def test_without_trusted_proxies_the_program_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VQS_SSO_HEADER", "Remote-User")
    with pytest.raises(UnusableSettings, match="without VQS_TRUSTED_PROXIES"):
        load()


async def test_the_proxy_s_word_signs_in(browser: Browser, alice: User) -> None:
    status, page = await _page(browser, PROXY, "alice")
    assert status == 200
    assert "Sign out" in page
    assert Session.get().user == alice


@pytest.mark.parametrize("peer", [STRANGER, "127.0.0.1", "192.168.1.5"])
async def test_nobody_else_s_word_does(peer: str, browser: Browser, alice: User) -> None:
    assert (await _page(browser, peer, "alice"))[0] == 303
    assert not Session.select().exists()


@pytest.mark.parametrize("header", ["X-Remote-User", "X-Forwarded-User", "Remote_User"])
async def test_another_header_does_not(header: str, browser: Browser, alice: User) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        assert (await one.http.get("/queues", headers={header: "alice"})).status_code == 303


async def test_whoever_is_new_gets_the_least_role(browser: Browser, alice: User) -> None:
    assert (await _page(browser, PROXY, "Zoë".encode().decode("latin-1")))[0] == 200
    made = User.named("Zoë")
    assert made is not None
    assert (made.role, made.password_hash) == ("viewer", None)


async def test_nobody_signs_in_by_password_as_whom_only_the_proxy_knows(
    browser: Browser, alice: User
) -> None:
    await _page(browser, PROXY, "zoe")
    async with Browser(browser.app, peer=PROXY) as one:
        for password in ("", "None", PASSWORD):
            assert (await one.sign_in("zoe", password)).status_code == 422


async def test_the_first_account_is_not_the_proxy_s_to_give(browser: Browser) -> None:
    assert (await _page(browser, PROXY, "mallory", "/"))[0] == 303
    assert not User.select().exists()


@pytest.mark.parametrize("names", [("bob", "alice"), ("alice", "bob"), ("alice", "alice")])
async def test_two_names_are_nobody_and_end_what_one_began(
    names: tuple[str, str], browser: Browser, alice: User, bob: User
) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        await one.http.get("/queues", headers={"Remote-User": "bob"})
        raw = [(b"remote-user", name.encode()) for name in names]
        assert (await one.http.get("/queues", headers=raw)).status_code == 303
    assert not Session.select().exists()


@pytest.mark.parametrize("path", ["/health", "/static/nothing.css"])
async def test_what_needs_nobody_admits_nobody(path: str, browser: Browser, alice: User) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        await one.http.get(path, headers={"Remote-User": "zoe"})
    assert not Session.select().exists()
    assert User.select().count() == 1


async def test_a_disabled_person_stays_out(browser: Browser, alice: User, bob: User) -> None:
    bob.change(disabled_at=bob.created_at)
    assert (await _page(browser, PROXY, "bob"))[0] == 303
    assert not Session.select().exists()


@pytest.mark.parametrize("name", ["", "   ", "alice, bob", "x" * 61, "a\tb", "\xff\xfe"])
async def test_what_is_no_name_is_nobody(name: str, browser: Browser, alice: User) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        raw = [(b"remote-user", name.encode("latin-1"))]
        assert (await one.http.get("/queues", headers=raw)).status_code == 303
    assert User.select().count() == 1


async def test_another_name_in_the_same_browser_ends_the_first_one_s_session(
    browser: Browser, alice: User, bob: User
) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        one.http.headers["Remote-User"] = "alice"
        await one.http.get("/queues")
        one.http.headers["Remote-User"] = "bob"
        await one.http.get("/queues")
    assert [session.user for session in Session.select()] == [bob]


async def test_where_only_known_people_are_let_in_a_new_name_is_nobody(
    db: Database, keyring: Keyring, engine: Engine, options: Settings, alice: User
) -> None:
    strict = options.model_copy(update={"sso_role": "none"})
    app, _ = create_app(strict, keyring, SetupToken("the-token"), engine)
    async with Browser(app, peer=PROXY) as one:
        for name, status in (("zoe", 303), ("alice", 200)):
            answer = await one.http.get("/queues", headers={"Remote-User": name})
            assert answer.status_code == status
    assert User.select().count() == 1
