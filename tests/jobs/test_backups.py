"""The commands about backups."""

import subprocess
import sys
from pathlib import Path

import pytest

from models.backups import Backup
from tests.fakes.program import ROOT, environment, running
from tests.placed import Place

pytestmark = [pytest.mark.embedded("is about files"), pytest.mark.long]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def _run(place: Place, *words: str, **settings: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "app.py", *words],
        cwd=ROOT,
        env=environment(place.options.data_dir, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _made(place: Place) -> Backup:
    (backup,) = [each for each in place.folder.all() if each.cause == "by-hand"]
    return backup


def test_make_change_verify_restore_and_undo(place: Place) -> None:
    with running(place.options.data_dir):
        done = _run(place, "backup")
    assert (done.returncode, done.stderr) == (0, "")
    backup = _made(place)
    assert f"{backup.path} was written and read back: it is sound." in done.stdout
    needed = f"id {backup.key_id}: keep a copy of {place.options.secret_path} in another place"
    assert needed in done.stdout
    told = _run(place, "verify")
    assert (told.returncode, told.stderr) == (0, "")
    assert f"{backup.name} is sound" in told.stdout and needed in told.stdout
    place.move_to("Europe/Rome")
    restored = _run(place, "restore", backup.name)
    assert restored.returncode == 0, restored.stderr
    assert place.zone() == "UTC"
    undo = restored.stdout.rpartition("restore ")[2].strip().removesuffix(".")
    assert _run(place, "restore", undo).returncode == 0
    assert place.zone() == "Europe/Rome"


def test_a_running_server_is_not_restored_under(place: Place) -> None:
    backup = place.back_up()
    with running(place.options.data_dir):
        refused = _run(place, "restore", backup.name)
    assert refused.returncode == 2
    assert "Another server is running" in refused.stderr
    assert place.names() == ["vqs.db"]


@pytest.mark.parametrize("command", ["restore", "verify"])
def test_what_is_not_there_or_not_sound_is_one_sentence(command: str, place: Place) -> None:
    backup = place.back_up()
    place.move_to("Europe/Rome")
    content = bytearray(backup.path.read_bytes())
    content[len(content) // 2] ^= 1
    backup.path.write_bytes(content)
    for name, part in (
        (backup.name, "is damaged"),
        ("../vqs.db", "There is no backup ../vqs.db"),
        ("vqs.db", "the latest there: by-hand-"),
    ):
        refused = _run(place, command, name)
        assert refused.returncode == 2
        assert part in refused.stderr and refused.stderr.count("\n") == 1
    assert place.zone() == "Europe/Rome"


def test_verify_without_a_name_says_that_there_is_none_to_read(place: Place) -> None:
    refused = _run(place, "verify")
    assert refused.returncode == 2
    folder = place.options.data_dir / "backups"
    assert refused.stderr == f"There is no backup in {folder}.\n"
    backup = place.back_up()
    former = backup.path.with_name(backup.name.replace("by-hand", "before-restore"))
    backup.path.rename(former)
    said = _run(place, "verify").stderr
    assert said.startswith(f"There is no backup in {folder} but {former.name}: name one")


def test_without_its_secret_a_backup_is_worth_nothing(place: Place) -> None:
    backup = place.back_up()
    place.database.unlink()
    place.options.secret_path.unlink()
    refused = _run(place, "restore", backup.name)
    assert refused.returncode == 2
    assert "master secret" in refused.stderr
    assert not place.database.exists() and not place.options.secret_path.exists()


def test_on_a_server_each_says_that_pg_dump_is_the_way(place: Place) -> None:
    url = place.options.data_dir / "url"
    url.write_text("postgresql://vqs@127.0.0.1/vqs")
    for words in (("backup",), ("verify",), ("restore", "x")):
        refused = _run(place, *words, database_url_file=url)
        assert refused.returncode == 2
        assert "pg_dump" in refused.stderr
