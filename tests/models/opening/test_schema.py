"""How a database file gets from an earlier schema to this one."""

from pathlib import Path

import pytest

from models.backups.making import KEPT_OF_EACH
from models.database import Database, UnusableDatabase
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.database.fields import now
from models.instances import Instance
from models.opening.schema import MIGRATIONS, TABLES, migrate, open_database
from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import START

pytestmark = pytest.mark.embedded("is about the schema of the file and its migrations")

# Rebuilds a table that others point to, as SQLite needs it for most changes.
REBUILD = """
from peewee import TextField

def up(migrator, db):
    db.execute_sql("CREATE TABLE rebuilt AS SELECT * FROM queues")
    columns = [row[1] for row in db.execute_sql("PRAGMA table_info(queues)").fetchall()]
    (made,) = db.execute_sql("SELECT sql FROM sqlite_master WHERE name = 'queues'").fetchone()
    db.execute_sql(made.replace('"queues"', '"queues_new"'))
    names = ", ".join(columns)
    db.execute_sql(f"INSERT INTO queues_new ({names}) SELECT {names} FROM queues")
    db.execute_sql("DROP TABLE queues")
    db.execute_sql("ALTER TABLE queues_new RENAME TO queues")
    db.execute_sql("DROP TABLE rebuilt")
    db.execute_sql("ALTER TABLE queues ADD COLUMN note TEXT NOT NULL DEFAULT ''")
"""
TRUTHS = {"FALSE": "0", "TRUE": "1"}
BROKEN = """
def up(migrator, db):
    db.execute_sql("ALTER TABLE queues ADD COLUMN half TEXT")
    db.execute_sql("ALTER TABLE nothing ADD COLUMN other TEXT")
"""


def described(opened: Database) -> dict[str, object]:
    """Columns by name, foreign keys and indexes of every table; where a column stands is free."""
    found: dict[str, object] = {}
    names = opened.execute_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite_%' AND name != 'schema_migration'"
    ).fetchall()
    for (name,) in names:
        indexes = opened.execute_sql(f"PRAGMA index_list({name})").fetchall()
        found[name] = {
            "columns": sorted(_placeless(opened, f"PRAGMA table_xinfo({name})")),
            "keys": sorted(_placeless(opened, f"PRAGMA foreign_key_list({name})")),
            "indexes": sorted(
                (index, unique, partial, _columns(opened, index), _condition(opened, index))
                for _, index, unique, _, partial in indexes
            ),
            "autoincrement": "AUTOINCREMENT" in _statement(opened, name),
        }
    return found


def _placeless(opened: Database, pragma: str) -> list[tuple[object, ...]]:
    """Its rows without their first column: a number that only counts them.

    SQLite's words for a truth are other names of 0 and 1.
    """
    rows = opened.execute_sql(pragma).fetchall()
    return [tuple(TRUTHS.get(value, value) for value in row[1:]) for row in rows]


def _columns(opened: Database, index: str) -> tuple[object, ...]:
    """In the index's order, each without its place in the table."""
    rows = _placeless(opened, f'PRAGMA index_xinfo("{index}")')
    return tuple(row[1:] for row in rows)


