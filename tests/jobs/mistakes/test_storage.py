"""Mistakes made with the database."""

import logging
from pathlib import Path
from typing import Any

import pytest

from jobs.engine import Engine
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.backlog.exclusions import Exclusion
from models.dashboard.overview import Overview
from models.database import Database
from models.instances import Instance
from models.opening.schema import migrate
from models.people import User
from models.queues import Queue
from models.searches import Search
from tests.conftest import START
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock
from tests.jobs.faults.acting import listed, run, searched

ROOT = Path(__file__).parents[3]


REBUILD = """
def up(migrator, db):
    db.execute_sql("ALTER TABLE instances RENAME TO former")
    db.execute_sql("CREATE TABLE instances (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)")
    db.execute_sql("INSERT INTO instances SELECT id, name FROM former")
    db.execute_sql("DROP TABLE former")
"""


@pytest.mark.embedded("is about migrations of the file")
async def test_rebuilding_a_table_in_a_migration_keeps_its_children(
    engine: Engine, nightly: Queue, db: Database, tmp_path: Path
) -> None:
    await run(engine, nightly)
    folder = tmp_path / "migrations"
    folder.mkdir()
    first = ROOT / "models" / "migrations" / "0001_first_tables.py"
    (folder / first.name).write_text(first.read_text())
    (folder / "0002_rebuild.py").write_text(REBUILD)
    before = [Item.select().count(), Search.select().count(), len(searched())]
    db.execute_sql("PRAGMA legacy_alter_table = 1")
    migrate(db, Path(db.database), START, folder)
    assert [Item.select().count(), Search.select().count(), len(searched())] == before
    assert before[2] == 5


async def test_a_thousand_series_are_no_trouble(
    engine: Engine,
    nightly: Queue,
    living_room: Instance,
    sonarr: FakeArr,
    alice: User,
    clock: FastClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Older builds of SQLite take 999 variables in a statement."""
    numbers = range(1, 1301)
    series = [{"id": number, "title": f"Series {number}", "tags": [1]} for number in numbers]
    episodes = [
        {"id": number, "seriesId": number, "seasonNumber": 1, "episodeNumber": 1, "monitored": True}
        for number in numbers
    ]
    answers: dict[str, Any] = {
        "/api/v3/series": series,
        "/api/v3/queue/details": [{"episodeId": number} for number in range(100, 1200)],
    }
    missing = episodes

    def before(seen: Seen) -> Response | None:
        if seen.path == "/api/v3/wanted/missing":
            number, size = (int(seen.query[name][0]) for name in ("page", "pageSize"))
            records = missing[(number - 1) * size : number * size]
            return Response(200, {"totalRecords": len(missing), "records": records})
        return Response(200, answers[seen.path]) if seen.path in answers else None

    sonarr.before = before
    with caplog.at_level(logging.DEBUG, "peewee"):
        await run(engine, nightly)
        assert set(numbers) <= listed(living_room)
        Exclusion.decide(Item.get(Item.arr_id == 3), "series", until=None, user=alice, at=START)
        missing = episodes[:1]
        await sync(engine, living_room)
        clock.advance(minutes=10)
        await sync(engine, living_room)
        assert Item.select().where(Item.reason == Reason.LEFT).count() > 1000
    asked = [record.args or record.msg for record in caplog.records if record.name == "peewee"]
    assert max(len(parameters or ()) for _, parameters in asked) <= 999


async def test_no_transaction_is_open_while_an_instance_is_asked(
    engine: Engine, nightly: Queue, sonarr: FakeArr, db: Database
) -> None:
    open_ones = []

    def look(seen: Seen) -> Response | None:
        if db.in_transaction():
            open_ones.append(seen.path)
        return None

    sonarr.before = look
    await run(engine, nightly)
    assert len(sonarr.log) > 20
    assert open_ones == []


@pytest.mark.embedded("asks SQLite for its plan of small tables")
async def test_the_dashboard_reads_no_more_of_the_log_than_it_shows(
    engine: Engine, db: Database, nightly: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    """Each of its statements about searches goes through an index."""
    await run(engine, nightly)
    with caplog.at_level(logging.DEBUG, "peewee"):
        Overview.at(START)
    asked = [record.msg for record in caplog.records if record.name == "peewee"]
    for sql, parameters in asked:
        if "searches" in sql:
            plan = db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()
            scans = [row[3] for row in plan if row[3].startswith("SCAN") and "INDEX" not in row[3]]
            assert scans == [], sql
