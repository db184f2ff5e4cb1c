"""S35: a trail of who did what, when and from where, that nobody can edit."""

import pytest
from peewee import DatabaseError

from models.database.fields import now
from models.instances import Instance
from models.people import User
from models.people.audit import KEPT_AT_LEAST, KINDS, WORDS, Event
from models.queues import Queue
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser


def _told() -> list[tuple[str, str, str]]:
    """Who, what, about what; the earliest first."""
    return [(e.name, e.action, e.about) for e in Event.select().order_by(Event.id)]


def test_every_action_has_one_kind() -> None:
    assert sum(len(actions) for _, actions in KINDS.values()) == len(WORDS)


async def test_a_change_is_told_with_who_where_and_what(
    browser: Browser, alice: User, nightly: Queue
) -> None:
    await browser.sign_in("Alice", PASSWORD)
    await browser.post(f"/queues/{nightly.id}/pause")
    event = Event.recent().first()
    assert (event.name, event.action, event.about) == ("Alice", "queue-paused", "Nightly")
    assert event.address == "127.0.0.1"
    assert event.user_id == alice.id
    assert abs((now() - event.at).total_seconds()) < 60


async def test_what_was_refused_is_not_told_as_done(
    browser: Browser, vera: User, nightly: Queue
) -> None:
    await browser.sign_in("Vera", PASSWORD)
    assert (await browser.post(f"/queues/{nightly.id}/pause")).status_code == 403
    assert (await browser.post("/settings", method="PATCH")).status_code == 403
    assert [action for _, action, _ in _told()] == ["signed-in"]


async def test_signing_in_and_failing_to_are_told(browser: Browser, alice: User) -> None:
    await browser.sign_in("alice", "not my password")
    await browser.sign_in("my password in the wrong field", "x")
    await browser.sign_in("Alice", PASSWORD)
    await browser.post("/session", method="DELETE")
    assert _told() == [
        ("Alice", "refused", ""),
        ("", "refused", ""),
        ("Alice", "signed-in", ""),
        ("Alice", "signed-out", ""),
    ]


async def test_too_many_tries_are_told(browser: Browser, alice: User) -> None:
    for _ in range(6):
        await browser.sign_in("Alice", "not my password")
    told = [(event.action, event.times) for event in Event.select().order_by(Event.id)]
    assert told == [("refused", 5), ("locked", 1)]


async def test_a_key_that_was_changed_is_told_and_not_shown(
    browser: Browser, alice: User, living_room: Instance
) -> None:
    await browser.sign_in("Alice", PASSWORD)
    key = "f" * 32
    await browser.post(
        f"/instances/{living_room.id}",
        method="PATCH",
        name="Living room",
        application="sonarr",
        url="http://sonarr:8989",
        api_key=key,
        anyway="on",
        enabled="on",
    )
    assert _told()[-1] == ("Alice", "instance-changed", "Living room, with another key")
    assert key not in (await browser.get("/audit")).text


OF_SQLITE = pytest.mark.embedded("is SQLite's own statement")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET name = 'Mallory'",
        "UPDATE audit SET at = 0",
        "UPDATE audit SET times = times + 1",
        "DELETE FROM audit",
        pytest.param("REPLACE INTO audit SELECT * FROM audit", marks=OF_SQLITE),
    ],
)
def test_nothing_in_the_program_can_rewrite_it(statement: str, alice: User) -> None:
    Event.note("held", now(), user=alice, address="127.0.0.1")
    with pytest.raises(DatabaseError, match="audit trail"):
        Event._meta.database.execute_sql(statement)
    assert _told() == [("Alice", "held", "")]


@pytest.mark.parametrize(
    "change",
    [
        "times = times + 2",
        "times = times - 1",
        "times = times + 1, at = at - 1",
        "name = 'Mallory'",
    ],
)
def test_a_refusal_can_only_be_counted_up(change: str, alice: User) -> None:
    for times in (1, 2):
        Event.note("refused", now().replace(minute=1), user=alice, address="127.0.0.1")
        assert Event.get().times == times
    with pytest.raises(DatabaseError, match="audit trail"):
        Event._meta.database.execute_sql(f"UPDATE audit SET {change}")


def test_deleting_the_person_leaves_what_they_did(alice: User, bob: User) -> None:
    Event.note("held", now(), user=bob, address="127.0.0.1")
    bob.delete_instance()
    assert _told() == [("Bob", "held", "")]


def test_old_entries_go_and_young_ones_never_do(alice: User) -> None:
    for days in (1, KEPT_AT_LEAST.days - 1, KEPT_AT_LEAST.days + 1, 400):
        at = now() - KEPT_AT_LEAST * days / KEPT_AT_LEAST.days
        Event.note("held", at, user=alice, address="")
    assert Event.forget(now(), now()) == 2
    assert Event.select().count() == 2


async def test_a_command_at_the_terminal_is_told_as_one(browser: Browser, alice: User) -> None:
    for person in (None, alice):
        Event.note("second-factor-off", now(), user=person, address="")
    await browser.sign_in("Alice", PASSWORD)
    page = (await browser.get("/audit")).text
    assert page.count(" at the terminal") == 2
    assert page.count(" from <bdi>127.0.0.1</bdi>") == 1


async def test_administrators_read_it_and_others_do_not(
    browser: Browser, alice: User, bob: User
) -> None:
    await browser.sign_in("Bob", PASSWORD)
    assert (await browser.get("/audit")).status_code == 403
    await browser.post("/session", method="DELETE")
    await browser.sign_in("Alice", PASSWORD)
    page = (await browser.get("/audit?kind=signing-in&name=Bob")).text
    assert "Bob" in page
    assert "signed in" in page
    assert "No entry matches" in (await browser.get("/audit?kind=people")).text