def _statement(opened: Database, name: str) -> str:
    row = opened.execute_sql("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    return (row[0] or "") if row else ""


def _condition(opened: Database, index: str) -> str:
    condition = _statement(opened, index).partition(" WHERE ")[2]
    return condition.replace('"', "").replace("(", "").replace(")", "").replace("items.", "")


def _folder(tmp_path: Path, script: str) -> Path:
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in MIGRATIONS.glob("*.py"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "9999_made_up.py").write_text(script)
    return folder


def test_the_migrated_schema_is_that_of_the_models(
    db: Database, tmp_path: Path, keyring: Keyring
) -> None:
    fresh = EmbeddedDatabase(tmp_path / "models.db", keyring)
    fresh.open()
    with fresh.bind_ctx(TABLES):
        fresh.create_tables(TABLES)
    migrated, made = described(db), described(fresh)
    fresh.close_all()
    assert set(migrated) == set(made) == {table._meta.table_name for table in TABLES}
    for name in made:
        assert migrated[name] == made[name]


def test_a_database_that_is_up_to_date_is_left_alone(db: Database, tmp_path: Path) -> None:
    assert migrate(db, tmp_path / "vqs.db", now()) == []
    assert not (tmp_path / "backups").exists()


def test_a_rebuilt_table_keeps_its_children(
    db: Database, tmp_path: Path, nightly: Queue, finished: Run
) -> None:
    links = db.execute_sql("SELECT * FROM queue_instances").fetchall()
    runs = db.execute_sql("SELECT * FROM runs").fetchall()
    folder = _folder(tmp_path, REBUILD)
    assert migrate(db, tmp_path / "vqs.db", START, folder) == ["9999_made_up"]
    assert db.execute_sql("SELECT * FROM queue_instances").fetchall() == links != []
    assert db.execute_sql("SELECT * FROM runs").fetchall() == runs != []
    assert db.execute_sql("SELECT name, note FROM queues").fetchall() == [("Nightly", "")]
    assert db.execute_sql("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute_sql("PRAGMA foreign_keys").fetchone() == (1,)
    with db.atomic():
        Instance.delete().execute()
    assert db.execute_sql("SELECT count(*) FROM queue_instances").fetchone() == (0,)


def test_a_backup_is_made_before_that_opens_with_the_same_key(
    db: Database, tmp_path: Path, nightly: Queue, keyring: Keyring
) -> None:
    migrate(db, tmp_path / "vqs.db", START, _folder(tmp_path, REBUILD))
    (path,) = (tmp_path / "backups").iterdir()
    assert path.name == f"before-update-20260504T120000.000Z-{keyring.id}.db"
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"Nightly" not in path.read_bytes()
    backup = EmbeddedDatabase(path, keyring)
    backup.open()
    assert backup.execute_sql("SELECT name FROM queues").fetchall() == [("Nightly",)]
    assert "note" not in _statement(backup, "queues")
    backup.close_all()


def test_only_a_few_backups_are_kept(db: Database, tmp_path: Path, nightly: Queue) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in range(1, 9):
        (folder / f"before-update-2026010{day}T000000.000Z-00000000.db").touch()
    others = {"of-my-own.db", "scheduled-20250101T000000.000Z-00000000.db"}
    for name in others:
        (folder / name).touch()
    migrate(db, tmp_path / "vqs.db", START, _folder(tmp_path, REBUILD))
    kept = sorted(path.name for path in folder.glob("before-*"))
    assert len(kept) == KEPT_OF_EACH
    assert kept[-1].startswith("before-update-20260504T120000")
    assert others <= {path.name for path in folder.iterdir()}


def test_two_updates_in_one_second_make_two_backups(
    db: Database, tmp_path: Path, nightly: Queue
) -> None:
    migrate(db, tmp_path / "vqs.db", START, _folder(tmp_path, REBUILD))
    (tmp_path / "migrations" / "9998_more.py").write_text("def up(migrator, db): pass")
    migrate(db, tmp_path / "vqs.db", START, tmp_path / "migrations")
    assert len(list((tmp_path / "backups").iterdir())) == 2


def test_without_a_backup_nothing_is_changed(db: Database, tmp_path: Path, nightly: Queue) -> None:
    before = described(db)
    (tmp_path / "backups").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnusableDatabase, match="is a link"):
        migrate(db, tmp_path / "vqs.db", START, _folder(tmp_path, REBUILD))
    assert described(db) == before


def test_a_migration_that_fails_leaves_everything_as_it_was(
    db: Database, tmp_path: Path, nightly: Queue
) -> None:
    before = described(db)
    with pytest.raises(Exception, match="nothing"):
        migrate(db, tmp_path / "vqs.db", START, _folder(tmp_path, BROKEN))
    assert described(db) == before
    assert Queue.get().name == "Nightly"


@pytest.fixture
def finished(nightly: Queue) -> Run:
    run = Run.start(nightly, START, trigger="schedule")
    assert run is not None
    run.finish("finished", START)
    return run


def test_a_database_of_a_newer_version_is_refused_in_one_sentence(
    tmp_path: Path, keyring: Keyring
) -> None:
    path = tmp_path / "newer.db"
    opened = open_database(path, keyring, START)
    statement = "INSERT INTO schema_migration (name, applied) VALUES ('9000_newer', '2030-01-01')"
    opened.execute_sql(statement)
    opened.close_all()
    with pytest.raises(UnusableDatabase) as caught:
        open_database(path, keyring, START)
    said = str(caught.value)
    assert "A newer version of the program has changed the database (it knows 9000_newer)" in said
    assert "\n" not in said and said.endswith("from before that update.")
    assert not (tmp_path / "backups").exists()


def test_a_new_database_is_told_in_one_short_line(
    tmp_path: Path, keyring: Keyring, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="models.opening.schema"):
        for _ in range(2):
            open_database(tmp_path / "new.db", keyring, START).close_all()
    assert [record.getMessage() for record in caplog.records] == ["made a new database"]
