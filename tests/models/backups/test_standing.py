"""Whether the latest backup is fresh, wherever the database is."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from models.backups import BackupFolder, name_of
from models.backups.standing import BackupStanding
from models.database import Database
from models.household import Household
from tests.conftest import START


@pytest.mark.embedded("is about files")
@pytest.mark.parametrize(
    ("rhythm", "hours", "is_old"),
    [("daily", 49, False), ("daily", 51, True), ("weekly", 51, False), ("weekly", 220, True)],
)
def test_it_is_old_after_two_days_or_nine(
    rhythm: str, hours: int, is_old: bool, db: Database, tmp_path: Path
) -> None:
    Household.current().change(backup_rhythm=rhythm)
    (tmp_path / "backups").mkdir()
    at = START - timedelta(hours=hours)
    (tmp_path / "backups" / name_of("scheduled", at, "0" * 8)).touch()
    found = BackupStanding.at(START, Household.current(), None)
    assert (found.made_at, found.is_old) == (at, is_old)


@pytest.mark.embedded("is about files")
def test_none_is_old_too(db: Database, tmp_path: Path) -> None:
    assert BackupFolder.current() == BackupFolder(tmp_path / "backups")
    assert BackupStanding.at(START, Household.current(), None) == (None, None, True)


@pytest.mark.server
def test_a_server_s_backups_are_known_by_their_note(db: Database, tmp_path: Path) -> None:
    note, household = tmp_path / "last", Household.current()
    assert BackupStanding.at(START, household, None).is_old
    assert BackupStanding.at(START, household, note).is_old
    note.touch()
    for hours, is_old in ((1, False), (60, True), (-3, True)):
        touched = (START - timedelta(hours=hours)).timestamp()
        os.utime(note, (touched, touched))
        assert BackupStanding.at(START, household, note).is_old == is_old, hours
