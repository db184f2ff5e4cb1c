"""Cooldowns of the earlier rule become those of this one; movies are read again."""

import shutil
import time
from pathlib import Path

import pytest

from models.backlog import Item
from models.backlog.eligibility import DAY_MS, HOUR_MS, MINUTE_MS, Policy, Reason
from models.backlog.judging import wake
from models.database import Database, database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.database.fields import from_ms, now, to_ms
from models.household import Household
from models.instances import Instance, WantedList
from models.opening.schema import MIGRATIONS, migrate
from tests.models.migrations.test_0004_yields import add

NOW = int(time.time() * 1000)
SINCE = NOW - 5 * MINUTE_MS
# Each arrived a minute after it was announced.
LATE = MINUTE_MS


def _earlier(tmp_path: Path, keyring: Keyring, hours: int) -> Database:
    folder = tmp_path / "earlier"
    folder.mkdir()
    for path in MIGRATIONS.glob("*.py"):
        if path.name < "0010":
            shutil.copy(path, folder)
    opened = EmbeddedDatabase(tmp_path / "old.db", keyring)
    opened.open()
    database.initialize(opened)
    migrate(opened, tmp_path / "old.db", from_ms(NOW), folder)
    household = {"hourly_budget": 20, "daily_budget": 400, "missing_cooldown_days": 7}
    household |= {"upgrade_cooldown_days": 14, "recent_cooldown_hours": hours, "recent_days": 14}
    household |= {"longest_cooldown_days": 60, "failed_cooldown_days": 1, "grace_hours": 6}
    household |= {"history_days": 365, "audit_days": 365}
    add(opened, "settings", id=1, time_zone="UTC", pepper="", created_at=0, **household)
    for number, application in ((1, "sonarr"), (2, "radarr")):
        limits = dict.fromkeys(("hourly_budget", "daily_budget", "spacing_seconds"), 10)
        limits |= dict.fromkeys(("failures", "good_probes", "sync_read", "sync_total"), 0)
        limits |= {"download_limit": 1, "free_space_gb": 1, "clock_ahead_ms": 0, "sync_note": ""}
        limits |= {"demo": 0, "verify_tls": 1, "url": "", "api_key": "", "looked_at": NOW}
        named = {"name": application, "key": application, "application": application}
        add(opened, "instances", id=number, created_at=0, **named, **limits)
        add(opened, "wanted_lists", instance_id=number, want="missing", total=9)
    return opened


@pytest.fixture
def before(tmp_path: Path, keyring: Keyring) -> Database:
    """The schema before, with a Sonarr of id 1 and a Radarr of id 2."""
    return _earlier(tmp_path, keyring, 12)


def _item(opened: Database, arr_id: int, instance: int = 1, **changes: object) -> None:
    row: dict[str, object] = {"id": arr_id, "instance_id": instance, "arr_id": arr_id}
    row |= {"want": "missing", "title": "", "sort_title": "", "slug": "", "available": 1}
    row |= {"monitored": 1, "tag_mask": 0, "first_seen_at": 0, "downloading": 0, "streak": 0}
    row |= {"attempts": 1, "random_key": 0, "reason": 7, "reason_at": SINCE}
    row |= {"searched_at": SINCE, "aired_at": NOW - 900 * DAY_MS}
    row |= {"series_id": 1} if instance == 1 else {}
    row |= {"eligible_at": changes.get("cooldown_until")}
    add(opened, "items", **row | changes)


def _migrate(opened: Database, tmp_path: Path) -> None:
    """And what a start does within its first seconds."""
    migrate(opened, tmp_path / "old.db", from_ms(NOW))
    while wake(Policy.current(), now()):
        pass


def _rest(arr_id: int) -> int:
    item = Item.get(arr_id=arr_id)
    return to_ms(item.cooldown_until) - to_ms(item.searched_at)


