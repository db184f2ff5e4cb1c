"""Searches of an earlier schema are counted as if they had been counted when they ended."""

import random
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from models.database import Database, database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.database.fields import to_ms
from models.opening.schema import MIGRATIONS, migrate
from models.searches import Search
from models.yields import Yield
from models.yields.table import COLUMNS
from tests.conftest import START

OUTCOMES = ("grabbed", "nothing", "no_indexer", "failed", "unknown")
EARLIER = ("0001_first_tables.py", "0002_schedules.py", "0003_grabs.py")


def add(opened: Database, table: str, **columns: object) -> None:
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    opened.execute_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(columns.values()))


@pytest.fixture
def before(tmp_path: Path, keyring: Keyring) -> Database:
    """The schema before this one; in New York, where a clock went forward in between."""
    folder = tmp_path / "earlier"
    folder.mkdir()
    for name in EARLIER:
        shutil.copy(MIGRATIONS / name, folder)
    opened = EmbeddedDatabase(tmp_path / "old.db", keyring)
    opened.open()
    database.initialize(opened)
    migrate(opened, tmp_path / "old.db", START, folder)
    household = dict.fromkeys(
        ("hourly_budget", "daily_budget", "missing_cooldown_days", "upgrade_cooldown_days"), 1
    )
    household |= dict.fromkeys(("recent_cooldown_hours", "recent_days", "longest_cooldown_days"), 1)
    household |= {"failed_cooldown_days": 1, "grace_hours": 1, "created_at": 0, "pepper": ""}
    add(opened, "settings", id=1, time_zone="America/New_York", **household)
    person = {"key": "a", "password_hash": "", "role": "admin", "time_zone": "UTC"}
    add(opened, "users", id=1, name="A", created_at=0, **person)
    add(opened, "queues", **_queue())
    rng = random.Random(4)
    for _ in range(300):
        add(opened, "searches", **_search(rng))
    return opened


def _queue() -> dict[str, object]:
    known: dict[str, object] = {"id": 7, "owner_id": 1, "name": "Nightly", "key": "nightly"}
    known |= {"strategy": "missing", "item_order": "title", "packs": "never", "recent_days": 14}
    return known | {"filters": "{}", "weight": 1, "batch_size": 5, "created_at": 0, "schedule": ""}


def _search(rng: random.Random) -> dict[str, object]:
    outcome = rng.choice(OUTCOMES)
    queue, name = rng.choice(((7, "Nightly"), (None, "Deleted"), (None, "")))
    known: dict[str, object] = {"queue_id": queue, "queue_name": name, "instance_name": "Cinema"}
    known |= {"demo": rng.random() < 0.1, "kind": "movie", "title": "", "message": ""}
    known |= {"want": rng.choice(("missing", "upgrade")), "attempt": rng.randint(1, 9)}
    known |= {"age_days": rng.choice((None, -2, 0, 14, 100, 2000)), "state": "done"}
    known |= {"outcome": outcome, "cost": int(rng.random() < 0.9)}
    known |= {"indexer": rng.choice((None, "One", "Two")) if outcome == "grabbed" else None}
    known |= {"strategy": rng.choice((None, "missing")) if name else ""}
    at = START - timedelta(minutes=rng.randrange(80 * 24 * 60))
    return known | {"item_order": known["strategy"] and "title", "created_at": to_ms(at)}


def _counted() -> dict[tuple[object, ...], list[object]]:
    return {
        (row.demo, row.dimension, row.period, row.key): [
            row.name,
            *(getattr(row, column) for column in COLUMNS),
        ]
        for row in Yield.select()
    }


def test_what_was_searched_before_is_counted_as_if_it_had_been_then(
    before: Database, tmp_path: Path
) -> None:
    assert "0004_yields" in migrate(before, tmp_path / "old.db", START)
    filled = _counted()
    never_begun = Search.select().where(Search.cost == 0)
    assert all(row.counted_day is None for row in never_begun)
    Yield.delete().execute()
    Search.update(counted_day=None, counted_queue=None, counted_instance=None).execute()
    for search in Search.select().where(Search.cost > 0):
        Yield.count_outcome(search)
    assert filled == _counted() != {}
    before.close_all()


def test_the_hour_is_that_of_the_house_in_winter_and_in_summer(
    before: Database, tmp_path: Path
) -> None:
    """New York is five hours behind UTC until 8 March 2026, and four from then on."""
    migrate(before, tmp_path / "old.db", START)
    change = START.replace(month=3, day=8, hour=7, minute=0)
    behind = {
        ((row.created_at.hour - row.local_hour) % 24, row.created_at >= change)
        for row in Search.select().where(Search.local_hour.is_null(False))
    }
    assert behind == {(5, False), (4, True)}
    before.close_all()


def test_days_longer_ago_than_are_kept_are_in_their_months_only(
    before: Database, tmp_path: Path
) -> None:
    old = to_ms(START - timedelta(days=400))
    add(before, "searches", **_search(random.Random(1)) | {"created_at": old, "cost": 1})
    for days in range(150):
        at = to_ms(START - timedelta(days=days))
        add(before, "searches", **_search(random.Random(1)) | {"created_at": at, "cost": 1})
    migrate(before, tmp_path / "old.db", START)
    periods = {row.period for row in Yield.select().where(Yield.dimension == "total")}
    assert 202503 in periods
    assert len([period for period in periods if period > 9_999_999]) == 100
    before.close_all()


def test_an_empty_history_is_no_hindrance(before: Database, tmp_path: Path) -> None:
    before.execute_sql("DELETE FROM searches")
    migrate(before, tmp_path / "old.db", START)
    assert not Yield.select().exists()
    before.close_all()
