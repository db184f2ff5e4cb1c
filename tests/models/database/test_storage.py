"""The database's file: what is free goes back, and damage is found."""

from pathlib import Path

import pytest

from models.backlog.snapshots import Drift
from models.backlog.tags import link
from models.database import Database, database
from models.database.encryption import Keyring
from models.database.storage import PAGES_KEPT_FREE
from models.instances import Instance
from models.opening.schema import open_database
from tests.conftest import START
from tests.wanted import wanted

pytestmark = pytest.mark.embedded("is about the pages of the file")

LONG = "x" * 3000
PAGE = 4096


def write_a_lot(instance: Instance, rows: int) -> None:
    facts = {"instance_id": instance.id, "at": START, "sentence": LONG}
    with database.atomic():
        Drift.insert_many([facts] * rows).execute()


def never() -> bool:
    return False


def test_free_pages_go_back_to_the_disk_but_for_a_few(
    db: Database, living_room: Instance, tmp_path: Path
) -> None:
    write_a_lot(living_room, 2 * PAGES_KEPT_FREE)
    Drift.delete().execute()
    before = database.room()
    assert before.free > PAGES_KEPT_FREE * PAGE
    while database.give_back():
        pass
    after = database.room()
    assert after.free <= PAGES_KEPT_FREE * PAGE
    assert before.size - after.size >= before.free - after.free > 0
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert (tmp_path / "vqs.db").stat().st_size == after.size


def test_a_file_that_cannot_shrink_is_left_alone(tmp_path: Path, keyring: Keyring) -> None:
    opened = open_database(tmp_path / "other.db", keyring, START)
    opened.execute_sql("PRAGMA auto_vacuum = 0")
    opened.execute_sql("VACUUM")
    opened.execute_sql("CREATE TABLE long (text TEXT)")
    rows = [(LONG,)] * (2 * PAGES_KEPT_FREE)
    opened.connection().executemany("INSERT INTO long VALUES (?)", rows)
    opened.execute_sql("DROP TABLE long")
    assert not database.give_back()
    opened.close_all()


def test_what_has_grown_tenfold_is_looked_at_again(db: Database, living_room: Instance) -> None:
    write_a_lot(living_room, 500)
    names = database.outgrown()
    assert "drifts_instance_id" in names
    for name in names:
        database.learn(name)
    assert not [each for each in database.outgrown() if "drifts" in each]
    known = "SELECT stat FROM sqlite_stat1 WHERE idx = 'drifts_instance_id'"
    assert db.execute_sql(known).fetchone()[0].startswith("500 ")


def test_a_table_too_long_for_the_loop_waits_for_the_stop(
    db: Database, living_room: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_a_lot(living_room, 500)
    monkeypatch.setattr("models.database.storage.LONGEST_ANALYSED", 499)
    assert not [each for each in database.outgrown() if "drifts" in each]


def test_a_table_whose_rows_have_no_numbers_waits_for_the_stop_too(
    db: Database, living_room: Instance
) -> None:
    item = wanted(living_room)
    link(living_room, {item.arr_id: range(500)})
    assert not [each for each in database.outgrown() if "item_tags" in each]


async def test_a_sound_file_has_no_faults(db: Database, living_room: Instance) -> None:
    write_a_lot(living_room, 100)
    assert await db.apart(database.faults, never) == []


async def test_a_page_that_the_disk_has_changed_is_found(
    db: Database, living_room: Instance, tmp_path: Path
) -> None:
    write_a_lot(living_room, 500)
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    path = tmp_path / "vqs.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert await db.apart(database.faults, never)
    assert Instance.select().count() == 1


async def test_an_index_that_disagrees_with_its_table_is_found(
    db: Database, living_room: Instance
) -> None:
    write_a_lot(living_room, 20)
    db.execute_sql("PRAGMA writable_schema = on")
    db.execute_sql(
        "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master"
        " WHERE name = 'snapshots_instance_id') WHERE name = 'drifts_instance_id'"
    )
    found = await db.apart(database.faults, never)
    assert found and "drifts_instance_id" in found[0]


async def test_a_check_stops_when_it_is_told_to(db: Database, living_room: Instance) -> None:
    write_a_lot(living_room, 2000)
    assert await db.apart(database.faults, lambda: True) is None
