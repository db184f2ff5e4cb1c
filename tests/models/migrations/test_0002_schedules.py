"""Queues of an earlier schema keep their pace, their moments and their children."""

import shutil
from pathlib import Path

import pytest

from models.database import Database, database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.opening.schema import MIGRATIONS, migrate
from models.queues import Queue, QueueInstance
from models.schedules import Schedule
from models.searches.runs import Run
from tests.conftest import START

DUE = 1_790_000_000_000


def add(opened: Database, table: str, **columns: object) -> None:
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    opened.execute_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(columns.values()))


def queue(opened: Database, number: int, owner: int, minutes: int, **more: object) -> None:
    known = {"name": f"Queue {number}", "key": f"queue {number}", "strategy": "missing"}
    known |= {"item_order": "title", "packs": "never", "recent_days": 14, "filters": "{}"}
    columns = known | {"batch_size": 5, "weight": 2, "created_at": DUE} | more
    add(opened, "queues", id=number, owner_id=owner, every_minutes=minutes, **columns)


@pytest.fixture
def before(tmp_path: Path, keyring: Keyring) -> Database:
    """The first tables: two people in two zones, three queues of which the last was deleted."""
    folder = tmp_path / "first"
    folder.mkdir()
    shutil.copy(MIGRATIONS / "0001_first_tables.py", folder)
    opened = EmbeddedDatabase(tmp_path / "old.db", keyring)
    opened.open()
    database.initialize(opened)
    migrate(opened, tmp_path / "old.db", START, folder)
    for number, (role, zone) in enumerate(
        (("admin", "Europe/Berlin"), ("member", "Asia/Tokyo")), 1
    ):
        person = {"name": role, "key": role, "password_hash": "", "created_at": 0}
        add(opened, "users", id=number, role=role, time_zone=zone, **person)
    server = {"name": "A", "key": "a", "application": "sonarr", "url": "http://a", "api_key": ""}
    usual = {"demo": 0, "verify_tls": 1, "hourly_budget": 10, "daily_budget": 100, "failures": 0}
    usual |= {"spacing_seconds": 30, "download_limit": 20, "free_space_gb": 10, "created_at": 0}
    usual |= {"good_probes": 0, "clock_ahead_ms": 0, "sync_read": 0, "sync_total": 0}
    add(opened, "instances", id=1, sync_note="", **server, **usual)
    queue(opened, 1, 1, 120, started_at=DUE - 1, next_run_at=DUE)
    queue(opened, 2, 2, 1440)
    queue(opened, 3, 1, 15)
    opened.execute_sql("DELETE FROM queues WHERE id = 3")
    add(opened, "queue_instances", queue_id=1, instance_id=1)
    run = {"queue_name": "Queue 1", "trigger": "schedule", "ignores_cooldown": 0, "started_at": 0}
    run |= {"state": "finished", "step": "", "note": "", "planned": 0}
    add(opened, "runs", queue_id=1, **run)
    return opened


def test_the_interval_becomes_a_schedule_in_the_owners_zone(
    before: Database, tmp_path: Path
) -> None:
    assert migrate(before, tmp_path / "old.db", START)[0] == "0002_schedules"
    first, second = Queue.select().order_by(Queue.id)
    assert first.schedule == Schedule(every_minutes=120, time_zone="Europe/Berlin")
    assert second.schedule == Schedule(every_minutes=1440, time_zone="Asia/Tokyo")
    assert Queue.select().where(Queue.next_run_at == DUE).get() == first
    assert (second.next_run_at, first.last_moment_at, first.retry_at) == (None, None, None)
    assert (first.order, first.weight, first.batch_size) == ("title", 2, 5)
    before.close_all()


def test_children_stay_and_no_id_is_given_again(before: Database, tmp_path: Path) -> None:
    migrate(before, tmp_path / "old.db", START)
    assert QueueInstance.get().queue_id == Run.get().queue_id == 1
    assert before.execute_sql("PRAGMA foreign_key_check").fetchall() == []
    facts = Queue.get_by_id(1).__data__ | {"id": None, "key": "new"}
    assert Queue.create(**facts).id == 4
    before.close_all()
