"""Starting the program: what it says, and what it refuses with one sentence and exit code 2."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app import main
from models.version import VERSION
from tests.fakes.program import ROOT, environment, refusal, running

Start = Callable[..., tuple[int, str]]


def _is_one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and "Traceback" not in text


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "server.lock"
    }


def test_a_first_start_says_where_it_serves_and_what_comes_next(tmp_path: Path) -> None:
    with running(tmp_path / "data") as (address, process):
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        answer = httpx.get(address, follow_redirects=True, trust_env=False)
        assert answer.url.path == "/setup"
        assert 'name="setup_token"' in answer.text
        assert "server" not in answer.headers
    port = address.rpartition(":")[2]
    assert lines[0] == f"Vibe-Quality-Searcharr {VERSION} serves at http://localhost:{port}\n"
    assert f"First start: open http://localhost:{port}/setup?token=" in lines[1]
    assert process.returncode == 0
    assert (tmp_path / "data" / "vqs.db").exists()
    secret = tmp_path / "data-secret" / "master.key"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.long
@pytest.mark.long
def test_on_every_address_it_says_how_other_machines_reach_it(tmp_path: Path) -> None:
    with running(tmp_path / "data", host="0.0.0.0") as (_, process):
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
    assert "http://localhost:" in lines[1]
    assert lines[2] == "From another machine, use this machine's name instead of localhost.\n"


@pytest.mark.long
@pytest.mark.long
def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as (address, _):
        code, said = refusal(data)
        assert httpx.get(f"{address}/health", trust_env=False).status_code == 200
    assert code == 2
    assert said == f"Another server is running on the data folder {data}: stop it first.\n"


@pytest.mark.long
@pytest.mark.long
def test_another_master_secret_is_refused_and_nothing_is_touched(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data):
        pass
    (tmp_path / "other").write_text("cd" * 32)
    before = _contents(tmp_path)
    code, said = refusal(data, secret_file=tmp_path / "other", log_level="error")
    assert code == 2
    assert said.endswith(
        f"The database {data / 'vqs.db'} was not encrypted with this master secret.\n"
    )
    assert _contents(tmp_path) == before
    with running(data) as (address, _):
        assert httpx.get(f"{address}/health", trust_env=False).status_code == 200


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Start]:
    """A start in this process, for what is refused before anything is served."""
    before = signal.getsignal(signal.SIGTERM)

    def begin(data: Path, **settings: object) -> tuple[int, str]:
        for name, value in environment(data, **settings).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["app.py"])
        code = main()
        return code, capsys.readouterr().err

    yield begin
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("content", ["", "password", "ab" * 31, "zz" * 32])
def test_a_malformed_secret_is_refused(content: str, tmp_path: Path, refused: Start) -> None:
    secret = tmp_path / "master.key"
    secret.write_text(content)
    code, said = refused(tmp_path / "data", secret_file=secret)
    assert code == 2
    assert _is_one_sentence(said)
    assert "must hold 64 hexadecimal digits" in said
    assert content not in said or not content
    assert not (tmp_path / "data" / "vqs.db").exists()


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path, refused: Start) -> None:
    (tmp_path / "data").write_text("a file")
    code, said = refused(tmp_path / "data")
    assert code == 2
    assert _is_one_sentence(said)
    assert f"The data folder {tmp_path / 'data'} cannot be used (File exists): mend that" in said


@pytest.mark.skipif(os.getuid() == 0, reason="root writes everywhere")
def test_a_read_only_data_folder_is_refused(tmp_path: Path, refused: Start) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    code, said = refused(tmp_path / "data")
    assert code == 2
    assert f"cannot be written to by user {os.getuid()} (Permission denied): give it" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("host", "nowhere"),
        ("port", "0"),
        ("port", "http"),
        ("log_level", "loud"),
        ("ca_file", "/nothing/ca.pem"),
        ("setup_token_file", "/nothing/token"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    name: str, value: str, tmp_path: Path, refused: Start
) -> None:
    code, said = refused(tmp_path / "data", **{name: value})
    assert code == 2
    assert said.startswith(f"VQS_{name.upper()} cannot be used: ")
    assert said.endswith(".\n")
    assert _is_one_sentence(said)
    assert not (tmp_path / "data").exists()


def test_of_several_wrong_settings_all_are_named(tmp_path: Path, refused: Start) -> None:
    wrong = {"port": "0", "log_level": "loud", "sso_header": "Remote-User", "host": "nowhere"}
    code, said = refused(tmp_path / "data", **wrong)
    assert code == 2
    named = [line.partition(" ")[0] for line in said.splitlines()]
    assert sorted(named) == sorted(f"VQS_{name.upper()}" for name in wrong)
    assert not (tmp_path / "data").exists()


@pytest.mark.long
def test_a_variable_that_is_no_setting_is_named_and_does_no_harm(tmp_path: Path) -> None:
    with running(tmp_path / "data", trusted_proxy="10.0.0.1", color="blue") as (_, process):
        process.terminate()
        _, said = process.communicate()
    assert (
        "VQS_TRUSTED_PROXY is not a setting of this program; did you mean VQS_TRUSTED_PROXIES?"
        in said
    )
    assert "VQS_COLOR is not a setting of this program." in said
    logged = (tmp_path / "data" / "logs" / "all.log").read_text()
    assert "VQS_COLOR is not a setting of this program." in logged


def test_it_tells_its_version(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "app.py", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == f"{VERSION}\n"


@pytest.mark.long
@pytest.mark.long
def test_a_killed_server_leaves_nothing_that_keeps_the_next_from_starting(tmp_path: Path) -> None:
    with running(tmp_path / "data") as (_, process):
        process.kill()
        process.wait()
    with running(tmp_path / "data") as (address, _):
        assert httpx.get(f"{address}/health", trust_env=False).status_code == 200


@pytest.mark.long
@pytest.mark.long
def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with running(tmp_path / "one") as (address, _):
        port = address.rpartition(":")[2]
        code, said = refusal(tmp_path / "two", port=port, log_level="error")
    assert code == 2
    assert _is_one_sentence(said)
    assert f"Port {port} of 127.0.0.1 cannot be used (Address already in use)" in said
