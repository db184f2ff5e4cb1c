"""Started as root with PUID and PGID, the program takes its own folders and is that user."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.environment import Environment, UnusableEnvironment
from models.opening.user import Chosen, chosen, give_folders, remarks
from tests.dockerfile import ROOT

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
BECOME = """
import json, os, sys
from models.environment import Environment, UnusableEnvironment
from models.opening.user import become
try:
    become(Environment(), os.environ)
except UnusableEnvironment as error:
    sys.exit(str(error))
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
try:
    os.setuid(0)
    back = True
except PermissionError:
    back = False
print(json.dumps({
    "users": os.getresuid(), "groups": os.getresgid(), "others": os.getgroups(), "back": back,
    "capabilities": int(status["CapEff"], 16) | int(status["CapPrm"], 16),
    "umask": os.umask(0), "home": os.environ.get("HOME"),
}))
"""


def _become(
    data: Path, before: tuple[str, ...] = (), **given: str
) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": "/root"}
    environment |= {"VQS_DATA_DIR": str(data), "VQS_SECRET_FILE": str(data.parent / "s" / "key")}
    return subprocess.run(
        [*before, sys.executable, "-c", BECOME],
        env=environment | given,
        capture_output=True,
        text=True,
        check=False,
    )


def _options(folder: Path) -> Environment:
    return Environment(data_dir=folder / "data", secret_file=folder / "secret" / "master.key")


def _owner(path: Path) -> tuple[int, int]:
    about = path.lstat()
    return about.st_uid, about.st_gid


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, Chosen(None, None, 0o077)),
        ({"PUID": "", "PGID": ""}, Chosen(None, None, 0o077)),
        ({"PUID": "99", "PGID": "100"}, Chosen(99, 100, 0o077)),
        ({"PUID": "99"}, Chosen(99, 99, 0o077)),
        ({"PGID": "100"}, Chosen(1000, 100, 0o077)),
        ({"UMASK": "022"}, Chosen(None, None, 0o022)),
        ({"UMASK": "0002"}, Chosen(None, None, 0o002)),
    ],
)
def test_what_is_given_is_understood(given: dict[str, str], found: Chosen) -> None:
    assert chosen(given) == found


@pytest.mark.parametrize("number", ["0", "-1", "alice", "1.5", "4294967295", "९९", "1" * 40])
def test_a_number_that_is_no_user_is_refused_and_root_too(number: str) -> None:
    with pytest.raises(UnusableEnvironment) as refused:
        chosen({"PUID": number, "PGID": number, "UMASK": "9"})
    assert str(refused.value).splitlines() == [
        "PUID cannot be used: it has to be a number from 1 to 4294967294, such as 1000.",
        "PGID cannot be used: it has to be a number from 1 to 4294967294, such as 1000.",
        "UMASK cannot be used: it has to be three octal digits, such as 022.",
    ]


@as_root
def test_root_becomes_the_user_for_good(tmp_path: Path) -> None:
    more = ("setpriv", "--groups=4,27")
    found = json.loads(_become(tmp_path / "data", more, PUID="99", PGID="100", UMASK="027").stdout)
    assert found == {
        "users": [99] * 3,
        "groups": [100] * 3,
        "others": [],
        "back": False,
        "capabilities": 0,
        "umask": 0o027,
        "home": str(tmp_path / "data"),
    }
    assert _owner(tmp_path / "data") == _owner(tmp_path / "s") == (99, 100)


@as_root
def test_nothing_is_given_away_where_nobody_asks_for_it(tmp_path: Path) -> None:
    found = json.loads(_become(tmp_path / "data").stdout)
    assert (found["users"], found["umask"], found["home"]) == ([0] * 3, 0o077, "/root")
    assert not (tmp_path / "data").exists()


@as_root
def test_root_without_the_right_to_become_another_says_so(tmp_path: Path) -> None:
    less = ("setpriv", "--bounding-set=-setuid,-setgid")
    refused = _become(tmp_path / "data", less, PUID="99")
    assert refused.returncode == 1
    assert refused.stderr == (
        "PUID cannot be used: root may not become user 99 here; give the container the "
        "capabilities CHOWN, DAC_OVERRIDE, SETGID and SETUID, or name the user in its user: "
        "instead of PUID.\n"
    )


@as_root
def test_everything_in_the_folders_is_given_and_nothing_beyond_them(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").touch()
    data, secret = tmp_path / "data", tmp_path / "secret"
    (data / "backups").mkdir(parents=True)
    secret.mkdir()
    ours = [data / "vqs.db", data / "backups" / "old.db", secret / "master.key"]
    ours += [secret / ".made-here", secret / "master.key.before-01234567"]
    for path in ours:
        path.touch()
    (data / "link").symlink_to(outside)
    (data / "backups" / "link").symlink_to(outside / "file")
    os.link(outside / "file", data / "second-name")
    give_folders(_options(tmp_path), 99, 100)
    assert {_owner(path) for path in (data, secret, data / "backups", *ours)} == {(99, 100)}
    assert _owner(outside) == _owner(outside / "file") == (0, 0)


@as_root
@pytest.mark.parametrize("name", ["data", "secret"])
def test_a_folder_that_holds_files_of_others_keeps_its_owner(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / "passwords").touch()
    (folder / "master.key").touch()
    give_folders(_options(tmp_path), 99, 100)
    assert {_owner(path) for path in (folder, *folder.iterdir())} == {(0, 0)}


@as_root
def test_another_file_system_in_the_folder_is_not_entered(tmp_path: Path) -> None:
    inner = tmp_path / "data" / "mounted"
    inner.mkdir(parents=True)
    (tmp_path / "data" / "vqs.db").touch()
    code = (
        "import os, subprocess, sys; from pathlib import Path; "
        "from models.environment import Environment; from models.opening.user import give_folders; "
        f"inner = Path({str(inner)!r}); "
        "subprocess.run(['mount', '-t', 'tmpfs', 'none', inner], check=True); "
        "(inner / 'file').touch(); give_folders(Environment(), 99, 100); "
        "print(inner.stat().st_uid, (inner / 'file').stat().st_uid, inner.parent.stat().st_uid)"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    environment["VQS_DATA_DIR"] = str(tmp_path / "data")
    command = ["unshare", "--mount", sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if "Operation not permitted" in done.stderr:
        pytest.skip("nothing can be mounted: root has no such right")
    assert done.stdout == "0 0 99\n"


def test_the_log_is_told_what_is_ignored() -> None:
    assert remarks({}, 1000, 1000) == []
    assert remarks({"PUID": "1000", "PGID": "1000"}, 1000, 1000) == []
    assert remarks({"PUID": "99", "PGID": "100"}, 99, 100) == []
    assert remarks({"PUID": "99"}, 1000, 1000) == [
        "PUID and PGID are ignored, because the program was not started as root: it runs as user "
        '1000 and group 1000; start the container with user: "0:0" to use them.'
    ]


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "UTC", "CET-1CEST", "<+03>-3", ":Asia/Tokyo", "/etc/passwd", ""]
)
def test_a_zone_that_is_known_needs_no_word(zone: str) -> None:
    assert remarks({"TZ": zone}, 1000, 1000) == []


@pytest.mark.parametrize(
    "zone",
    ["Europe/Berlinn", "Berlin", "../../../../../etc/passwd", "/nowhere", "Europe", "\x1b[2J"],
)
def test_a_zone_that_nobody_knows_is_said(zone: str) -> None:
    assert remarks({"TZ": zone}, 1000, 1000) == [
        f"TZ names no time zone ({zone!r}): the log tells times in UTC."
    ]
