"""S10: guesses are slowed down, by account and by address, and the owner still comes in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from models.database import Database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.database.fields import now
from models.environment.network import place_of
from models.people import User
from models.people.audit import CAME_IN, Event
from models.people.throttles import AT_HOME_FOR, FREE_TRIES, MOST_ROWS, Throttle, account, accounts
from tests.conftest import PASSWORD, START
from tests.fakes.browser import Browser
from tests.security.authenticator import code, set_up, wait_a_minute

HOME, STRANGER = "192.168.1.5", "203.0.113.66"
WRONG = "something else entirely"
FORWARDING = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP")


@asynccontextmanager
async def _from(browser: Browser, peer: str) -> AsyncIterator[Browser]:
    async with Browser(browser.app, peer=peer) as made:
        yield made


async def _guess(browser: Browser, peer: str, times: int, name: str = "alice") -> None:
    async with _from(browser, peer) as guesser:
        for _ in range(times):
            assert (await guesser.sign_in(name, WRONG)).status_code == 422


async def _comes_in(browser: Browser, peer: str, name: str = "alice") -> bool:
    async with _from(browser, peer) as one:
        return (await one.sign_in(name, PASSWORD)).status_code == 200


@pytest.fixture
async def at_home(browser: Browser, alice: User) -> None:
    """Alice has signed in there."""
    assert await _comes_in(browser, HOME)


async def _guess_from_everywhere(browser: Browser) -> None:
    for number in range(FREE_TRIES):
        await _guess(browser, f"203.0.113.{number}", 1)


async def test_guesses_from_many_addresses_count_for_the_account(
    browser: Browser, alice: User
) -> None:
    await _guess_from_everywhere(browser)
    assert not await _comes_in(browser, STRANGER)


async def test_guesses_at_many_accounts_count_for_the_address(browser: Browser, bob: User) -> None:
    async with _from(browser, STRANGER) as guesser:
        for number in range(FREE_TRIES):
            await guesser.sign_in(f"somebody {number}", WRONG)
        assert (await guesser.sign_in("alice", PASSWORD)).status_code == 422
    assert await _comes_in(browser, HOME)


async def test_whoever_guesses_elsewhere_does_not_lock_the_owner_out_at_home(
    browser: Browser, at_home: None
) -> None:
    await _guess_from_everywhere(browser)
    assert not await _comes_in(browser, STRANGER)
    assert await _comes_in(browser, HOME)


async def test_the_owner_s_sign_in_does_not_give_the_stranger_new_tries(
    browser: Browser, at_home: None
) -> None:
    await _guess_from_everywhere(browser)
    assert await _comes_in(browser, HOME)
    assert not await _comes_in(browser, STRANGER)


async def test_guesses_at_home_are_slowed_down_there(browser: Browser, at_home: None) -> None:
    await _guess(browser, HOME, FREE_TRIES)
    assert not await _comes_in(browser, HOME)


async def test_somebody_else_s_home_is_not_hers(browser: Browser, at_home: None, bob: User) -> None:
    assert await _comes_in(browser, STRANGER, "bob")
    await _guess_from_everywhere(browser)
    assert not await _comes_in(browser, STRANGER)


async def test_a_home_of_long_ago_is_none_any_more(browser: Browser, alice: User) -> None:
    Event.note("signed-in", now() - AT_HOME_FOR, user=alice, address=HOME)
    await _guess_from_everywhere(browser)
    assert not await _comes_in(browser, HOME)


@pytest.mark.parametrize("action", ["refused", "locked", "second-factor-asked", "signed-out"])
def test_nobody_makes_a_home_without_coming_in(action: str, alice: User) -> None:
    Event.note(action, START, user=alice, address=STRANGER)
    assert account("name:alice", alice, STRANGER, START) == "name:alice"


@pytest.mark.parametrize("action", CAME_IN)
def test_each_way_of_coming_in_makes_one(action: str, alice: User, bob: User) -> None:
    Event.note(action, START, user=alice, address=HOME)
    assert account("name:alice", alice, HOME, START) != "name:alice"
    assert account("name:alice", alice, STRANGER, START) == "name:alice"
    assert account("name:bob", bob, HOME, START) == "name:bob"
    assert account("name:nobody", None, HOME, START) == "name:nobody"
    assert len(accounts("name:alice", alice, START)) == 2


async def test_no_name_that_is_typed_counts_for_an_account_at_home(
    browser: Browser, alice: User, at_home: None
) -> None:
    (counted,) = set(accounts("name:alice", alice, now())) - {"name:alice"}
    for name in (counted, f"alice at {HOME}", f"{HOME} name:alice"):
        for number in range(FREE_TRIES):
            await _guess(browser, f"198.51.100.{number}", 1, name)
        Throttle.delete().where(Throttle.failures < FREE_TRIES).execute()
    assert await _comes_in(browser, HOME)


async def test_wrong_codes_elsewhere_do_not_lock_the_owner_out_at_home(
    browser: Browser, alice: User
) -> None:
    """By somebody who knows the password."""
    async with _from(browser, HOME) as home:
        secret, _ = await set_up(home)
    for number in range(FREE_TRIES):
        async with _from(browser, f"203.0.113.{number}") as thief:
            await thief.sign_in("Alice", PASSWORD)
            wrong = await thief.post("/session/second-factor", code="000000")
            assert wrong.status_code == 422
    wait = Throttle.select().where(Throttle.blocked_until > now())
    assert wait.exists()
    kept = list(wait)
    wait_a_minute(alice)
    for row in kept:
        row.save(force_insert=True)
    for peer, inside in ((STRANGER, False), (HOME, True)):
        async with _from(browser, peer) as one:
            await one.sign_in("Alice", PASSWORD)
            answer = await one.post("/session/second-factor", follow=False, code=code(secret))
            assert (answer.status_code == 303) == inside


@pytest.mark.parametrize("header", FORWARDING)
async def test_a_forged_header_neither_evades_nor_resets_it(
    header: str, browser: Browser, at_home: None
) -> None:
    async with _from(browser, STRANGER) as guesser:
        for number in range(FREE_TRIES):
            guesser.http.headers[header] = f"198.51.100.{number}"
            await guesser.sign_in(f"somebody {number}", WRONG)
        for claimed in (HOME, "127.0.0.1", f"for={HOME}"):
            guesser.http.headers[header] = claimed
            assert (await guesser.sign_in("alice", PASSWORD)).status_code == 422


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("unknown", "unknown", True),
    ],
)
def test_the_many_addresses_of_one_household_count_as_one(
    one: str, other: str, alike: bool
) -> None:
    assert (place_of(one) == place_of(other)) == alike


async def test_another_address_of_the_same_network_is_no_way_around(
    browser: Browser, bob: User
) -> None:
    for number in range(FREE_TRIES):
        await _guess(browser, f"2001:db8:1:2::{number}", 1, f"somebody {number}")
    assert not await _comes_in(browser, "2001:db8:1:2:abcd::1")
    assert await _comes_in(browser, "2001:db8:1:9::1")


def test_waits_grow_to_half_an_hour_and_no_further(db: Database) -> None:
    subjects, at = ["name:alice"], START
    for _ in range(FREE_TRIES - 1):
        Throttle.count(subjects, at)
        assert Throttle.blocked(subjects, at) is None
    for minutes in (1, 5, 15, 30, 30, 30, 30):
        Throttle.count(subjects, at)
        until = at + timedelta(minutes=minutes)
        assert Throttle.blocked(subjects, until - timedelta(milliseconds=1)) == until
        assert Throttle.blocked(subjects, until) is None
        at = until


async def test_tries_while_it_is_blocked_do_not_make_it_longer(
    browser: Browser, alice: User
) -> None:
    await _guess_from_everywhere(browser)
    until = Throttle.blocked(["name:alice"], now())
    await _guess(browser, STRANGER, 3)
    assert Throttle.blocked(["name:alice"], now()) == until


@pytest.mark.embedded("opens the file once more")
async def test_it_survives_a_restart(
    browser: Browser, alice: User, db: Database, tmp_path: Path, keyring: Keyring
) -> None:
    await _guess_from_everywhere(browser)
    db.close()
    reopened = EmbeddedDatabase(tmp_path / "vqs.db", keyring)
    reopened.open()
    row = reopened.execute_sql("SELECT max(failures), max(blocked_until) FROM throttles").fetchone()
    reopened.close_all()
    db.open()
    assert row[0] == FREE_TRIES
    assert row[1] > now().timestamp() * 1000
    assert not await _comes_in(browser, STRANGER)


@pytest.fixture
def crowded(db: Database) -> None:
    """As many rows as may be, of today."""
    ms = int(START.timestamp() * 1000)
    rows = [(str(number), 1, ms) for number in range(MOST_ROWS)]
    with db.atomic():
        db.many("INSERT INTO throttles (key, failures, failed_at) VALUES (?, ?, ?)", rows)


def test_the_number_of_rows_is_bounded(crowded: None) -> None:
    for number in range(20):
        Throttle.count([f"name:{number}", f"peer:{number}"], START)
    assert Throttle.select().count() == MOST_ROWS


def test_whoever_crowds_it_does_not_get_rid_of_their_own_count(crowded: None) -> None:
    for _ in range(FREE_TRIES):
        Throttle.count(["name:alice", "peer:me"], START)
        Throttle.count([f"name:{now()}"], START)
    assert Throttle.blocked(["name:alice"], START)
    assert Throttle.blocked(["peer:me"], START)


def test_what_is_a_day_old_is_forgotten(crowded: None) -> None:
    Throttle.count(["name:alice"], START + timedelta(hours=25))
    assert Throttle.select().count() == 1


async def test_one_s_own_sign_in_gives_no_new_tries_at_others(
    browser: Browser, alice: User, bob: User
) -> None:
    for number in range(4):
        await browser.sign_in(f"Somebody {number}", "not their password")
    assert (await browser.sign_in("Bob", PASSWORD)).status_code == 200
    await browser.post("/session", method="DELETE")
    async with Browser(browser.app) as stranger:
        for name in ("Somebody else", "And another"):
            await stranger.sign_in(name, "not their password")
        assert (await stranger.sign_in("Bob", PASSWORD)).status_code == 422
