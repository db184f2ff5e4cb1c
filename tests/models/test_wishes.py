"""What people ask for is a row, which one worker takes."""

import threading
from datetime import timedelta

import pytest

from models.database import Database, database
from models.instances import Instance
from models.wishes import KEPT, LATE, LATEST, Wish
from tests.conftest import START

SECOND = timedelta(seconds=1)


def only() -> Wish:
    found: Wish = Wish.get()
    return found


def test_the_same_is_asked_for_once_until_somebody_takes_it(db: Database) -> None:
    assert Wish.ask("sync", 1, START)
    assert not Wish.ask("sync", 1, START + SECOND)
    assert Wish.ask("sync", 2, START) and Wish.ask("search", 1, START)
    assert only().take(7, START)
    assert Wish.ask("sync", 1, START + SECOND)


def test_of_several_workers_one_takes_it(db: Database) -> None:
    Wish.ask("sync", 1, START)
    assert [only().take(worker, START) for worker in (1, 2, 3)] == [True, False, False]
    assert only().taken_by == 1 and not list(Wish.waiting())


def test_what_has_ended_meanwhile_is_not_taken(db: Database) -> None:
    Wish.ask("sync", 1, START)
    seen = only()
    mine = only()
    mine.take(1, START)
    mine.end(START)
    assert not seen.take(2, START) and not Wish.select().exists()


@pytest.mark.server
def test_who_meets_a_worker_that_is_just_taking_it_waits_and_gets_nothing(db: Database) -> None:
    Wish.ask("sync", 1, START)
    seen, taken = only(), []

    def take() -> None:
        with database.connection_context():
            taken.append(seen.take(2, START))

    other = threading.Thread(target=take)
    with database.atomic():
        assert only().take(1, START)
        other.start()
        while not waiting_for_a_lock():
            pass
    other.join()
    assert taken == [False] and only().taken_by == 1


def waiting_for_a_lock() -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    database.execute_sql("SELECT pg_stat_clear_snapshot()")
    return bool(database.execute_sql(query).fetchone()[0])


def test_it_is_late_after_two_minutes_and_when_the_clock_was_set_back(db: Database) -> None:
    Wish.ask("search", 1, START)
    for span, is_late in ((LATEST, False), (LATEST + SECOND, True), (-LATEST - SECOND, True)):
        assert only().is_late(START + span) is is_late


def test_only_what_there_is_something_to_say_about_stays_and_for_a_day(db: Database) -> None:
    Wish.ask("sync", 1, START)
    only().end(START)
    assert not Wish.select().exists()
    Wish.ask("sync", 1, START)
    only().end(START, LATE)
    assert Wish.sweep(START + KEPT) == 0
    assert Wish.sweep(START + KEPT + SECOND) == 1


def test_who_asks_again_has_read_what_was_said(db: Database) -> None:
    Wish.ask("search", 1, START)
    only().take(1, START)
    only().end(START, LATE)
    Wish.ask("search", 2, START)
    Wish.ask("search", 1, START + SECOND)
    assert [wish.about for wish in Wish.select().order_by(Wish.id)] == [2, 1]


def test_a_sync_that_was_not_begun_is_told_until_there_is_another(living_room: Instance) -> None:
    assert Wish.late_sync(living_room) is None
    Wish.ask("sync", living_room.id, START)
    assert Wish.late_sync(living_room) is None
    only().take(1, START)
    only().end(START, LATE)
    assert Wish.late_sync(living_room) == only()
    living_room.change(synced_at=START + SECOND)
    assert Wish.late_sync(living_room) is None
