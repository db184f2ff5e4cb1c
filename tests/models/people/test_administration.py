"""What administrators do with people; one who may sign in is always left."""

from pathlib import Path

import pytest

from models.backlog.exclusions import Exclusion
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.database.fields import now
from models.opening.schema import MIGRATIONS, migrate
from models.people import User
from models.people.administration import LastAdministrator, change_role, delete, disable, enable
from models.people.sessions import Session
from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import START


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_the_last_administrator_stays_one(role: str, alice: User, bob: User) -> None:
    with pytest.raises(LastAdministrator):
        change_role(alice, role)
    assert User.get_by_id(alice.id).is_admin


def test_the_last_administrator_is_neither_disabled_nor_deleted(alice: User, bob: User) -> None:
    Session.begin(alice, START, "", "")
    with pytest.raises(LastAdministrator):
        disable(alice, START)
    with pytest.raises(LastAdministrator):
        delete(alice, bob)
    assert User.get_by_id(alice.id).disabled_at is None
    assert Session.select().count() == 1


def test_one_who_cannot_sign_in_does_not_count(alice: User, bob: User) -> None:
    bob.change(role="admin", disabled_at=START)
    with pytest.raises(LastAdministrator):
        disable(alice, START)
    enable(bob)
    disable(alice, START)
    assert [user.name for user in User.administrators()] == ["Bob"]


def test_what_was_read_before_another_change_does_not_count(alice: User, bob: User) -> None:
    change_role(bob, "admin")
    stale = User.get_by_id(alice.id)
    change_role(bob, "member")
    with pytest.raises(LastAdministrator):
        change_role(stale, "viewer")


def test_an_administrator_stays_one_without_a_fuss(alice: User) -> None:
    change_role(alice, "admin")
    assert User.get_by_id(alice.id).is_admin


def test_what_somebody_owned_goes_to_the_heir_and_history_keeps_the_name(
    alice: User, bob: User, nightly: Queue
) -> None:
    nightly.change(owner=bob)
    run = Run.start(nightly, START, trigger="person", by=bob)
    assert run is not None
    exclusion = Exclusion.create(
        instance=nightly.instances[0],
        user=bob,
        decided_by=bob.name,
        kind="item",
        arr_id=1,
        title="Low Water",
        created_at=START,
    )
    delete(bob, alice)
    assert User.select().count() == 1
    assert Queue.get().owner == alice
    kept = Run.get_by_id(run.id)
    assert (kept.started_by, kept.started_by_name) == (alice, "Bob")
    kept = Exclusion.get_by_id(exclusion.id)
    assert (kept.user, kept.decided_by) == (alice, "Bob")


def test_nothing_is_given_away_when_the_deletion_is_refused(
    alice: User, bob: User, nightly: Queue
) -> None:
    with pytest.raises(LastAdministrator):
        delete(alice, bob)
    assert Queue.get().owner == alice


def test_people_of_before_keep_passwords_and_names(tmp_path: Path, keyring: Keyring) -> None:
    """Rows of the first schema, brought to this one."""
    first = tmp_path / "first"
    first.mkdir()
    name = "0001_first_tables.py"
    (first / name).write_bytes((MIGRATIONS / name).read_bytes())
    opened = EmbeddedDatabase(tmp_path / "old.db", keyring)
    opened.open()
    migrate(opened, tmp_path / "old.db", now(), first)
    for statement in (
        "INSERT INTO users (id, name, key, password_hash, role, time_zone, created_at)"
        " VALUES (7, 'Bob', 'bob', 'hash', 'member', 'UTC', 1)",
        "INSERT INTO instances (id, name, key, application, demo, url, api_key, verify_tls,"
        " hourly_budget, daily_budget, spacing_seconds, download_limit, free_space_gb, created_at,"
        " failures, good_probes, clock_ahead_ms, sync_read, sync_total, sync_note)"
        " VALUES (1, 'x', 'x', 'sonarr', 0, 'x', 'k', 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, '')",
        "INSERT INTO sessions (id_hash, user_id, created_at, seen_at, address, agent)"
        " VALUES ('h', 7, 1, 1, '', '')",
        "INSERT INTO runs (queue_name, trigger, started_by_id, ignores_cooldown, state, step, note,"
        " planned, started_at) VALUES ('q', 'person', 7, 0, 'finished', '', '', 0, 1),"
        " ('q', 'schedule', NULL, 0, 'finished', '', '', 0, 1)",
        "INSERT INTO exclusions (instance_id, user_id, kind, arr_id, title, note, created_at)"
        " VALUES (1, 7, 'item', 1, 't', '', 1), (1, NULL, 'item', 2, 't', '', 1)",
    ):
        opened.execute_sql(statement)
    migrate(opened, tmp_path / "old.db", now())

    def rows(statement: str) -> list[tuple[object, ...]]:
        return list(opened.execute_sql(statement).fetchall())

    assert rows("SELECT id, name, password_hash, theme FROM users") == [(7, "Bob", "hash", "auto")]
    assert rows("SELECT user_id FROM sessions") == [(7,)]
    assert rows("SELECT started_by_id, started_by_name FROM runs ORDER BY id") == [
        (7, "Bob"),
        (None, ""),
    ]
    assert rows("SELECT user_id, decided_by FROM exclusions ORDER BY id") == [
        (7, "Bob"),
        (None, ""),
    ]
    assert rows("PRAGMA foreign_key_check") == []
    opened.execute_sql("UPDATE users SET password_hash = NULL")
    opened.close_all()
