"""Commands at the terminal."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import DatabaseError

from models.database import Database, UnusableDatabase, database, unwritable_is_refused
from models.database.encryption import load, new_secret, write_secret
from models.database.fields import now
from models.household import Household
from models.opening.schema import open_database
from models.people import User, password_fits
from models.people.sessions import Session
from models.people.throttles import Throttle
from tests.conftest import PASSWORD
from tests.fakes.program import ROOT, environment, running
from tests.fakes.traps import unwritable
from tests.people import account

pytestmark = pytest.mark.long

NEW = "seven grey herons at dawn"


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """The data folder of a household where Alice is signed in, after a mistyped password."""
    secret = tmp_path / "data-secret" / "master.key"
    secret.parent.mkdir()
    (tmp_path / "data").mkdir()
    write_secret(secret, new_secret())
    opened = open_database(tmp_path / "data" / "vqs.db", load(secret)[0], now())
    alice = account("Alice", password=PASSWORD)
    Session.begin(alice, now(), "127.0.0.1", "a browser")
    for _ in range(6):
        Throttle.count(["name:alice"], now())
    yield tmp_path / "data"
    database.initialize(opened)
    opened.close_all()


def _reset(data: Path, name: str, typed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "app.py", "reset-password", name],
        cwd=ROOT,
        env=environment(data),
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _fits(password: str) -> bool:
    return password_fits(Household.current(), password, User.get(name="Alice").password_hash)


def test_a_new_password_ends_all_sessions_and_the_wait(data: Path) -> None:
    done = _reset(data, "alice", f"{NEW}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Alice has a new password, and 1 session was ended." in done.stdout
    assert NEW not in done.stdout
    assert _fits(NEW)
    assert not _fits(PASSWORD)
    assert not Session.select().exists()
    assert Throttle.blocked(["name:alice"], now()) is None


def test_it_works_beside_a_running_server(data: Path) -> None:
    with running(data):
        assert _reset(data, "Alice", NEW).returncode == 0
    assert _fits(NEW)


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("Mallory", NEW, "Nobody here is named Mallory. There are: Alice."),
        ("Alice", "short", "Use 12 to 128 characters."),
        ("Alice", "", "Use 12 to 128 characters."),
        ("Alice", "passwordpassword", "Nothing was changed."),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(
    name: str, typed: str, sentence: str, data: Path
) -> None:
    refused = _reset(data, name, typed)
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert _fits(PASSWORD)
    assert Session.select().count() == 1


def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    refused = _reset(tmp_path / "nothing", "Alice", NEW)
    assert refused.returncode == 2
    assert "There is no database" in refused.stderr


def test_a_disabled_account_stays_disabled_and_that_is_said(data: Path) -> None:
    User.update(disabled_at=now()).execute()
    assert "disabled still" in _reset(data, "Alice", NEW).stdout


def test_a_command_says_in_one_sentence_that_the_disk_takes_nothing(db: Database) -> None:
    refused = pytest.raises(UnusableDatabase, match="The database could not be written: it")
    with refused, unwritable(), unwritable_is_refused():
        account("Carol")
    with pytest.raises(DatabaseError, match="nowhere"), unwritable_is_refused():
        db.execute_sql("SELECT 1 FROM nowhere")
