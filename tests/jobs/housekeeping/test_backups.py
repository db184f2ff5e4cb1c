"""The job that makes backups; on a server, the job that looks for the note of one."""

import os
from pathlib import Path

import pytest

from jobs.engine import Engine
from jobs.housekeeping.backups import NAME, NONE_NOTED, UNNOTED, back_up, rhythm
from jobs.housekeeping.beginning import Housekeeping
from jobs.housekeeping.catalogue import JOBS
from models.backups import BackupFolder
from models.database import Database
from models.happenings import Happening
from models.household import Household
from tests.asking import do_now
from tests.conftest import START
from tests.fakes.clock import FastClock
from tests.views.typed import settled

embedded = pytest.mark.embedded("makes the files of backups")
server = pytest.mark.server


def _told() -> list[str]:
    return [event.kind for event in Happening.select() if event.kind.startswith("backup-")]


@embedded
async def test_it_makes_one_and_deletes_what_need_not_be_kept(
    engine: Engine, clock: FastClock, tmp_path: Path
) -> None:
    Household.current().change(backups_daily=2, backups_weekly=0, backups_monthly=0)
    for _ in range(4):
        report = await back_up(engine)
        clock.advance(days=1)
    assert report.outcome == "done"
    assert "were written and read back. Deleted: 1 older one." in report.sentence
    assert [each.cause for each in BackupFolder(tmp_path / "backups").all()] == ["scheduled"] * 2
    assert _told() == ["backup-made"] * 4


@embedded
async def test_what_a_person_asks_for_is_not_thinned_out(engine: Engine, tmp_path: Path) -> None:
    housekeeping = Housekeeping(engine)
    housekeeping.take_over()
    assert await do_now(housekeeping, NAME)
    await settled(engine)
    (made,) = BackupFolder(tmp_path / "backups").all()
    assert made.cause == "by-hand"


@embedded
async def test_one_that_fails_is_an_event_and_so_is_that_the_latest_is_old(
    engine: Engine, clock: FastClock, tmp_path: Path
) -> None:
    await back_up(engine)
    (tmp_path / "backups").rename(tmp_path / "kept")
    (tmp_path / "backups").write_text("no folder")
    for _ in range(2):
        report = await back_up(engine)
        assert report.outcome == "failed" and "could not be written" in report.sentence
    assert _told() == ["backup-made", "backup-failed", "backup-old", "backup-failed"]
    (tmp_path / "backups").unlink()
    await back_up(engine)
    assert Household.current().backup_old_since is None


@embedded
async def test_a_stop_ends_it_as_interrupted(engine: Engine, clock: FastClock) -> None:
    clock.stopping.set()
    assert (await back_up(engine)).outcome == "interrupted"


@pytest.mark.parametrize(
    ("chosen", "words"), [("daily", "Daily at 04:20"), ("weekly", "Sundays at 04:20")]
)
def test_its_schedule_is_that_of_the_settings(chosen: str, words: str, db: Database) -> None:
    Household.current().change(backup_rhythm=chosen, backup_time="04:20")
    assert JOBS[NAME].schedule.words == words
    assert rhythm(Household.current())["times"] == ("04:20",)


@server
async def test_on_a_server_it_looks_for_the_note(engine: Engine, tmp_path: Path) -> None:
    assert (await back_up(engine)).sentence == UNNOTED
    engine.backup_note = tmp_path / "last"
    for _ in range(2):
        assert await back_up(engine) == (NONE_NOTED, "failed")
    assert _told() == ["backup-old"]
    engine.backup_note.touch()
    os.utime(engine.backup_note, (START.timestamp(), START.timestamp()))
    assert (await back_up(engine)).outcome == "done"
    assert _told() == ["backup-old"]
    assert Household.current().backup_old_since is None
    assert not (tmp_path / "backups").exists()
