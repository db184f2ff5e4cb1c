"""S22: what lies on the disk is encrypted, and another key opens and changes nothing."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from peewee import TextField

from models.database import Database, database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.database.fields import SealedField, now
from models.opening.schema import MIGRATIONS, TABLES, migrate
from tests.conftest import PASSWORD
from tests.fakes.program import refusal, running
from tests.furnished import furnish

MARK = "Marker-51c07e9a"
# What every SQLite file would say in plain text, and what every schema of ours would.
PLAIN = (b"SQLite format 3", b"CREATE TABLE", b"password_hash", b"sqlite_master")


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def _plant() -> int:
    """The mark, in every text column of every table; how many of them there are."""
    planted = 0
    with database.atomic():
        for table in TABLES:
            name = table._meta.table_name
            for field in table._meta.sorted_fields:
                if isinstance(field, TextField) and name != "audit":
                    database.execute_sql(
                        f'UPDATE "{name}" SET "{field.column_name}" = ? || rowid', (MARK,)
                    )
                    planted += 1
    return planted


def _is_in(content: bytes) -> list[bytes]:
    texts = (MARK.encode(), MARK.encode("utf-16-le"), PASSWORD.encode(), *PLAIN)
    return [text for text in texts if text in content]


@pytest.mark.embedded("reads the bytes of the file")
def test_no_text_of_any_column_is_found_in_any_file(db: Database, tmp_path: Path) -> None:
    furnish(MARK, PASSWORD)
    assert _plant() > 50
    next_one = tmp_path / "migrations"
    next_one.mkdir()
    for script in MIGRATIONS.glob("[0-9]*.py"):
        (next_one / script.name).write_text(script.read_text())
    (next_one / "9999_nothing.py").write_text("def up(migrator, db):\n    pass\n")
    assert migrate(db, tmp_path / "vqs.db", now() + timedelta(days=1), next_one)
    files = _files(tmp_path)
    copies = [name for name in files if re.fullmatch(r"backups/before-update-\S+\.db", name)]
    assert copies
    assert {"vqs.db", "vqs.db-wal", "vqs.db-shm"} <= set(files)
    ours = {name: content for name, content in files.items() if not name.startswith("migrations")}
    assert {name: _is_in(content) for name, content in ours.items() if _is_in(content)} == {}
    for name in copies:
        copy = EmbeddedDatabase(tmp_path / name, db.keyring)
        copy.open()
        (found,) = copy.execute_sql("SELECT name FROM users LIMIT 1").fetchone()
        copy.close_all()
        assert found.startswith(MARK)
    assert [oct((tmp_path / name).stat().st_mode & 0o077) for name in copies] == ["0o0"]


@pytest.mark.embedded("asks SQLCipher how it was compiled")
def test_nothing_is_put_aside_in_plain_text_by_a_big_query(db: Database, tmp_path: Path) -> None:
    """Sorting more than the memory holds would write a temporary file."""
    compiled = {row[0] for row in db.execute_sql("PRAGMA compile_options").fetchall()}
    assert "TEMP_STORE=2" in compiled or "TEMP_STORE=3" in compiled


def test_every_sealed_column_is_sealed_once_more_below_the_file(db: Database) -> None:
    furnish(MARK, PASSWORD)
    sealed = [
        (table._meta.table_name, field.column_name)
        for table in TABLES
        for field in table._meta.sorted_fields
        if isinstance(field, SealedField)
    ]
    assert {column for _, column in sealed} >= {"pepper", "api_key", "secret"}
    for table, column in sealed:
        for (stored,) in database.execute_sql(f'SELECT "{column}" FROM "{table}"').fetchall():
            assert stored.startswith("gAAAA"), (table, column)


@pytest.mark.long
@pytest.mark.long
def test_what_a_killed_server_left_is_not_touched_with_another_key(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as (_, process):
        process.kill()
        process.wait()
    (tmp_path / "other").write_text("cd" * 32)
    (tmp_path / "other").chmod(0o600)
    before = _files(data)
    assert before["vqs.db-wal"]
    code, said = refusal(data, secret_file=tmp_path / "other", log_level="error")
    assert code == 2
    assert said.endswith(
        f"The database {data / 'vqs.db'} was not encrypted with this master secret.\n"
    )
    assert "Traceback" not in said
    assert said.count("\n") == 1
    after = _files(data)
    # The index of the -wal is no data, and is made anew by whoever opens it next.
    before.pop("vqs.db-shm", None)
    after.pop("vqs.db-shm", None)
    assert after == before
    with running(data):
        pass


@pytest.mark.long
@pytest.mark.long
def test_without_its_secret_a_database_gets_no_new_one(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data):
        pass
    secret = tmp_path / "data-secret" / "master.key"
    secret.rename(tmp_path / "kept")
    before = _files(data)
    code, said = refusal(data)
    assert code == 2
    assert "put it back, or name it in VQS_SECRET_FILE" in said
    assert not secret.exists()
    assert _files(data) == before


def test_files_of_the_data_folder_are_their_owner_s_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data):
        modes = {path.name: path.stat().st_mode & 0o077 for path in data.rglob("*")}
        assert {"vqs.db", "vqs.db-wal"} <= set(modes)
        assert {name: oct(mode) for name, mode in modes.items() if mode} == {}
    assert os.stat(data).st_mode & 0o077 == 0


@pytest.mark.embedded("copies the file")
@pytest.mark.parametrize("key", [b"k" * 32])
def test_a_copy_without_the_secret_is_worthless(key: bytes, db: Database, tmp_path: Path) -> None:
    furnish(MARK, PASSWORD)
    target = tmp_path / "copy.db"
    db.execute_sql("VACUUM INTO ?", (str(target),))
    thief = EmbeddedDatabase(target, Keyring(key))
    with pytest.raises(Exception, match="was not encrypted with this master secret"):
        thief.open()
