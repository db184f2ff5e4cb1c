"""What is kept of a grab, and of the searches that were made before grabs were kept."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from peewee import IntegrityError
from playhouse.migrations import Runner

from models.backlog import Item
from models.database import database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.database.fields import to_ms
from models.household import Household
from models.instances import Instance
from models.opening.schema import MIGRATIONS, migrate
from models.queues import Queue
from models.searches import Search
from models.searches.grabs import Grab
from models.searches.runs import Run
from tests.conftest import START
from tests.wanted import wanted

EARLIER = """
INSERT INTO instances (id, name, key, application, demo, url, api_key, verify_tls, hourly_budget,
    daily_budget, spacing_seconds, download_limit, free_space_gb, created_at, failures, good_probes,
    clock_ahead_ms, sync_read, sync_total, sync_note)
  VALUES (1, 'TV', 'tv', 'sonarr', 0, 'http://tv', 'x', 1, 9, 99, 30, 20, 10, 5, 0, 0, 0, 0, 0, '');
INSERT INTO items (id, instance_id, arr_id, want, title, sort_title, available, monitored, tag_mask,
    slug, first_seen_at, left_at, downloading, streak, attempts, random_key, reason, reason_at)
  VALUES (1, 1, 7, 'missing', 'Low Water', 'low water', 1, 1, 0, '', 5, 9, 0, 0, 1, 3, 1, 9);
INSERT INTO searches (id, instance_id, queue_name, instance_name, demo, kind, want, title, cost,
    attempt, state, outcome, message, created_at)
  VALUES (1, 1, '', 'TV', 0, 'episode', 'missing', 'Low Water', 1, 1, 'done', 'grabbed', '', 6);
INSERT INTO searches (id, instance_id, queue_name, instance_name, demo, kind, want, title, cost,
    attempt, state, outcome, message, created_at)
  VALUES (2, 1, 'Nightly', 'TV', 0, 'episode', 'missing', 'Tide', 1, 1, 'done', 'nothing', '', 7);
INSERT INTO search_items (id, search_id, item_id) VALUES (1, 1, 1)
"""


def test_what_was_there_before_keeps_what_is_known_of_it(tmp_path: Path, keyring: Keyring) -> None:
    """By hand there was no strategy; which one a queue had then, nobody knows any more."""
    opened = EmbeddedDatabase(tmp_path / "earlier.db", keyring)
    opened.open()
    database.initialize(opened)
    Runner(opened, str(MIGRATIONS)).up("0002_schedules")
    for statement in EARLIER.split(";"):
        opened.execute_sql(statement)
    assert "0003_grabs" in migrate(opened, tmp_path / "earlier.db", START)
    rows = "SELECT strategy, item_order, fate, fate_at FROM searches ORDER BY id"
    assert opened.execute_sql(rows).fetchall() == [("", "", None, None), (None,) * 4]
    assert opened.execute_sql("SELECT brought, left_at FROM items").fetchall() == [(None, 9)]
    assert opened.execute_sql("SELECT count(*) FROM search_items").fetchone() == (1,)
    assert opened.execute_sql("PRAGMA foreign_key_check").fetchall() == []
    opened.close_all()


@pytest.mark.parametrize(
    ("zone", "hour"), [("UTC", 12), ("Europe/Berlin", 14), ("Asia/Kolkata", 17), ("Mars/Low", None)]
)
def test_a_search_keeps_whose_plan_it_followed_and_the_hour_at_home(
    zone: str, hour: int | None, nightly: Queue, living_room: Instance
) -> None:
    Household.current().change(time_zone=zone)
    nightly.change(strategy="recent", order="newest")
    run = Run.start(nightly, START, trigger="schedule")
    search = Search.get_by_id(Search.begin([wanted(living_room)], run, START, 1).id)
    assert (search.strategy, search.order, search.local_hour) == ("recent", "newest", hour)
    search.change(state="done")
    by_hand = Search.get_by_id(Search.begin([wanted(living_room)], None, START, 1).id)
    assert (by_hand.strategy, by_hand.order, by_hand.local_hour) == ("", "", hour)


def test_a_second_search_without_an_outcome_is_refused_by_the_table(
    living_room: Instance, cinema: Instance
) -> None:
    first = Search.begin([wanted(living_room)], None, START, 1)
    Search.begin([wanted(cinema)], None, START, 1)
    with pytest.raises(IntegrityError), database.atomic():
        Search.begin([wanted(living_room)], None, START, 1)
    first.change(state="done", outcome="nothing")
    assert Search.begin([wanted(living_room)], None, START, 1)


def test_the_hour_at_home_follows_the_summer(living_room: Instance) -> None:
    Household.current().change(time_zone="Europe/Berlin")
    hours = []
    for month in (1, 7):
        at = datetime(2026, month, 1, 3, tzinfo=ZoneInfo("UTC"))
        search = Search.begin([wanted(living_room)], None, at, 1)
        search.change(state="done")
        hours.append(search.local_hour)
    assert hours == [4, 5]


def keep(item: Item, at: datetime) -> Grab:
    search = Search.begin([item], None, at, 1)
    search.change(state="done")
    return Grab.keep(
        search, Instance.get_by_id(item.instance_id),
        arr_id=item.arr_id, download_id=None, release="Low.Water", indexer="", at=to_ms(at),
    )  # fmt: skip


def test_the_history_is_read_from_the_oldest_grab_that_was_not_known(living_room: Instance) -> None:
    def read_to() -> datetime:
        found: datetime = Instance.get_by_id(living_room.id).history_at
        return found

    item, hour = wanted(living_room), timedelta(hours=1)
    for at, expected in [(START, START), (START + hour, START), (START - hour, START - hour)]:
        keep(item, at)
        assert read_to() == expected


def test_a_grab_is_told_in_our_time(living_room: Instance) -> None:
    living_room.change(clock_ahead_ms=5 * 3_600_000)
    assert keep(wanted(living_room), START).grabbed_at == START - timedelta(hours=5)


def test_a_look_is_due_by_the_youngest_open_grab_and_again_after_a_clock_was_set_back(
    living_room: Instance,
) -> None:
    minute = timedelta(minutes=1)
    assert not Grab.is_look_due(living_room, START)
    grab = keep(wanted(living_room), START)
    assert Grab.is_look_due(living_room, START + minute)
    living_room.change(followed_at=START + minute)
    assert not Grab.is_look_due(living_room, START + 15 * minute)
    assert Grab.is_look_due(living_room, START + 16 * minute)
    assert Grab.is_look_due(living_room, START - 60 * minute)
    grab.change(fate="failed")
    assert not Grab.is_look_due(living_room, START + 16 * minute)
