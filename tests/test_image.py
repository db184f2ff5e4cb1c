"""What the image would hold, run as the container would run it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests import dockerfile
from tests.dockerfile import ROOT, USER

IS_ROOT = os.getuid() == 0
AS_USER = f"setpriv --reuid {USER} --regid {USER} --clear-groups --no-new-privs".split()
# CAP_DAC_READ_SEARCH, which containers lack; see capabilities(7).
MAY_READ_ALL = 1 << 2
if int(re.findall(r"CapPrm:\s*(\w+)", Path("/proc/self/status").read_text())[0], 16) & MAY_READ_ALL:
    # Where it may, it reads everything, as the interpreter can lie in root's home.
    AS_USER += ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]


@pytest.fixture
def image() -> Iterator[Path]:
    """A read-only folder with what the image holds, beside a data and a secret folder."""
    with TemporaryDirectory() as folder:
        # Those of pytest are closed to other users.
        Path(folder).chmod(0o755)
        yield from _image(Path(folder))


def _image(folder: Path) -> Iterator[Path]:
    app = folder / "app"
    app.mkdir()
    for name in dockerfile.copied():
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, app / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, app / name)
    for name in ("data", "secret"):
        (folder / name).mkdir(mode=0o700)
        if IS_ROOT:
            os.chown(folder / name, USER, USER)
    _allow_writing(app, allow=False)
    yield folder
    _allow_writing(app, allow=True)


@pytest.fixture
def port() -> int:
    """One that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _allow_writing(folder: Path, *, allow: bool) -> None:
    folder.chmod(0o755 if allow else 0o555)
    for path in folder.rglob("*"):
        writable = 0o200 if allow else 0
        path.chmod((0o555 if path.is_dir() else 0o444) | writable)


def _start(image: Path, port: int) -> subprocess.Popen[str]:
    """As user 1000 where that is possible."""
    environment = dockerfile.variables() | {
        "PATH": os.environ["PATH"],
        "VQS_PORT": str(port),
        "VQS_DATA_DIR": str(image / "data"),
        "VQS_SECRET_FILE": str(image / "secret" / "master.key"),
    }
    return subprocess.Popen(
        [*(AS_USER if IS_ROOT else ()), sys.executable, "app.py"],
        cwd=image / "app",
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _is_healthy(port: int) -> bool:
    command = [sys.executable, *dockerfile.health_command()[1:]]
    environment = {"PATH": os.environ["PATH"], "VQS_PORT": str(port)}
    return (
        subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0
    )


def _until(happens: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happens():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.long
def test_the_program_runs_from_a_read_only_tree_as_another_user(image: Path, port: int) -> None:
    before = sorted((image / "app").rglob("*"))
    assert not _is_healthy(port)
    program = _start(image, port)
    try:
        assert _until(lambda: _is_healthy(port) or program.poll() is not None)
    finally:
        program.send_signal(signal.SIGTERM)
        said, _ = program.communicate(timeout=40)
    assert program.returncode == 0, said
    assert f"serves at http://localhost:{port}" in said
    assert f"http://localhost:{port}/setup?token=" in said
    assert sorted((image / "app").rglob("*")) == before
    assert {path.name for path in (image / "data").iterdir()} == {
        "commands.lock",
        "logs",
        "server.lock",
        "vqs.db",
    }
    assert (image / "secret" / "master.key").stat().st_mode & 0o777 == 0o600


def test_make_run_in_a_folder_that_is_read_only_says_so(image: Path) -> None:
    app = image / "app"
    command = [*(AS_USER if IS_ROOT else ()), "make", "-f", str(ROOT / "Makefile"), "run"]
    environment = {"PATH": os.environ["PATH"]}
    # What the rule depends on is there; the virtual environment is not.
    app.chmod(0o755)
    shutil.copy(ROOT / "requirements.txt", app)
    app.chmod(0o555)
    made = subprocess.run(
        command, cwd=app, env=environment, capture_output=True, text=True, check=False
    )
    assert made.returncode != 0
    assert made.stderr.startswith("This folder cannot be written to, so .venv cannot be made in it")
    assert "Traceback" not in made.stderr


def test_a_data_folder_that_cannot_be_written_is_named_with_what_to_do(
    image: Path, port: int
) -> None:
    data = image / "data"
    if IS_ROOT:
        os.chown(data, 0, 0)
    data.chmod(0o555)
    program = _start(image, port)
    said, _ = program.communicate(timeout=40)
    user = USER if IS_ROOT else os.getuid()
    assert program.returncode == 2
    assert said == (
        f"The data folder {data} cannot be written to by user {user} (Permission denied): "
        f"give it to that user, with chown -R {user}, or name another in VQS_DATA_DIR.\n"
    )
