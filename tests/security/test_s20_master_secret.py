"""S20: the master secret is random, private, apart from the data, and comes from a file."""

import ast
import logging
import os
import re
from pathlib import Path

import pytest

from models.database.encryption import Keyring, UnusableSecret, load, load_or_create, new_secret
from models.environment import Environment
from models.environment.redaction import STRONG
from models.opening import open_folder
from tests.fakes.program import refusal
from tests.trees import nodes

ROOT = Path(__file__).parent.parent.parent
CODE = [
    ROOT / "app.py",
    *(path for layer in ("views", "jobs", "models") for path in (ROOT / layer).rglob("*.py")),
]
HEX = "5a" * 32
# Names that fit the pattern of secrets, and hold none: where to find one, or who is let in.
NO_SECRETS = {"secret_file", "secret_previous_file", "setup_token_file", "tls_key_file"}
# app.py hands on PUID, PGID, UMASK and TZ, which are no settings of ours; `outside` knows the names
# alone, and `user` writes HOME.
READ_THE_ENVIRONMENT = {
    "app.py",
    "models/declared.py",
    "models/opening/outside.py",
    "models/opening/user.py",
    # The socket that is handed over at a restart, by the names of sd_listen_fds(3).
    "views/web/serving.py",
}


def test_no_setting_is_itself_a_secret() -> None:
    """A person who can list processes or containers reads their environment."""
    suspicious = {
        name for name in Environment.model_fields if any(word in name for word in (*STRONG, "key"))
    }
    assert suspicious == NO_SECRETS
    assert all(name.endswith("_file") for name in suspicious)
    for name in suspicious:
        assert Environment.model_fields[name].annotation == Path | None
        assert Environment.model_fields[name].default is None


def test_the_environment_is_read_by_the_settings_alone() -> None:
    for path in CODE:
        if path.relative_to(ROOT).as_posix() in READ_THE_ENVIRONMENT:
            continue
        for node in nodes(path):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("environ", "getenv"), path


def test_no_key_stands_in_the_code() -> None:
    """But for what is public anyway: the demo's key, and the hash of nobody's password."""
    for path in CODE:
        for node in nodes(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
                if re.search(r"\b[0-9a-fA-F]{32,}\b|^[\w+/=-]{43,44}$", text):
                    assert path.relative_to(ROOT).as_posix() in ("jobs/demo/__init__.py",), text


def test_each_first_start_makes_32_random_bytes_of_its_own(tmp_path: Path) -> None:
    texts = {new_secret() for _ in range(50)}
    assert len(texts) == 50
    assert {len(bytes.fromhex(text)) for text in texts} == {32}
    path = tmp_path / "apart" / "master.key"
    load_or_create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_by_default_it_lies_outside_of_the_data_folder(tmp_path: Path) -> None:
    for folder in (tmp_path / "data", Path("data"), Path("/data"), tmp_path / "a" / "b"):
        options = Environment(data_dir=folder)
        inside = options.data_dir.absolute()
        assert inside not in options.secret_path.parents
    options = Environment(data_dir=tmp_path / "data")
    database, _ = open_folder(options)
    database.close_all()
    held = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    secret = options.secret_path.read_text().strip()
    assert not [path for path in held if secret.encode() in path.read_bytes()]
    assert not [path for path in held if bytes.fromhex(secret) in path.read_bytes()]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o666, 0o777, 0o610])
def test_one_of_ours_that_others_can_read_is_refused_at_the_start(
    mode: int, tmp_path: Path
) -> None:
    options = Environment(data_dir=tmp_path / "data")
    database, _ = open_folder(options)
    database.close_all()
    options.secret_path.chmod(mode)
    with pytest.raises(UnusableSecret, match=r"has become readable by others; run: chmod 600"):
        open_folder(options)
    assert options.secret_path.stat().st_mode & 0o777 == mode
    options.secret_path.chmod(0o600)
    open_folder(options)[0].close_all()


def test_the_whole_program_says_so_in_one_sentence_and_exits_with_2(tmp_path: Path) -> None:
    data = tmp_path / "data"
    options = Environment(data_dir=data)
    open_folder(options)[0].close_all()
    options.secret_path.chmod(0o644)
    before = (data / "vqs.db").read_bytes()
    code, said = refusal(data)
    assert code == 2
    assert said.count("\n") == 1
    assert said.startswith(f"The master secret {options.secret_path} has become readable")
    assert (data / "vqs.db").read_bytes() == before


@pytest.mark.parametrize("mode", [0o444, 0o644, 0o777])
def test_one_that_was_handed_in_is_warned_about_in_the_log(
    mode: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Secrets of Docker and Swarm are 0444, and a desktop's mounts show 0777."""
    given = tmp_path / "run-secrets" / "vqs"
    given.parent.mkdir()
    given.write_text(HEX)
    given.chmod(mode)
    with caplog.at_level(logging.WARNING):
        open_folder(Environment(data_dir=tmp_path / "data", secret_file=given))[0].close_all()
    assert f"The master secret {given} is readable by others (mode {mode:04o})." in caplog.text
    assert HEX not in caplog.text


@pytest.mark.parametrize(
    ("ending", "fits"),
    [
        ("", True),
        ("\n", True),
        ("\r\n", True),
        ("\n\n", False),
        ("\r", True),
        (" ", False),
        ("\r\n\n", False),
        ("\t", False),
    ],
)
def test_one_line_end_and_no_more_is_left_out(ending: str, fits: bool, tmp_path: Path) -> None:
    path = tmp_path / "given"
    path.write_bytes((HEX + ending).encode())
    path.chmod(0o600)
    if fits:
        assert load(path)[0].database_key == Keyring(bytes.fromhex(HEX)).database_key
    else:
        with pytest.raises(UnusableSecret, match="must hold 64 hexadecimal digits"):
            load(path)
    assert path.read_bytes() == (HEX + ending).encode()


def test_a_secret_given_as_an_environment_variable_is_not_one(tmp_path: Path) -> None:
    """Not even by name: the start goes on with a file of its own."""
    for name in ("secret", "secret_key", "master_key", "setup_token"):
        os.environ[f"VQS_{name.upper()}"] = HEX
    try:
        options = Environment(data_dir=tmp_path / "data")
        database, keyring = open_folder(options)
        database.close_all()
    finally:
        for name in ("secret", "secret_key", "master_key", "setup_token"):
            del os.environ[f"VQS_{name.upper()}"]
    assert keyring.database_key != Keyring(bytes.fromhex(HEX)).database_key
    assert HEX not in str(options)
