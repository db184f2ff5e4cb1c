"""The page of backups: whether there is a fresh one, what else is needed, and all of them."""

from datetime import timedelta
from pathlib import Path

import pytest

from jobs.engine import Engine
from jobs.housekeeping.backups import NAME
from models.backups import Backup, name_of
from models.backups.making import make
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.database.fields import now
from models.jobs import Job, JobReport, JobRun
from models.opening.restoring import Restore
from models.people import User
from models.people.audit import Event
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from tests.views.typed import settled

embedded = pytest.mark.embedded("is about the files of backups")


@pytest.fixture
def made(db: EmbeddedDatabase, tmp_path: Path) -> Backup:
    backup = make(db, "by-hand", now())
    assert backup
    return backup


@embedded
async def test_without_any_it_says_so_and_makes_one(
    alices: Browser, engine: Engine, tmp_path: Path
) -> None:
    page = await alices.get("/backups")
    assert "There is no backup yet" in page.text
    page = await alices.post("/backups")
    assert "A backup is being made." in page.text and "being made now" in page.text
    await settled(engine)
    page = await alices.get("/backups")
    assert "Made by hand" in page.text and "There is no backup" not in page.text
    assert Event.get(action="backup-asked").name == "Alice"


@embedded
async def test_it_says_what_else_is_needed(
    alices: Browser, made: Backup, keyring: Keyring, tmp_path: Path
) -> None:
    page = await alices.get("/backups")
    assert "There is a fresh, verified backup" in page.text
    assert str(tmp_path / "backups") in page.text
    assert str(alices.state.options.secret_path) in page.text
    assert keyring.id in page.text


@embedded
async def test_one_that_is_old_or_failed_is_said(alices: Browser, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    old = name_of("scheduled", now() - timedelta(days=4), "0" * 8)
    (tmp_path / "backups" / old).touch()
    page = await alices.get("/backups")
    assert "The latest backup is old" in page.text
    assert "needs the earlier secret 00000000" in page.text
    run = JobRun.start(Job.named(NAME, now()), now(), trigger="schedule")
    assert run
    told = JobReport("The disk is full, says <b>it</b>.", "failed")
    run.finish(told, now(), took_ms=1, following=now(), kept=1)
    page = await alices.http.get("/backups")
    assert "The disk is full, says &lt;b&gt;it&lt;/b&gt;." in page.text


@embedded
async def test_the_file_is_downloaded_as_it_is(alices: Browser, made: Backup) -> None:
    answer = await alices.post(f"/backups/{made.name}/download", own_password=PASSWORD)
    assert answer.content == made.path.read_bytes()
    assert answer.headers["content-disposition"] == f'attachment; filename="{made.name}"'
    assert answer.headers["content-type"] == "application/octet-stream"
    assert Event.get(action="backup-downloaded").about == made.name


@embedded
async def test_a_backup_is_deleted(alices: Browser, made: Backup) -> None:
    question = await alices.get(f"/backups/{made.name}/deletion")
    assert "This cannot be undone." in question.text
    page = await alices.post(f"/backups/{made.name}", method="DELETE", own_password=PASSWORD)
    assert "The backup is deleted." in page.text
    assert not made.path.exists()
    assert (await alices.get(f"/backups/{made.name}")).status_code == 404


@embedded
@pytest.mark.parametrize("htmx", [False, True])
async def test_a_restore_is_noted_and_the_program_begins_anew(
    htmx: bool, alices: Browser, made: Backup, tmp_path: Path
) -> None:
    question = await alices.get(f"/backups/{made.name}/restore")
    assert "Everybody is signed out" in question.text
    answer = await alices.post(
        f"/backups/{made.name}/restore", htmx=htmx, follow=False, own_password=PASSWORD
    )
    assert answer.status_code == 200 and "begins anew" in answer.text
    chosen = Restore.under_way(tmp_path / "vqs.db")
    assert chosen and (chosen.note.backup, chosen.note.person) == (made.name, "Alice")
    assert alices.state.restart.is_asked
    assert Event.get(action="restore-begun").about == made.name


@embedded
async def test_a_disk_without_room_for_the_note_is_said(
    alices: Browser, made: Backup, tmp_path: Path
) -> None:
    (tmp_path / "restore.draft").mkdir()
    answer = await alices.post(f"/backups/{made.name}/restore", follow=False, own_password=PASSWORD)
    assert answer.status_code == 422 and "The restore cannot be begun" in answer.text
    assert not alices.state.restart.is_asked


@embedded
@pytest.mark.parametrize("action", ["backup-restored", "restore-failed"])
async def test_a_restore_is_told_for_a_week_with_its_undoing(
    action: str, alices: Browser, alice: User, db: EmbeddedDatabase, tmp_path: Path
) -> None:
    former = make(db, "before-restore", now())
    assert former
    Event.note(action, now(), user=alice, address="", about="x.db: It is damaged.")
    page = await alices.get("/backups")
    if action == "backup-restored":
        assert f'href="/backups/{former.name}/restore"' in page.text and "Undo it" in page.text
    else:
        assert "the database stayed as it was" in page.text and "It is damaged." in page.text


@embedded
async def test_the_page_is_asked_for_again_only_while_it_changes(
    alices: Browser, made: Backup
) -> None:
    page = await alices.http.get("/backups")
    address = page.text.partition("/backups?seen=")[2][:16]
    polled = await alices.get(f"/backups?seen={address}", htmx=True)
    assert polled.status_code == 204
    made.path.unlink()
    polled = await alices.get(f"/backups?seen={address}", htmx=True)
    assert polled.status_code == 200


@pytest.mark.server
async def test_on_a_server_the_page_says_how_and_warns_without_a_note(
    alices: Browser, tmp_path: Path
) -> None:
    page = await alices.get("/backups")
    assert "No backup was noted" in page.text and "VQS_BACKUP_NOTE_FILE" in page.text
    assert "pg_dump --format=custom" in page.text and "pg_restore --clean" in page.text
    assert 'action="/backups"' not in page.text
    note = tmp_path / "last"
    note.touch()
    alices.state.options = alices.state.options.model_copy(update={"backup_note_file": note})
    page = await alices.get("/backups")
    assert "The server was backed up" in page.text and str(note) in page.text
    assert (await alices.post("/backups", follow=False)).status_code == 404
