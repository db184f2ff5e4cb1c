"""An API key counts as long as it is not revoked and its person may sign in."""

from datetime import timedelta

import pytest

from models.database import database
from models.database.fields import now
from models.people import User
from models.people.administration import delete, disable
from models.people.keys import KEPT_FOR, PREFIX, SCOPES, ApiKey
from tests.conftest import START

MINUTE = timedelta(minutes=1)


def test_only_its_hash_is_stored(bob: User) -> None:
    row, key = ApiKey.make(bob, "Homepage", "read", START)
    assert key.startswith(PREFIX)
    assert len(key) == len(PREFIX) + 43
    stored = database.execute_sql("SELECT * FROM api_keys").fetchall()
    assert key not in repr(stored)
    found = ApiKey.of(key, START)
    assert found == row and found.user == bob
    assert ApiKey.of(key[:-1], START) is None
    assert ApiKey.of(row.key_hash, START) is None


def test_it_dies_with_the_account_and_sleeps_while_it_is_disabled(alice: User, bob: User) -> None:
    _, key = ApiKey.make(bob, "Homepage", "read", START)
    disable(bob, now())
    assert ApiKey.of(key, START) is None
    bob.change(disabled_at=None)
    assert ApiKey.of(key, START) is not None
    delete(bob, alice)
    assert not ApiKey.select().exists()


def test_a_revoked_key_opens_nothing_and_is_forgotten_after_a_while(bob: User) -> None:
    row, key = ApiKey.make(bob, "Homepage", "read", START)
    row.revoke(START)
    row.revoke(START + MINUTE)
    assert ApiKey.of(key, START) is None
    assert ApiKey.get().revoked_at == START
    assert ApiKey.sweep(START + KEPT_FOR - MINUTE) == 0
    assert ApiKey.sweep(START + KEPT_FOR) == 1


def test_its_use_is_written_once_a_minute(bob: User) -> None:
    row, key = ApiKey.make(bob, "Homepage", "read", START)
    for seconds in (0, 1, 59):
        ApiKey.of(key, START + timedelta(seconds=seconds))
        assert ApiKey.get().used_at == START
    # Another replica has read the row before and writes after.
    row.was_used(START + timedelta(seconds=30))
    assert ApiKey.get().used_at == START
    ApiKey.of(key, START + MINUTE)
    assert ApiKey.get().used_at == START + MINUTE


@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_allows_what_those_before_it_allow(scope: str, bob: User) -> None:
    row, _ = ApiKey.make(bob, "Homepage", scope, START)
    allowed = [each for each in SCOPES if row.may(each)]
    assert allowed == list(SCOPES)[: list(SCOPES).index(scope) + 1]
    assert row.shows_titles == (scope != "totals")
