"""S12: words, status, headers and work are the same for every way to fail at signing in."""

import re
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from models import people
from models.database.fields import now
from models.people import User
from models.people.throttles import FREE_TRIES, Throttle
from tests.conftest import PASSWORD
from tests.fakes.browser import TOKEN, Browser
from tests.security.authenticator import set_up
from views.sessions import FAILED

ROOT = Path(__file__).parent.parent.parent
WRONG = "something else entirely"
CHANGING = {"x-request-id", "set-cookie", "content-length", "date"}


class CountingHasher(PasswordHasher):
    """Argon2 as cheap as in all tests; how often it worked is in `calls`."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.calls = 0

    def hash(self, *args: Any, **options: Any) -> str:
        self.calls += 1
        return super().hash(*args, **options)

    def verify(self, *args: Any) -> Any:
        self.calls += 1
        return super().verify(*args)


@pytest.fixture
def hasher() -> Iterator[CountingHasher]:
    before = people.HASHER
    counting = people.HASHER = CountingHasher()
    yield counting
    people.HASHER = before


@pytest.fixture
async def household(browser: Browser, alice: User, bob: User, vera: User) -> None:
    """Alice has a second factor, Bob is disabled, Vera has no password here."""
    async with Browser(browser.app, peer="192.168.1.5") as hers:
        await set_up(hers)
    bob.change(disabled_at=now())
    vera.change(password_hash=None)
    Throttle.delete().execute()


async def _try(browser: Browser, name: str, password: str, *, htmx: bool) -> httpx.Response:
    browser.http.headers["Accept-Encoding"] = "identity"
    return await browser.post(
        "/session", htmx=htmx, follow=False, name=name, password=password, next="/"
    )


def _shape(answer: httpx.Response, name: str) -> tuple[int, str, dict[str, str]]:
    """All of it but the token, which is never the same, and what was typed."""
    text = TOKEN.sub("TOKEN", answer.text).replace(f'value="{escape(name)}"', 'value="NAME"')
    headers = {key: value for key, value in answer.headers.items() if key not in CHANGING}
    return answer.status_code, text, headers


FAILURES = {
    "unknown": ("mallory", PASSWORD),
    "wrong password": ("alice", WRONG),
    "disabled, right password": ("bob", PASSWORD),
    "disabled, wrong password": ("bob", WRONG),
    "no password here": ("vera", PASSWORD),
    "no password here, none typed": ("vera", ""),
    "nothing typed": ("", ""),
    "the longest name": ("x" * 200, WRONG),
    "not to be printed": ("\0\u202e", "\0"),
}


@pytest.mark.parametrize("htmx", [False, True])
async def test_every_failure_looks_alike_and_costs_one_call(
    htmx: bool, browser: Browser, household: None, hasher: CountingHasher
) -> None:
    shapes = {}
    for what, (name, password) in FAILURES.items():
        Throttle.delete().execute()
        hasher.calls = 0
        answer = await _try(browser, name, password, htmx=htmx)
        assert hasher.calls == 1, what
        shapes[what] = _shape(answer, name.replace("\0", ""))
    status, text, _ = shapes["unknown"]
    assert status == 422
    assert FAILED in text
    for what, shape in shapes.items():
        assert shape == shapes["unknown"], what


@pytest.mark.parametrize("name", ["alice", "bob", "vera", "mallory"])
@pytest.mark.parametrize("password", [PASSWORD, WRONG])
async def test_nor_does_a_locked_account_look_or_cost_different(
    name: str, password: str, browser: Browser, household: None, hasher: CountingHasher
) -> None:
    first = await _try(browser, name, WRONG, htmx=False)
    for number in range(FREE_TRIES - 1):
        async with Browser(browser.app, peer=f"203.0.113.{number}") as other:
            await _try(other, name, WRONG, htmx=False)
    assert Throttle.blocked([f"name:{name}"], now())
    hasher.calls = 0
    locked = await _try(browser, name, password, htmx=False)
    assert hasher.calls == 1
    assert _shape(locked, name) == _shape(first, name)


async def test_known_and_unknown_names_are_locked_after_as_many_tries(
    browser: Browser, alice: User
) -> None:
    for number in range(FREE_TRIES + 2):
        async with Browser(browser.app, peer=f"203.0.113.{number}") as other:
            for name in ("alice", "mallory"):
                await _try(other, name, WRONG, htmx=False)
    rows = {row.key: row.failures for row in Throttle.select()}
    counted = [failures for failures in rows.values() if failures > 2]
    assert counted == [FREE_TRIES] * 2


async def test_a_locked_address_looks_alike_too(
    browser: Browser, household: None, hasher: CountingHasher
) -> None:
    first = await _try(browser, "mallory", WRONG, htmx=False)
    for number in range(FREE_TRIES - 1):
        await _try(browser, f"mallory {number}", WRONG, htmx=False)
    for name in ("alice", "mallory"):
        hasher.calls = 0
        locked = await _try(browser, name, PASSWORD, htmx=False)
        assert hasher.calls == 1
        assert _shape(locked, name) == _shape(first, "mallory")


async def test_the_right_password_costs_one_call_as_well(
    browser: Browser, household: None, hasher: CountingHasher
) -> None:
    answer = await _try(browser, "alice", PASSWORD, htmx=False)
    assert (answer.status_code, hasher.calls) == (303, 1)
    assert answer.headers["location"] == "/session/second-factor/new"


async def test_a_wrong_code_tells_nothing_of_whether_it_is_locked(
    browser: Browser, household: None
) -> None:
    await _try(browser, "alice", PASSWORD, htmx=False)
    answers = [
        await browser.post("/session/second-factor", follow=False, code="000000")
        for _ in range(FREE_TRIES + 2)
    ]
    assert len({re.sub("TOKEN.*", "", str(_shape(each, ""))) for each in answers}) == 1


def test_the_hash_of_nobody_costs_what_everybody_s_costs() -> None:
    """In a process of its own: the tests use cheaper parameters."""
    code = (
        "from models.people import HASHER, NOBODYS_HASH\n"
        "print(HASHER.check_needs_rehash(NOBODYS_HASH))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
