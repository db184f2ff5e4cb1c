"""A backup takes the place of the database: wholly, or not at all, and it can be undone."""

import shutil

import pytest

from models.database import UnusableDatabase
from models.household import Household
from models.opening import rotation
from models.opening.restoring import STEPS, Restore
from models.opening.schema import TABLES
from models.people import User
from models.people.audit import Event
from models.people.sessions import Session
from tests.placed import Place

NEW, OLD = "Europe/Rome", "UTC"


def test_the_next_start_restores_it_and_ends_all_sessions(place: Place) -> None:
    backup = place.back_up()
    place.move_to(NEW)
    place.choose(backup)
    opened = place.start()
    assert Household.current().time_zone == OLD
    assert User.get().name == "Alice"
    assert not Session.select().exists()
    told = Event.get(action="backup-restored")
    assert (told.name, told.about, told.address) == ("Alice", backup.name, "10.0.0.7")
    opened.close_all()
    assert place.names() == ["vqs.db"]
    assert place.folder.find(backup.name)


def test_the_database_from_before_is_a_backup_then_and_undoes_it(place: Place) -> None:
    backup = place.back_up()
    place.move_to(NEW)
    place.choose(backup)
    assert place.zone() == OLD
    (former,) = [each for each in place.folder.all() if each.cause == "before-restore"]
    place.choose(former)
    assert place.zone() == NEW


def test_what_a_killed_program_had_written_is_kept_too(place: Place) -> None:
    """The write-ahead log beside the file holds rows that the file lacks."""
    backup = place.back_up()
    opened = place.open()
    Household.current().change(time_zone=NEW)
    for part in ("", "-wal"):
        name = f"vqs.db{part}"
        shutil.copy(place.database.with_name(name), place.options.data_dir.parent / name)
    opened.close_all()
    for part in ("", "-wal"):
        name = f"vqs.db{part}"
        shutil.copy(place.options.data_dir.parent / name, place.database.with_name(name))
    place.choose(backup)
    assert place.zone() == OLD
    (former,) = [each for each in place.folder.all() if each.cause == "before-restore"]
    place.choose(former)
    assert place.zone() == NEW


def test_a_backup_that_does_not_open_leaves_the_database_as_it_was(place: Place) -> None:
    backup = place.back_up()
    place.move_to(NEW)
    content = bytearray(backup.path.read_bytes())
    content[:4096] = bytes(4096)
    backup.path.write_bytes(content)
    place.choose(backup)
    assert place.zone() == NEW
    place.start().close_all()
    assert place.names() == ["vqs.db"]


def test_why_it_was_not_restored_is_in_the_audit_trail(place: Place) -> None:
    backup = place.back_up()
    place.choose(backup)
    backup.path.unlink()
    opened = place.start()
    assert "not in the folder of backups" in Event.get(action="restore-failed").about
    assert Session.select().exists()
    opened.close_all()


def test_a_database_that_is_damaged_is_kept_beside_the_restored_one(place: Place) -> None:
    backup = place.back_up()
    place.database.write_bytes(b"no database at all" * 1000)
    place.choose(backup)
    assert place.zone() == OLD
    (former,) = [name for name in place.names() if name.startswith("vqs.db.former-")]
    assert place.database.with_name(former).read_bytes().startswith(b"no database at all")


def test_a_lost_database_comes_back_from_its_backup_and_secret(place: Place) -> None:
    place.move_to(NEW)
    backup = place.back_up()
    place.database.unlink()
    place.choose(backup)
    assert place.zone() == NEW


def test_a_backup_of_an_earlier_secret_is_taken_over_by_the_present_one(place: Place) -> None:
    backup = place.back_up()
    place.move_to(NEW)
    rotation.rotate(place.database, place.options.secret_path, TABLES)
    assert backup.key_id != place.secrets.keyring.id
    place.choose(backup)
    assert place.zone() == OLD


@pytest.mark.parametrize("step", STEPS)
def test_a_note_that_cannot_be_read_is_one_sentence_and_nothing_is_made(
    step: str, place: Place
) -> None:
    place.database.unlink()
    (place.options.data_dir / f"restore.{step}").write_text("{")
    with pytest.raises(UnusableDatabase, match="cannot be read"):
        place.start()
    assert place.names() == [f"restore.{step}"]


def test_a_note_that_a_kill_left_half_written_does_not_count_and_is_cleared(place: Place) -> None:
    place.move_to(NEW)
    place.database.with_name("restore.draft").write_text("[")
    assert place.zone() == NEW
    assert place.names() == ["vqs.db"]


def test_a_note_that_is_a_link_is_refused(place: Place) -> None:
    (place.options.data_dir / "restore.chosen").symlink_to(place.options.secret_path)
    with pytest.raises(UnusableDatabase, match="cannot be read"):
        Restore.under_way(place.database)
