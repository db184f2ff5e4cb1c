"""S15: a header signs people in only from trusted proxies, and only where it was configured."""

from pathlib import Path

import pytest

from app import create_app
from jobs.engine import Engine
from models.database import Database
from models.database.encryption import Keyring
from models.environment import Environment, UnusableEnvironment
from models.household import Household
from models.opening.outside import load_environment
from models.people import User
from models.people.names import key_of
from models.people.sessions import Session
from models.people.setup import SetupToken
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser

PROXY, STRANGER = "10.0.0.2", "203.0.113.66"


@pytest.fixture
def options(tmp_path: Path) -> Environment:
    return Environment(data_dir=tmp_path, trusted_proxies="10.0.0.0/8", sso_header="Remote-User")


async def _page(browser: Browser, peer: str, name: str, path: str = "/queues") -> tuple[int, str]:
    async with Browser(browser.app, peer=peer) as one:
        headers = [(b"remote-user", name.encode("latin-1"))]
        answer = await one.http.get(path, headers=headers)
    return answer.status_code, answer.text


def test_without_trusted_proxies_the_program_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VQS_SSO_HEADER", "Remote-User")
    with pytest.raises(UnusableEnvironment, match="without VQS_TRUSTED_PROXIES"):
        load_environment()


@pytest.mark.parametrize(
    ("networks", "starts"),
    [
        ("0.0.0.0/0", False),
        ("10.0.0.5, 0.0.0.0/1", False),
        ("10.0.0.0/7", False),
        ("::/0", False),
        ("fd00::/8", False),
        ("2001:d00::/31", False),
        ("10.0.0.0/8", True),
        ("2001:db8::/32", True),
        ("10.0.0.5", True),
    ],
)
def test_a_network_in_which_anybody_can_be_is_refused(
    networks: str, starts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VQS_TRUSTED_PROXIES", networks)
    load_environment()
    monkeypatch.setenv("VQS_SSO_HEADER", "Remote-User")
    if starts:
        assert load_environment().sso_header == "Remote-User"
    else:
        with pytest.raises(UnusableEnvironment, match="wider than /8"):
            load_environment()


@pytest.mark.parametrize(
    "header",
    [
        *("Host", "Cookie", "User-Agent", "Authorization", "Accept", "Accept-Language", "Origin"),
        *("Referer", "Sec-Fetch-Site", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"),
        *("X-Forwarded-User", "Forwarded", "X-Real-IP", "Via", "Content-Type", "Content-Length"),
        *("Connection", "Upgrade-Insecure-Requests", "If-None-Match", "Cache-Control", "DNT"),
        *("HX-Request", "hx-current-url", "cookie", "HOST", "x-FORWARDED-for", "Proxy-Connection"),
    ],
)
def test_a_header_that_browsers_or_proxies_set_anyway_is_refused(
    header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VQS_TRUSTED_PROXIES", "10.0.0.2")
    monkeypatch.setenv("VQS_SSO_HEADER", header)
    with pytest.raises(UnusableEnvironment, match="VQS_SSO_HEADER cannot be used"):
        load_environment()


@pytest.mark.parametrize("header", ["Remote-User", "X-authentik-username", "X-Auth-Request-User"])
def test_a_header_of_a_program_that_signs_in_is_taken(
    header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VQS_TRUSTED_PROXIES", "10.0.0.2")
    monkeypatch.setenv("VQS_SSO_HEADER", header)
    assert load_environment().sso_header == header


LIKE_ANOTHER = [
    ("Sam", "sam"),
    ("sam", "\u017fam"),
    ("strasse", "stra\u00dfe"),
    ("Karl", "\u212aarl"),
    ("I", "\u0131"),
    ("Zo\u00eb", "Zoe\u0308"),
]


@pytest.mark.parametrize(("name", "other"), [*LIKE_ANOTHER, *(pair[::-1] for pair in LIKE_ANOTHER)])
async def test_no_name_signs_in_as_one_that_only_looks_like_it(
    name: str, other: str, browser: Browser, alice: User
) -> None:
    alice.change(name=name, key=key_of(name))
    await _page(browser, PROXY, other.encode().decode("latin-1"))
    assert not Session.select().where(Session.user == alice).exists()
    await _page(browser, PROXY, name.encode().decode("latin-1"))
    assert Session.select().where(Session.user == alice).exists()


async def test_a_name_in_other_capitals_is_told_so(browser: Browser, alice: User) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        one.http.headers["Remote-User"] = "aLICE"
        page = await one.get("/queues")
    assert page.url.path == "/session/new"
    assert "The proxy says that you are “aLICE”" in page.text
    assert User.select().count() == 1


@pytest.mark.parametrize("then", [{}, {"Remote-User": "Bob"}, {"Remote-User": ""}])
async def test_the_session_counts_only_while_the_proxy_names_that_person(
    then: dict[str, str], browser: Browser, alice: User, bob: User
) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        assert (await one.http.get("/people", headers={"Remote-User": "Alice"})).status_code == 200
        assert (await one.http.get("/people", headers=then)).status_code in (303, 403)
        token = await one.token()
        answer = await one.http.post("/hold", data={"token": token}, headers=then)
        assert answer.status_code in (303, 403)
    assert Household.current().held_at is None


@pytest.mark.parametrize("peer", [STRANGER, "127.0.0.1"])
async def test_its_cookie_is_worth_nothing_past_the_proxy(
    peer: str, browser: Browser, alice: User
) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        await one.http.get("/queues", headers={"Remote-User": "Alice"})
        stolen = one.http.cookies["vqs"]
    async with Browser(browser.app, peer=peer) as thief:
        thief.http.cookies.set("vqs", stolen)
        for headers in ({}, {"Remote-User": "Alice"}):
            assert (await thief.http.get("/queues", headers=headers)).status_code == 303


async def test_a_password_s_session_does_not_hang_on_the_proxy(
    browser: Browser, alice: User
) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        await one.sign_in("Alice", PASSWORD)
        assert (await one.http.get("/queues")).status_code == 200
        answer = await one.http.get("/queues", headers={"Remote-User": "Alice"})
        assert answer.status_code == 200
    assert Session.select().count() == 1


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {"Host": "evil.example"}, 421),
        ("POST", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("POST", {"Origin": "http://evil.example"}, 403),
    ],
)
async def test_nothing_begins_or_ends_before_host_and_origin_are_checked(
    method: str, headers: dict[str, str], status: int, browser: Browser, alice: User, bob: User
) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        await one.http.get("/queues", headers={"Remote-User": "Alice"})
        for name in ("Zoe", "Bob", "Alice"):
            named = {"Remote-User": name, **headers}
            answer = await one.http.request(method, "/queues", headers=named)
            assert answer.status_code == status
    assert [session.user for session in Session.select()] == [alice]
    assert User.named("Zoe") is None


async def test_the_proxy_s_word_signs_in(browser: Browser, alice: User) -> None:
    status, page = await _page(browser, PROXY, "Alice")
    assert status == 200
    assert "Sign out" in page
    assert Session.get().user == alice


@pytest.mark.parametrize("peer", [STRANGER, "127.0.0.1", "192.168.1.5"])
async def test_nobody_else_s_word_does(peer: str, browser: Browser, alice: User) -> None:
    assert (await _page(browser, peer, "Alice"))[0] == 303
    assert not Session.select().exists()


@pytest.mark.parametrize("header", ["X-Remote-User", "X-Forwarded-User", "Remote_User"])
async def test_another_header_does_not(header: str, browser: Browser, alice: User) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        assert (await one.http.get("/queues", headers={header: "Alice"})).status_code == 303


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


@pytest.mark.parametrize("names", [("Bob", "Alice"), ("Alice", "Bob"), ("Alice", "Alice")])
async def test_two_names_are_nobody_and_end_what_one_began(
    names: tuple[str, str], browser: Browser, alice: User, bob: User
) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        await one.http.get("/queues", headers={"Remote-User": "Bob"})
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
    assert (await _page(browser, PROXY, "Bob"))[0] == 303
    assert not Session.select().exists()


@pytest.mark.parametrize(
    "name", ["", "   ", "Alice, Bob", "{http.header}", "x" * 61, "a\tb", "\xff\xfe"]
)
async def test_what_is_no_name_is_nobody(name: str, browser: Browser, alice: User) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        raw = [(b"remote-user", name.encode("latin-1"))]
        assert (await one.http.get("/queues", headers=raw)).status_code == 303
    assert User.select().count() == 1


async def test_another_name_in_the_same_browser_ends_the_first_one_s_session(
    browser: Browser, alice: User, bob: User
) -> None:
    async with Browser(browser.app, peer=PROXY) as one:
        one.http.headers["Remote-User"] = "Alice"
        await one.http.get("/queues")
        one.http.headers["Remote-User"] = "Bob"
        await one.http.get("/queues")
    assert [session.user for session in Session.select()] == [bob]


async def test_where_only_known_people_are_let_in_a_new_name_is_nobody(
    db: Database, keyring: Keyring, engine: Engine, options: Environment, alice: User
) -> None:
    strict = options.model_copy(update={"sso_role": "none"})
    app, _ = create_app(strict, keyring, SetupToken("the-token"), engine)
    async with Browser(app, peer=PROXY) as one:
        for name, status in (("zoe", 303), ("Alice", 200)):
            answer = await one.http.get("/queues", headers={"Remote-User": name})
            assert answer.status_code == status
    assert User.select().count() == 1
