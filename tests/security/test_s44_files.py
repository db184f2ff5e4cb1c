"""S44: no link leads from the data folder to the master secret, and nothing of ours is emptied."""

import os
from pathlib import Path

import pytest

from models.database import UnusableDatabase, encryption
from models.database.encryption import UnusableSecret, load, load_or_create
from models.environment import Environment
from models.opening import open_folder, rotation
from models.opening.lock import Unavailable, as_command, no_commands, only_server
from models.opening.schema import TABLES

HEX = "5a" * 32


@pytest.fixture
def options(tmp_path: Path) -> Environment:
    """A household that was opened once."""
    made = Environment(data_dir=tmp_path / "data")
    with only_server(made.data_dir):
        open_folder(made)[0].close_all()
    return made


@pytest.mark.parametrize(
    ("name", "held"),
    [("server.lock", only_server), ("commands.lock", as_command), ("commands.lock", no_commands)],
)
@pytest.mark.parametrize("leads_to", ["secret", "nowhere"])
def test_a_lock_that_is_a_link_is_refused_and_its_end_is_left_alone(
    name: str, held: type, leads_to: str, options: Environment, tmp_path: Path
) -> None:
    ends = {"secret": options.secret_path, "nowhere": tmp_path / "made"}
    before = options.secret_path.read_bytes()
    (options.data_dir / name).unlink(missing_ok=True)
    (options.data_dir / name).symlink_to(ends[leads_to])
    with pytest.raises(Unavailable, match="is a link"), held(options.data_dir):
        pass
    assert options.secret_path.read_bytes() == before
    assert not (tmp_path / "made").exists()


def test_a_lock_that_is_another_name_of_a_file_does_not_empty_it(options: Environment) -> None:
    """No flag refuses a hard link; it is never written to."""
    (options.data_dir / "server.lock").unlink()
    os.link(options.secret_path, options.data_dir / "server.lock")
    before = options.secret_path.read_bytes()
    with only_server(options.data_dir):
        assert options.secret_path.read_bytes() == before
    assert options.secret_path.read_bytes() == before


@pytest.mark.parametrize("end", ["", "-wal", "-shm", "-journal"])
def test_a_database_that_is_a_link_is_refused(end: str, options: Environment) -> None:
    path = Path(f"{options.database_path}{end}")
    path.unlink(missing_ok=True)
    before = options.secret_path.read_bytes()
    path.symlink_to(options.secret_path)
    with pytest.raises(UnusableDatabase, match="is a link"):
        open_folder(options)
    assert options.secret_path.read_bytes() == before


def test_the_data_folder_itself_may_be_one(options: Environment, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").symlink_to(options.data_dir)
    moved = Environment(data_dir=tmp_path / "elsewhere", secret_file=options.secret_path)
    with only_server(moved.data_dir):
        open_folder(moved)[0].close_all()


def test_a_secret_that_we_made_and_is_a_link_now_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "apart" / "master.key"
    load_or_create(path)
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    with pytest.raises(UnusableSecret, match="is a link"):
        load(path)


def test_one_handed_in_by_a_link_is_taken(tmp_path: Path) -> None:
    (tmp_path / "..data").write_text(HEX)
    (tmp_path / "..data").chmod(0o600)
    (tmp_path / "key").symlink_to(tmp_path / "..data")
    assert load(tmp_path / "key")[0].derive("x")


def test_a_draft_of_the_secret_is_made_anew(tmp_path: Path) -> None:
    path, victim = tmp_path / "master.key", tmp_path / "victim"
    victim.write_text("as it was")
    (tmp_path / f"master.key.{os.getpid()}").symlink_to(victim)
    (tmp_path / ".made-here").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OSError, match="symbolic link"):
        encryption.write_secret(path, HEX)
    assert victim.read_text() == "as it was"
    assert not (tmp_path / "nowhere").exists()


def test_a_rotation_writes_through_no_link(options: Environment, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("as it was")
    options.database_path.with_name("vqs.db.coming").symlink_to(victim)
    rotation.rotate(options.database_path, options.secret_path, TABLES)
    assert victim.read_text() == "as it was"


def test_a_secret_inside_of_the_data_folder_is_warned_about(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = tmp_path / "data"
    inside = Environment(data_dir=data, secret_file=data / "keys" / "master.key")
    with only_server(data):
        open_folder(inside)[0].close_all()
    assert "lies in the data folder" in caplog.text
