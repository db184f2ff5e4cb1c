"""A backup is written while the program works, read back, and only then given its name."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from models.backups import BackupFolder
from models.backups.making import DRAFT, BackupFailed, clear_drafts, make
from models.backups.reading import read
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.household import Household
from models.people import User
from tests.conftest import START
from tests.people import account

pytestmark = pytest.mark.embedded("is about the files of backups")

Opened = EmbeddedDatabase


@pytest.fixture
def folder(tmp_path: Path) -> BackupFolder:
    return BackupFolder(tmp_path / "backups")


def test_it_holds_everything_encrypted_and_names_moment_and_key(
    db: Opened, alice: User, keyring: Keyring, folder: BackupFolder
) -> None:
    made = make(db, "scheduled", START)
    assert made and folder.all() == [made]
    assert made.name == f"scheduled-20260504T120000.000Z-{keyring.id}.db"
    assert (made.cause, made.made_at, made.key_id) == ("scheduled", START, keyring.id)
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert b"Alice" not in made.path.read_bytes()
    assert read(made.path, keyring).rows["users"] == 1


def test_backups_of_one_moment_do_not_meet(db: Opened, folder: BackupFolder) -> None:
    made = [make(db, "by-hand", START) for _ in range(3)]
    assert len({each.name for each in made if each}) == len(folder.all()) == 3


def test_two_at_once_of_one_moment_do_not_meet(
    db: Opened, folder: BackupFolder, keyring: Keyring, tmp_path: Path
) -> None:
    def another() -> None:
        with db.connection_context():
            make(db, "by-hand", START)

    threads = [threading.Thread(target=another) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(folder.all()) == 4
    assert len(list(folder.path.iterdir())) == 4


def test_what_is_written_meanwhile_waits_for_the_next_one(
    db: Opened, alice: User, keyring: Keyring
) -> None:
    """Another connection goes on writing; the copy is of one moment."""
    ended = threading.Event()

    def go_on() -> None:
        with db.connection_context():
            for number in range(10_000):
                if ended.is_set():
                    break
                Household.update(daily_budget=100 + number % 9).execute()

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        made = [make(db, "by-hand", START) for _ in range(3)]
    finally:
        ended.set()
        writer.join()
    assert all(each and read(each.path, keyring).rows["settings"] == 1 for each in made)


def test_a_stop_ends_it_and_leaves_nothing(db: Opened, folder: BackupFolder) -> None:
    for number in range(300):
        account(f"Person {number}", "viewer")
    assert make(db, "scheduled", START, lambda: True) is None
    assert list(folder.path.iterdir()) == []


def test_a_link_in_the_place_of_the_folder_is_refused(
    db: Opened, folder: BackupFolder, tmp_path: Path
) -> None:
    (tmp_path / "secret").mkdir()
    folder.path.symlink_to(tmp_path / "secret")
    with pytest.raises(BackupFailed, match="is a link"):
        make(db, "scheduled", START)
    assert list((tmp_path / "secret").iterdir()) == []


def test_what_cannot_be_written_is_one_sentence(db: Opened, folder: BackupFolder) -> None:
    folder.path.write_text("no folder")
    with pytest.raises(BackupFailed, match="could not be written"):
        make(db, "scheduled", START)


def test_drafts_of_killed_processes_are_cleared(db: Opened, folder: BackupFolder) -> None:
    made = make(db, "scheduled", START)
    assert made
    draft = folder.path / f"{made.name}{DRAFT}"
    draft.touch()
    (folder.path / "of-my-own.db").touch()
    clear_drafts(folder.path)
    assert {each.name for each in folder.path.iterdir()} == {made.name, "of-my-own.db"}


def test_the_latest_is_none_of_the_future_and_none_that_nobody_read(
    db: Opened, folder: BackupFolder
) -> None:
    older = make(db, "scheduled", START - timedelta(days=1))
    make(db, "scheduled", START + timedelta(days=1))
    make(db, "before-restore", START)
    assert folder.latest(START) == older


def test_a_folder_tells_whether_one_disk_holds_it_and_the_database(tmp_path: Path) -> None:
    folder = BackupFolder(tmp_path)
    assert folder.shares_disk(tmp_path / ".")
    assert not folder.shares_disk(Path("/proc/self"))
    assert folder.shares_disk(tmp_path / "missing")
