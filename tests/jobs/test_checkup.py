"""`python app.py check`: each part with its state, and what to do."""

import subprocess
import sys
from pathlib import Path
from unittest.mock import ANY

import pytest

from jobs.checkup import check
from jobs.engine import Engine
from models.environment import Environment
from models.files.declared import load, use
from models.instances import Instance
from models.opening import open_folder
from tests.conftest import START
from tests.fakes.arr import FakeArr
from tests.fakes.program import ROOT, environment, running

pytestmark = pytest.mark.long

Lines = dict[str, tuple[str, str]]


@pytest.fixture
def home(tmp_path: Path) -> Environment:
    """A data folder with a database, two instances in it, and no server."""
    options = Environment(data_dir=tmp_path / "data")
    opened, _ = open_folder(options)
    for name, application in (("Living room", "sonarr"), ("Cinema", "radarr")):
        facts = {"key": name.lower(), "api_key": FakeArr.key, "created_at": START}
        url = f"demo://{application}"
        Instance.create(name=name, application=application, url=url, **facts)
    opened.close_all()
    return options


def checked(options: Environment, **apps: FakeArr) -> tuple[Lines, int]:
    """The state and the words of each part, and the exit code."""
    households = {name: apps.get(name) or FakeArr(name) for name in ("sonarr", "radarr")}
    said, code = check(options, Engine(demo=households))
    *parts, _ = said.splitlines()
    found = {}
    for line in parts:
        state, rest = line.split(None, 1)
        name, _, words = rest.partition("  ")
        found[name] = state, words.strip()
    return found, code


def test_what_a_declared_file_would_refuse_the_next_start_for_is_a_fault(
    home: Environment, tmp_path: Path
) -> None:
    path, text = tmp_path / "settings.toml", 'format = 1\n[[queues]]\nname = "Q"\n'
    try:
        path.write_text(f'{text}instances = ["Attic"]')
        use(load(path))
        found, code = checked(home)
        said = "queues[0].instances: There is no instance “Attic”, neither here nor in the file."
        assert (found["Settings file"], code) == (("FAULT", said), 1)
        path.write_text(f'{text}instances = ["Cinema"]')
        use(load(path))
        found, code = checked(home)
        assert (found["Settings file"], code) == (("ok", "What it declares can be used."), 0)
    finally:
        use(None)


def test_of_a_household_that_is_well_every_part_is_told(home: Environment) -> None:
    found, code = checked(home)
    assert code == 0
    assert {name: state for name, (state, _) in found.items()} == {
        "Settings": "ok",
        "Master secret": "ok",
        "Data folder": "ok",
        "Disk": ANY,
        "Network": ANY,
        "File system": ANY,
        "Database": "ok",
        "Backup": "look",
        "Clock": "ok",
        "Living room": "ok",
        "Cinema": "ok",
    }


def test_an_instance_that_is_down_or_has_another_key_is_told(home: Environment) -> None:
    sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
    sonarr.fail_next("/", status=503, times=9)
    radarr.fail_next("/", status=401, times=9)
    found, code = checked(home, sonarr=sonarr, radarr=radarr)
    assert code == 1
    for name, part in (("Living room", "503"), ("Cinema", "key")):
        state, words = found[name]
        assert state == "FAULT" and part in words, words
    assert [seen.method for seen in (*sonarr.log, *radarr.log)] == ["GET", "GET"]


def test_a_secret_that_others_can_read_is_told_with_the_command(home: Environment) -> None:
    home.secret_path.chmod(0o644)
    found, code = checked(home)
    assert code == 1
    assert found["Master secret"] == (
        "look",
        f"The master secret is readable by others. Run: chmod 600 {home.secret_path}",
    )
    assert found["Database"][0] == "FAULT"


def test_a_damaged_database_is_told_with_what_to_do(home: Environment) -> None:
    with home.database_path.open("r+b") as file:
        file.seek(4096 * 9 + 100)
        file.write(b"damage" * 40)
    found, code = checked(home)
    assert code == 1
    state, words = found["Database"]
    assert state == "FAULT"
    assert "put back the latest backup" in words


def test_without_a_database_the_rest_is_told(tmp_path: Path) -> None:
    found, code = checked(Environment(data_dir=tmp_path / "none"))
    assert code == 1
    assert found["Data folder"][0] == found["Database"][0] == found["Master secret"][0] == "FAULT"
    assert not (tmp_path / "none").exists()


def test_it_runs_beside_the_server_and_its_exit_code_tells(tmp_path: Path) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "app.py", "check"]
    with running(data):
        done = subprocess.run(
            command, cwd=ROOT, env=environment(data, colour="x"), capture_output=True, text=True
        )
    assert done.returncode == 0, done.stdout
    assert "VQS_COLOUR is not a setting of this program." in done.stdout
    assert "ok     Database" in done.stdout
    assert done.stdout.endswith("No faults. To look at: 2.\n")
