"""S05: without a session there is no user, however few or many exist."""

import ast
from pathlib import Path

import pytest
from itsdangerous import Signer

from models.database.encryption import Keyring
from models.database.fields import now
from models.database.hashes import hash_of
from models.people import User
from models.people.sessions import IDLE, Session
from tests.fakes.browser import Browser
from tests.security.walk import GUARDED
from tests.trees import nodes
from tests.views.typed import everything

ROOT = Path(__file__).parent.parent.parent


def _signed(keyring: Keyring, session_id: str) -> str:
    return Signer(keyring.cookie_key, salt="session").sign(session_id).decode()


async def test_the_only_person_is_not_taken_for_whoever_asks(browser: Browser, alice: User) -> None:
    before, let_in = everything(), []
    for step in GUARDED:
        if step.method == "GET":
            answer = await browser.http.get(step.at(id=1))
        else:
            answer = await browser.post(step.at(id=1), method=step.method, follow=False)
        is_sent_away = answer.headers.get("location", "").startswith("/session/new")
        shows = "Alice" in answer.text or everything() != before
        if answer.status_code != 303 or not is_sent_away or shows:
            let_in.append((step, answer.status_code))
    assert let_in == []


@pytest.mark.parametrize(
    "session_id",
    ["", "1", "0", "None", "null", "alice", "Alice", "admin", "true", "%00", "' OR 1=1 --"],
)
async def test_a_well_signed_cookie_of_no_session_is_nobody(
    session_id: str, browser: Browser, alice: User, keyring: Keyring
) -> None:
    Session.begin(alice, now(), "127.0.0.1", "")
    browser.http.cookies.set("vqs", _signed(keyring, session_id))
    assert (await browser.http.get("/queues")).status_code == 303


async def test_neither_the_stored_hash_nor_a_row_s_number_opens_anything(
    browser: Browser, alice: User, keyring: Keyring
) -> None:
    row, session_id = Session.begin(alice, now(), "127.0.0.1", "")
    for guess in (row.id_hash, str(row.id), hash_of(row.id_hash), session_id[:-1]):
        browser.http.cookies.set("vqs", _signed(keyring, guess))
        assert (await browser.http.get("/queues")).status_code == 303
    browser.http.cookies.set("vqs", _signed(keyring, session_id))
    assert (await browser.http.get("/queues")).status_code == 200


async def test_a_session_that_is_over_falls_back_to_nobody(
    browser: Browser, alice: User, keyring: Keyring
) -> None:
    row, session_id = Session.begin(alice, now(), "127.0.0.1", "")
    browser.http.cookies.set("vqs", _signed(keyring, session_id))
    row.change(seen_at=now() - IDLE)
    assert (await browser.http.get("/queues")).status_code == 303


def test_no_code_takes_the_first_user_there_is() -> None:
    """`User.get()`, `User.get_by_id(1)` and `User.select().first()` have no place here."""
    for layer in ("views", "jobs", "models"):
        for path in (ROOT / layer).rglob("*.py"):
            for node in nodes(path):
                if isinstance(node, ast.Call):
                    call = ast.unparse(node)
                    assert not call.startswith(("User.get()", "User.get_by_id(")), path.name
                    assert not call.startswith("User.select().first("), path.name
