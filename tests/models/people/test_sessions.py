"""Who is signed in: one row a browser."""

from datetime import timedelta

from models.people import User
from models.people.sessions import IDLE, LONGEST, Session
from tests.conftest import START


def test_a_session_is_found_by_its_id_alone(alice: User) -> None:
    row, session_id = Session.begin(alice, START, "127.0.0.1", "a" * 500)
    assert session_id not in (row.id_hash, repr(row.__data__))
    assert len(row.agent) == 200
    found = Session.of(session_id, START)
    assert found and found.user == alice
    for other in ("", row.id_hash, session_id + "x", session_id.swapcase()):
        assert Session.of(other, START) is None


def test_it_ends_after_seven_idle_days(alice: User) -> None:
    _, session_id = Session.begin(alice, START, "127.0.0.1", "")
    assert Session.of(session_id, START + IDLE - timedelta(seconds=1)) is not None
    assert Session.of(session_id, START + IDLE * 2) is None


def test_it_ends_after_thirty_days_however_busy(alice: User) -> None:
    _, session_id = Session.begin(alice, START, "127.0.0.1", "")
    for day in range(0, 30, 3):
        assert Session.of(session_id, START + timedelta(days=day)) is not None
    assert Session.of(session_id, START + LONGEST) is None


def test_being_seen_is_written_only_now_and_then(alice: User) -> None:
    row, session_id = Session.begin(alice, START, "127.0.0.1", "")
    Session.of(session_id, START + timedelta(minutes=4))
    assert Session.get_by_id(row.id).seen_at == START
    Session.of(session_id, START + timedelta(minutes=6))
    assert Session.get_by_id(row.id).seen_at == START + timedelta(minutes=6)


def test_a_disabled_person_has_no_session(alice: User) -> None:
    _, session_id = Session.begin(alice, START, "127.0.0.1", "")
    alice.change(disabled_at=START)
    assert Session.of(session_id, START) is None


def test_what_is_over_is_swept_away(alice: User) -> None:
    Session.begin(alice, START, "127.0.0.1", "")
    Session.begin(alice, START + timedelta(days=6), "127.0.0.1", "")
    assert Session.sweep(START + timedelta(days=8)) == 1
    assert Session.select().count() == 1


def test_a_word_is_heard_once(alice: User) -> None:
    row, _ = Session.begin(alice, START, "127.0.0.1", "")
    row.say("Saved: “<b>”.", "success")
    assert Session.get_by_id(row.id).heard() == {"text": "Saved: “<b>”.", "kind": "success"}
    assert Session.get_by_id(row.id).heard() is None