def test_a_doubled_cooldown_becomes_half_as_long(before: Database, tmp_path: Path) -> None:
    _item(before, 1, streak=1, cooldown_until=SINCE + 14 * DAY_MS + LATE)
    _item(before, 2, streak=2, cooldown_until=SINCE + 28 * DAY_MS + LATE)
    _item(before, 3, streak=9, cooldown_until=SINCE + 60 * DAY_MS + LATE)
    _item(before, 4, streak=1, cooldown_until=SINCE + 28 * DAY_MS, want="upgrade")
    _item(before, 5, streak=0, cooldown_until=SINCE + 7 * DAY_MS)
    _item(before, 6, streak=2, cooldown_until=SINCE + 7 * DAY_MS)
    _item(before, 7, streak=2, cooldown_until=SINCE + 1 * DAY_MS)
    _migrate(before, tmp_path)
    expected = {1: 7, 2: 14, 3: 60, 4: 14, 5: 7, 6: 7, 7: 1}
    assert {arr_id: _rest(arr_id) // DAY_MS for arr_id in expected} == expected
    for item in Item.select():
        assert (item.reason, item.eligible_at) == (Reason.COOLDOWN, item.cooldown_until)
        assert item.streak == {1: 1, 2: 2, 3: 9, 4: 1, 5: 0, 6: 2, 7: 2}[item.arr_id]


def test_what_has_rested_long_enough_by_now_can_be_searched(
    before: Database, tmp_path: Path
) -> None:
    long_ago = NOW - 8 * DAY_MS
    _item(before, 1, streak=1, searched_at=long_ago, cooldown_until=long_ago + 14 * DAY_MS)
    _migrate(before, tmp_path)
    assert Item.get().reason == Reason.ELIGIBLE


def test_a_fresh_item_rests_by_its_age_and_was_in_vain_once(
    before: Database, tmp_path: Path
) -> None:
    for arr_id, days in ((1, 1), (2, 3), (3, 9)):
        out = SINCE - days * DAY_MS
        until = SINCE + 48 * HOUR_MS + LATE
        _item(before, arr_id, streak=2, aired_at=out, cooldown_until=until)
    _migrate(before, tmp_path)
    assert [_rest(arr_id) for arr_id in (1, 2, 3)] == [h * HOUR_MS + LATE for h in (6, 12, 24)]
    assert {item.streak for item in Item.select()} == {1}


@pytest.mark.parametrize(("hours", "kept"), [(12, (6, 12, 24)), (20, (20, 20, 20))])
def test_who_chose_another_rest_for_what_is_new_keeps_it(
    tmp_path: Path, keyring: Keyring, hours: int, kept: tuple[int, int, int]
) -> None:
    _migrate(_earlier(tmp_path, keyring, hours), tmp_path)
    household = Household.current()
    hours = (household.fresh_first_hours, household.fresh_second_hours, household.fresh_later_hours)
    assert hours == kept
    assert household.fresh_days == 14


def test_a_search_in_the_future_becomes_one_of_now(before: Database, tmp_path: Path) -> None:
    _item(before, 1, searched_at=None, arr_searched_at=NOW + 1500 * DAY_MS)
    _migrate(before, tmp_path)
    item = Item.get()
    assert from_ms(NOW) <= item.arr_searched_at <= now()
    assert to_ms(item.arr_searched_told) == NOW + 1500 * DAY_MS
    assert to_ms(item.eligible_at) == to_ms(item.arr_searched_at) + 7 * DAY_MS


def test_movies_wait_for_the_release_that_is_known_and_are_read_again(
    before: Database, tmp_path: Path
) -> None:
    facts = {"instance": 2, "reason": 0, "searched_at": None}
    _item(before, 1, aired_at=NOW + 90 * DAY_MS, **facts)
    _item(before, 2, aired_at=NOW - 90 * DAY_MS, **facts)
    _item(before, 3, aired_at=None, **facts)
    _migrate(before, tmp_path)
    reasons = [item.reason for item in Item.select().order_by(Item.arr_id)]
    assert reasons == [Reason.UNRELEASED, Reason.ELIGIBLE, Reason.ELIGIBLE]
    assert [row.total for row in WantedList.select().order_by(WantedList.id)] == [9, -1]
    assert Instance.get_by_id(1).looked_at is not None
    assert Instance.get_by_id(2).looked_at is None
