"""What a file system cannot do is found out at start, and said in one sentence."""

import os
from pathlib import Path

import pytest

from models.database.encryption import UnusableSecret
from models.environment import Environment
from models.opening import disk
from models.opening.disk import (
    OF_A_NETWORK,
    OF_THE_HOST,
    Ability,
    judge_data,
    judge_secret,
    kind_of,
)
from models.opening.lock import Unavailable

DATA = Path("/data")
SECRET = Path("/secret/master.key")
MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - overlay overlay rw,lowerdir=/a
30 22 0:50 /x /data rw,relatime - ext4 /dev/sda1 rw
31 30 0:51 / /data rw,relatime master:2 - nfs4 10.0.0.5:/share rw,vers=4.2
32 22 0:52 / /data/logs rw - tmpfs tmpfs rw
33 22 0:53 / /my\\040data rw - fakeowner grpcfuse rw
broken line
""".splitlines()


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/data", "nfs4"),
        ("/data/backups/old", "nfs4"),
        ("/data/logs", "tmpfs"),
        ("/database", "overlay"),
        ("/my data/vqs", "fakeowner"),
    ],
)
def test_the_kind_is_that_of_the_last_mount_that_holds_the_folder(folder: str, kind: str) -> None:
    assert kind_of(Path(folder), MOUNTS) == kind


def test_without_a_table_of_mounts_no_kind_is_made_up() -> None:
    assert kind_of(DATA, []) == ""


@pytest.mark.parametrize("kind", sorted(OF_A_NETWORK))
def test_a_database_on_a_network_is_refused(kind: str) -> None:
    with pytest.raises(Unavailable) as refused:
        judge_data(DATA, kind, Ability())
    assert str(refused.value) == (
        f"The data folder /data lies on a network ({kind}), where the database cannot be kept "
        "whole: put it on a local disk, or into a named volume of the container, or use a "
        "PostgreSQL server."
    )


def test_a_file_system_that_shares_no_memory_is_refused_whatever_its_name() -> None:
    with pytest.raises(Unavailable) as refused:
        judge_data(DATA, "fuse", Ability("No such device"))
    assert str(refused.value) == (
        "The file system of the data folder /data cannot do what a database needs (No such "
        "device): put it on a local disk, or into a named volume of the container."
    )


@pytest.mark.parametrize("kind", sorted(OF_THE_HOST))
def test_a_folder_of_windows_or_macos_is_warned_about(kind: str) -> None:
    (said,) = judge_data(DATA, kind, Ability())
    assert said.startswith(f"The data folder /data is lent by the machine around this one ({kind})")


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "fuse.shfs", "overlay", ""])
def test_a_local_disk_needs_no_word(kind: str) -> None:
    assert judge_data(DATA, kind, Ability()) == []
    judge_secret(SECRET, kind, Ability())


def test_rights_that_are_not_kept_are_warned_about_for_data_and_refused_for_the_secret() -> None:
    (said,) = judge_data(DATA, "fuseblk", Ability(keeps_modes=False))
    assert said.startswith("The file system of the data folder /data keeps no rights of files")
    with pytest.raises(UnusableSecret) as refused:
        judge_secret(SECRET, "9p", Ability(keeps_modes=False))
    assert str(refused.value) == (
        "The master secret cannot be kept in /secret, because its file system (9p) keeps no rights "
        "of files and others could read it: put it on a local disk, or into a named volume of the "
        "container, or hand it in with VQS_SECRET_FILE."
    )


def test_no_sentence_advises_to_run_as_root() -> None:
    assert "root" not in Path(disk.__file__).read_text()


def test_this_disk_can_do_it_all_and_the_trial_leaves_nothing_behind(tmp_path: Path) -> None:
    options = Environment(data_dir=tmp_path, secret_file=tmp_path / "secret" / "master.key")
    assert disk.tried(tmp_path) == Ability()
    assert disk.judge(options) == []
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
    assert list((tmp_path / "secret").iterdir()) == []


def test_a_trial_that_a_kill_left_behind_is_replaced(tmp_path: Path) -> None:
    (tmp_path / f".trial-{os.getpid()}").symlink_to("/etc/passwd")
    assert disk.tried(tmp_path) == Ability()


def test_a_secret_that_was_handed_in_is_no_business_of_the_trial(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "master.key").write_text("0" * 64)
    given.chmod(0o555)
    assert disk.judge(Environment(data_dir=tmp_path, secret_file=given / "master.key")) == []
    assert [path.name for path in given.iterdir()] == ["master.key"]
