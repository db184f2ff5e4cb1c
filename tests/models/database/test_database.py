"""The one encrypted database file."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from peewee import DatabaseError, OperationalError

from models.database import Database, UnusableDatabase, database
from models.database.embedded import EmbeddedDatabase, _raw_key
from models.database.encryption import Keyring
from models.database.fields import now
from models.instances import Instance
from models.opening.schema import open_database
from models.people import User
from models.people.throttles import Throttle
from tests.conftest import START
from tests.fakes.traps import unwritable

OTHER = Keyring(b"another secret of 32 bytes here!")
MARKER = "Marker-6c1f0e2b"


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.embedded("reads the bytes of the file")
def test_no_text_of_ours_is_found_in_its_bytes(db: Database, alice: User, tmp_path: Path) -> None:
    alice.change(name=MARKER)
    Instance.create(
        name=MARKER,
        key=MARKER,
        application="sonarr",
        url=f"http://{MARKER}",
        api_key=MARKER,
        created_at=now(),
    )
    db.execute_sql("VACUUM INTO ?", (str(tmp_path / "backup.db"),))
    contents = _contents(tmp_path)
    assert {"vqs.db", "vqs.db-wal", "backup.db"} <= set(contents)
    for name, content in contents.items():
        for text in (MARKER, "CREATE TABLE", "SQLite format", "api_key"):
            assert text.encode() not in content, (name, text)
    db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert MARKER.encode() not in (tmp_path / "vqs.db").read_bytes()


def test_the_key_of_an_instance_is_sealed_once_more(alice: User) -> None:
    made = Instance.create(
        name="Attic",
        key="attic",
        application="sonarr",
        url="http://a",
        api_key=MARKER,
        created_at=now(),
    )
    (stored,) = database.execute_sql("SELECT api_key FROM instances").fetchone()
    assert MARKER not in stored
    assert Instance.get_by_id(made.id).api_key.reveal() == MARKER
    assert MARKER not in repr(Instance.get().api_key)


def test_another_key_is_refused_in_one_sentence_and_touches_nothing(
    tmp_path: Path, keyring: Keyring
) -> None:
    open_database(tmp_path / "vqs.db", keyring, now()).close_all()
    before = _contents(tmp_path)
    with pytest.raises(UnusableDatabase) as refusal:
        open_database(tmp_path / "vqs.db", OTHER, now())
    assert str(refusal.value) == (
        f"The database {tmp_path / 'vqs.db'} was not encrypted with this master secret."
    )
    assert _contents(tmp_path) == before


@pytest.mark.parametrize("key", [b"", b"short", b"k" * 31, b"k" * 33])
def test_a_key_of_another_length_never_reaches_the_file(key: bytes) -> None:
    with pytest.raises(UnusableDatabase, match="must be 32 bytes long"):
        _raw_key(key)


def test_a_keyring_with_an_empty_key_opens_nothing(tmp_path: Path) -> None:
    class Keyless(Keyring):
        database_key = b""

    with pytest.raises(UnusableDatabase):
        EmbeddedDatabase(tmp_path / "vqs.db", Keyless(bytes(32)))
    assert _contents(tmp_path) == {}


def test_a_database_that_is_not_encrypted_is_refused_and_left_alone(
    tmp_path: Path, keyring: Keyring
) -> None:
    with sqlite3.connect(tmp_path / "vqs.db") as plain:
        plain.execute("CREATE TABLE users (id)")
    plain.close()
    before = _contents(tmp_path)
    with pytest.raises(UnusableDatabase, match="was not encrypted with this master secret"):
        open_database(tmp_path / "vqs.db", keyring, now())
    assert _contents(tmp_path) == before


def test_a_file_of_something_else_is_refused_and_left_alone(
    tmp_path: Path, keyring: Keyring
) -> None:
    (tmp_path / "vqs.db").write_bytes(b"not a database at all\n" * 500)
    before = _contents(tmp_path)
    with pytest.raises(UnusableDatabase):
        open_database(tmp_path / "vqs.db", keyring, now())
    assert _contents(tmp_path) == before


def test_a_folder_in_its_place_is_refused(tmp_path: Path, keyring: Keyring) -> None:
    with pytest.raises(UnusableDatabase, match="cannot be opened"):
        open_database(tmp_path, keyring, now())


@pytest.mark.embedded("asks SQLite how it works")
def test_it_is_opened_as_the_pages_need_it(db: Database) -> None:
    def pragma(name: str) -> object:
        return db.execute_sql(f"PRAGMA {name}").fetchone()[0]

    assert pragma("journal_mode") == "wal"
    assert pragma("foreign_keys") == 1
    assert pragma("synchronous") == 1
    assert pragma("busy_timeout") == 15_000
    with db.durable():
        assert pragma("synchronous") == 2
    assert pragma("synchronous") == 1


async def test_long_reads_have_a_thread_and_connection_of_their_own(
    db: Database, alice: User
) -> None:
    def read() -> tuple[str, int]:
        return User.get().name, threading.get_ident()

    name, thread = await database.aside(read)
    assert name == "Alice"
    assert thread != threading.get_ident()
    read_by = {on for _, on in await asyncio.gather(*(database.aside(read) for _ in range(5)))}
    assert len(read_by | {thread}) <= (2 if database.is_server else 1)


@pytest.mark.embedded("knows SQLite's own errors")
def test_a_full_disk_is_told_from_a_fault_of_the_program(db: Database) -> None:
    assert database.why_unwritable(OperationalError("database or disk is full"))
    assert not database.is_unwritable(OperationalError("no such table: items"))
    assert not database.is_unwritable(ValueError("disk is full"))


def test_why_nothing_can_be_written_is_told_in_words_of_ours(db: Database) -> None:
    with unwritable(), pytest.raises(DatabaseError) as refused:
        Throttle.count(["name:alice"], START)
    assert "be read" in database.why_unwritable(refused.value)
    assert database.obstacle == ""


def test_what_a_page_can_do_without_is_left_out_on_a_full_disk_only(db: Database) -> None:
    Throttle.count(["name:alice"], START)
    with unwritable():
        database.if_writable(Throttle.forget, subjects=["name:alice"])
    assert Throttle.select().count() == 1
    with pytest.raises(DatabaseError):
        database.if_writable(db.execute_sql, sql="DELETE FROM nowhere")
