"""S04: a fresh installation belongs to the person who holds the setup token, and to no other."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from app import create_app, greet
from jobs.engine import Engine
from models.database import Database
from models.database.encryption import Keyring
from models.environment import Environment
from models.people import User
from models.people.setup import SetupToken
from models.people.throttles import FREE_TRIES
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from tests.fakes.program import PATIENCE, first_address, running
from tests.security.walk import send

TOKEN = "the token of the log"
TYPED = {
    "name": "Mallory",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "time_zone": "Europe/Berlin",
}
FORWARDING = {
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Host": "localhost",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Port": "7337",
    "X-Forwarded-Prefix": "/",
    "X-Forwarded-Server": "nas",
    "X-Forwarded": "for=127.0.0.1",
    "Forwarded": "for=127.0.0.1",
    "Forwarded-For": "127.0.0.1",
    "X-Real-IP": "127.0.0.1",
    "X-Client-IP": "127.0.0.1",
    "X-Cluster-Client-IP": "127.0.0.1",
    "X-Original-Host": "localhost",
    "X-Original-For": "127.0.0.1",
    "X-ProxyUser-Ip": "127.0.0.1",
    "Client-IP": "127.0.0.1",
    "True-Client-IP": "127.0.0.1",
    "CF-Connecting-IP": "127.0.0.1",
    "Fastly-Client-IP": "127.0.0.1",
    "Via": "1.1 proxy",
    "Remote-User": "Mallory",
}
OTHER_NAMES = (
    "nas:7337",
    "vqs.local",
    "192.168.1.20:7337",
    "10.0.0.1",
    "0.0.0.0:7337",
    "[::]:7337",
    "[fe80::1]:7337",
    "2130706433",
    "0x7f000001",
    "localhost.lan",
    "127.0.0.1.local",
)
STRANGE_NAMES = (
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.nip.io",
    "127.1",
    "localhost@evil.example",
    "evil.example#localhost",
    "evil.example\\localhost",
)


@pytest.fixture
async def fresh(
    browser: Browser, keyring: Keyring, engine: Engine, tmp_path: Path
) -> AsyncIterator[Browser]:
    """At the machine itself."""
    app, _ = create_app(Environment(data_dir=tmp_path), keyring, SetupToken(TOKEN), engine)
    async with Browser(app) as made:
        yield made


async def _is_asked_for(browser: Browser, headers: dict[str, str], peer: str) -> bool:
    """And without it, or with a wrong one, nobody is made."""
    async with Browser(browser.app, peer=peer) as one:
        one.http.headers.update(headers)
        page = await one.http.get("/setup")
        asked = 'name="setup_token"' in page.text
        if asked:
            for typed in ({}, {"setup_token": "the-token"}):
                assert (await one.post("/setup", **TYPED | typed)).status_code == 422
    assert not User.select().exists()
    return asked


@pytest.mark.parametrize("header", FORWARDING)
async def test_no_proxy_in_between_is_taken_for_this_machine(header: str, fresh: Browser) -> None:
    assert await _is_asked_for(fresh, {header: FORWARDING[header]}, "127.0.0.1")


@pytest.mark.parametrize("host", ["127.0.0.1:7337", "localhost:7337", "[::1]:7337"])
async def test_on_the_machine_itself_it_is_asked_for_too(host: str, fresh: Browser) -> None:
    assert await _is_asked_for(fresh, {"Host": host}, "127.0.0.1")
    assert await _is_asked_for(fresh, {"Host": host}, "::1")


async def test_a_missing_header_or_an_old_protocol_waives_nothing(fresh: Browser) -> None:
    for version in ("1.0", "1.1", "2"):
        answer = await send(fresh.app, "GET", "/setup", version=version)
        assert b'name="setup_token"' in answer.body


@pytest.mark.parametrize("name", OTHER_NAMES)
async def test_no_other_name_is_taken_for_this_machine(name: str, fresh: Browser) -> None:
    assert await _is_asked_for(fresh, {"Host": name}, "127.0.0.1")


@pytest.mark.parametrize("name", STRANGE_NAMES)
async def test_a_name_that_a_stranger_pointed_here_is_not_answered_at_all(
    name: str, fresh: Browser
) -> None:
    for method, path in (("GET", "/setup"), ("POST", "/setup")):
        answer = await send(fresh.app, method, path, {"Host": name})
        assert answer.status == 421
        assert b"setup_token" not in answer.body
    assert not User.select().exists()


@pytest.mark.parametrize(
    "peer", ["192.168.1.9", "172.17.0.1", "10.0.0.2", "::ffff:10.0.0.2", "fe80::1", "203.0.113.6"]
)
async def test_no_peer_of_the_network_is_taken_for_this_machine(peer: str, fresh: Browser) -> None:
    assert await _is_asked_for(fresh, {}, peer)


@pytest.mark.parametrize(
    "typed", ["", " ", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "\0", "*", "%", "ü", "0" * 900]
)
async def test_nothing_but_the_token_opens_it(typed: str, fresh: Browser) -> None:
    async with Browser(fresh.app, peer="192.168.1.9") as afar:
        answer = await afar.post("/setup", **TYPED, setup_token=typed)
        assert answer.status_code == 422
        assert TOKEN not in answer.text
        assert not User.select().exists()
        answer = await afar.post("/setup", follow=False, **TYPED, setup_token=TOKEN)
    assert answer.status_code == 303


async def test_a_header_or_the_address_of_a_form_carries_no_token(fresh: Browser) -> None:
    fresh.http.headers["Setup-Token"] = TOKEN
    for name in ("setup_token", "token"):
        answer = await fresh.post(f"/setup?{name}={TOKEN}", **TYPED)
        assert answer.status_code == 422
    assert not User.select().exists()


async def test_a_redirect_takes_it_out_of_the_address(fresh: Browser) -> None:
    """So that it stays in no history and no Referer; the answer itself holds it nowhere."""
    answer = await fresh.http.get("/setup", params={"token": TOKEN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/setup")
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "HttpOnly" in answer.headers["set-cookie"]
    said = answer.text + str(answer.headers)
    assert TOKEN not in said
    assert quote(TOKEN) not in said
    assert (await fresh.post("/setup", follow=False, **TYPED)).status_code == 303


@pytest.mark.parametrize("typed", ["", TOKEN[:-1], TOKEN.upper(), "\0", "ü", "0" * 900])
async def test_a_wrong_one_in_the_address_opens_nothing(typed: str, fresh: Browser) -> None:
    answer = await fresh.http.get("/setup", params={"token": typed})
    assert answer.status_code == 422
    assert (await fresh.post("/setup", **TYPED)).status_code == 422
    assert not User.select().exists()


async def test_only_the_browser_that_showed_it_holds_it(fresh: Browser) -> None:
    """Under a new id: one that somebody planted in that browser before is worth nothing."""
    await fresh.get("/setup")
    planted = fresh.http.cookies["vqs"]
    await fresh.get(f"/setup?token={quote(TOKEN)}")
    async with Browser(fresh.app) as other:
        assert (await other.post("/setup", **TYPED)).status_code == 422
        other.http.cookies.set("vqs", planted)
        assert 'name="setup_token"' in (await other.get("/setup")).text
    assert not User.select().exists()


def test_no_log_of_the_program_holds_it(tmp_path: Path) -> None:
    """Started as people start it, with everything logged; printed once, and never again."""
    with running(tmp_path / "data", log_level="debug") as (address, process):
        path = first_address(process)
        token = path.partition("=")[2]
        with httpx.Client(base_url=address, follow_redirects=True, trust_env=False) as client:
            assert 'name="password_again"' in client.get(path).text
            assert client.get("/setup?token=wrong").status_code == 422
            assert client.get("/", headers={"Referer": f"{address}{path}"}).status_code == 200
        process.terminate()
        said, errors = process.communicate(timeout=PATIENCE)
    assert len(token) >= 24
    assert token not in said + errors


async def test_guesses_are_slowed_down_for_one_address_and_not_for_the_owner(
    fresh: Browser,
) -> None:
    async with Browser(fresh.app, peer="192.168.1.66") as guesser:
        for number in range(FREE_TRIES):
            await guesser.post("/setup", **TYPED, setup_token=f"guess {number}")
        answer = await guesser.post("/setup", **TYPED, setup_token=TOKEN)
        assert answer.status_code == 422
        answer = await guesser.http.get("/setup", params={"token": TOKEN})
        assert answer.status_code == 422
        assert not User.select().exists()
    async with Browser(fresh.app, peer="192.168.1.9") as owner:
        answer = await owner.post("/setup", follow=False, **TYPED, setup_token=TOKEN)
    assert answer.status_code == 303


async def test_once_somebody_exists_the_token_is_worth_nothing(fresh: Browser, alice: User) -> None:
    for peer in ("127.0.0.1", "192.168.1.9"):
        async with Browser(fresh.app, peer=peer) as one:
            answer = await one.post("/setup", **TYPED, setup_token=TOKEN)
            assert answer.status_code == 403
    assert User.select().count() == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::", "192.168.1.20"])
def test_the_log_says_it_only_while_it_opens_something(
    host: str, alice: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = Environment(data_dir=tmp_path, host=host)
    token = SetupToken.of(options)
    greet(options, token)
    assert token.value not in capsys.readouterr().out
    alice.delete_instance()
    greet(options, token)
    place = host if host == "192.168.1.20" else "localhost"
    assert f"http://{place}:7337/setup?token={token.value} " in capsys.readouterr().out


def test_one_of_a_secret_file_is_not_printed(
    db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "token").write_text(TOKEN)
    options = Environment(data_dir=tmp_path, setup_token_file=tmp_path / "token", base_path="/vqs")
    greet(options, SetupToken.of(options))
    said = capsys.readouterr().out
    assert TOKEN not in said
    assert "http://localhost:7337/vqs/setup " in said
    assert "VQS_SETUP_TOKEN_FILE" in said


def test_each_start_makes_another_of_more_than_128_bits(tmp_path: Path) -> None:
    options = Environment(data_dir=tmp_path, host="0.0.0.0")
    made = {SetupToken.of(options).value for _ in range(50)}
    assert len(made) == 50
    assert min(map(len, made)) >= 22
