"""Slows whoever guesses passwords."""

from datetime import timedelta

from models.database import Database
from models.people.throttles import FREE_TRIES, Throttle
from tests.conftest import START

SUBJECTS = ["name:alice", "peer:192.168.1.9"]


def _fail(times: int) -> None:
    for _ in range(times):
        Throttle.count(SUBJECTS, START)


def test_a_few_tries_are_free(db: Database) -> None:
    _fail(FREE_TRIES - 1)
    assert Throttle.blocked(SUBJECTS, START) is None


def test_waits_grow_up_to_half_an_hour(db: Database) -> None:
    _fail(FREE_TRIES - 1)
    for minutes in (1, 5, 15, 30, 30, 30):
        _fail(1)
        assert Throttle.blocked(SUBJECTS, START) == START + timedelta(minutes=minutes)
    assert Throttle.blocked(SUBJECTS, START + timedelta(minutes=30)) is None


def test_each_subject_blocks_alone(db: Database) -> None:
    _fail(FREE_TRIES)
    assert Throttle.blocked(["name:bob", "peer:10.0.0.1"], START) is None
    assert Throttle.blocked(["name:alice", "peer:10.0.0.1"], START) is not None
    assert Throttle.blocked(["name:bob", "peer:192.168.1.9"], START) is not None


def test_success_forgets_and_so_does_a_day(db: Database) -> None:
    _fail(FREE_TRIES)
    Throttle.forget(SUBJECTS)
    assert not Throttle.select().exists()
    _fail(FREE_TRIES)
    Throttle.count(["name:bob"], START + timedelta(hours=25))
    assert Throttle.select().count() == 1


def test_what_was_typed_is_kept_as_a_hash_only(db: Database) -> None:
    _fail(1)
    assert all("alice" not in row.key and len(row.key) == 64 for row in Throttle.select())
