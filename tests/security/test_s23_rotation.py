"""S23: another master secret re-encrypts everything at once, and a crash leaves old or new."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from models.database import UnusableDatabase, database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring, load, new_secret, write_secret
from models.database.fields import now
from models.household import Household
from models.instances import Instance
from models.instances.proxies import Credentials
from models.opening import rotation
from models.opening.rotation import CannotRotate
from models.opening.schema import TABLES, open_database
from models.people import User, password_fits
from models.people.names import key_of
from tests.conftest import PASSWORD
from tests.fakes.program import ROOT, environment, refusal, running
from tests.people import account

pytestmark = pytest.mark.long

KEY = "0123456789abcdef0123456789abcdef"
PORTER = Credentials("porter", "sesame", (("X-Porter", "open up"),))


class Place:
    """A data folder with a secret beside it, and somebody and something in the database."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.database = self.data / "vqs.db"
        self.secret = folder / "data-secret" / "master.key"
        self.data.mkdir()
        self.secret.parent.mkdir()
        write_secret(self.secret, new_secret())

    def fill(self) -> None:
        opened = open_database(self.database, self.keyring, now())
        account("Alice", password=PASSWORD)
        for name in ("First", "Living room"):
            Instance.create(
                name=name,
                key=key_of(name),
                application="sonarr",
                url="http://sonarr:8989",
                api_key=KEY,
                **PORTER.columns,
                created_at=now(),
            )
        Instance.get(name="First").delete_instance()
        opened.close_all()

    @property
    def keyring(self) -> Keyring:
        return load(self.secret)[0]

    def is_whole(self, keyring: Keyring) -> bool:
        """Whether everything in it opens, and Alice's password fits."""
        opened = EmbeddedDatabase(self.database, keyring)
        opened.open()
        database.initialize(opened)
        try:
            instance = Instance.get(name="Living room")
            key, porter = instance.api_key.reveal(), Credentials.of(instance)
            alice = User.get(name="Alice")
            fits = password_fits(Household.current(), PASSWORD, alice.password_hash)
            return (key, porter, fits) == (KEY, PORTER, True)
        finally:
            opened.close_all()

    def opens(self, keyring: Keyring) -> bool:
        try:
            return self.is_whole(keyring)
        except UnusableDatabase:
            return False

    def files(self) -> dict[str, bytes]:
        folders = (self.data, self.secret.parent)
        return {path.name: path.read_bytes() for each in folders for path in each.iterdir()}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    made.fill()
    return made


def _run(place: Place, *words: str, **settings: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "app.py", *words],
        cwd=ROOT,
        env=environment(place.data, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_re_encrypts_everything_and_keeps_the_old_secret(place: Place) -> None:
    old, backup = place.keyring, place.data / "backup.db"
    shutil.copy(place.database, backup)
    done = _run(place, "rotate-secret")
    assert (done.returncode, done.stderr) == (0, "")
    assert place.is_whole(place.keyring)
    assert not place.opens(old)
    kept = next(place.secret.parent.glob("master.key.before-*"))
    assert str(kept) in done.stdout
    assert {path.stat().st_mode & 0o777 for path in (kept, place.secret)} == {0o600}
    shutil.copy(backup, place.database)
    assert place.is_whole(load(kept)[0])


def test_nothing_of_the_old_encryption_is_left_in_it(place: Place) -> None:
    old = place.keyring
    before = EmbeddedDatabase(place.database, old)
    before.open()
    tokens = [row[0] for row in before.execute_sql("SELECT api_key FROM instances").fetchall()]
    before.close_all()
    rotation.rotate(place.database, place.secret, TABLES)
    after = EmbeddedDatabase(place.database, place.keyring)
    after.open()
    later = [row[0] for row in after.execute_sql("SELECT api_key FROM instances").fetchall()]
    after.close_all()
    assert len(later) == len(tokens) == 1
    assert set(later).isdisjoint(tokens)
    assert {path.name for path in place.data.iterdir()} <= {"vqs.db", "commands.lock"}


def test_the_schema_and_the_counters_of_ids_come_over(place: Place) -> None:
    def schema(keyring: Keyring) -> tuple[list[tuple[str, ...]], list[tuple[str, int]]]:
        opened = EmbeddedDatabase(place.database, keyring)
        opened.open()
        made = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY 1, 2"
        rows = opened.execute_sql(made).fetchall()
        ids = opened.execute_sql("SELECT * FROM sqlite_sequence ORDER BY 1").fetchall()
        opened.close_all()
        return rows, ids

    before = schema(place.keyring)
    rotation.rotate(place.database, place.secret, TABLES)
    assert schema(place.keyring) == before
    assert ("instances", 2) in before[1]


class Crash(BaseException):
    """Nothing in the program catches it, as nothing catches a kill."""


MOMENTS = [
    ("_copy", "before"),
    ("_copy", "after"),
    ("reseal", "before"),
    ("_check", "after"),
    ("_turn", "before"),
    ("_turn", "after"),
]


@pytest.mark.parametrize(("step", "when"), MOMENTS)
def test_after_a_crash_the_old_or_the_new_secret_opens_it(
    step: str, when: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = getattr(rotation, step)

    def crashing(*args: object) -> object:
        if when == "after":
            real(*args)
        raise Crash

    # What a kill leaves behind: nothing tidies up.
    monkeypatch.setattr(rotation, step, crashing)
    monkeypatch.setattr(rotation, "remove_database", lambda draft: None)
    with pytest.raises(Crash):
        rotation.rotate(place.database, place.secret, TABLES)
    monkeypatch.undo()
    rotation.finish(place.database, place.secret)
    assert place.is_whole(place.keyring)
    assert not place.secret.with_name("master.key.coming").exists()
    rotation.rotate(place.database, place.secret, TABLES)
    assert place.is_whole(place.keyring)


@pytest.mark.parametrize("seconds", [0.25, 0.35, 0.45, 0.55, 0.65, 0.8])
def test_a_kill_at_any_moment_leaves_a_program_that_starts(seconds: float, place: Place) -> None:
    process = subprocess.Popen(
        [sys.executable, "app.py", "rotate-secret"],
        cwd=ROOT,
        env=environment(place.data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with running(place.data) as (address, _):
        assert httpx.get(f"{address}/session/new", trust_env=False).status_code == 200
    assert place.is_whole(place.keyring)


def test_a_start_that_finds_the_previous_secret_takes_over(place: Place, tmp_path: Path) -> None:
    handed_in = tmp_path / "new.key"
    write_secret(handed_in, new_secret())
    settings = {"secret_file": handed_in, "secret_previous_file": place.secret}
    for _ in range(2):
        with running(place.data, **settings) as (address, _process):
            assert httpx.get(f"{address}/health", trust_env=False).status_code == 200
    assert place.is_whole(load(handed_in)[0])
    assert not place.opens(place.keyring)


def test_two_secrets_that_are_both_wrong_touch_nothing(place: Place, tmp_path: Path) -> None:
    for name in ("new.key", "previous.key"):
        write_secret(tmp_path / name, new_secret())
    before = place.files()
    code, said = refusal(
        place.data, secret_file=tmp_path / "new.key", secret_previous_file=tmp_path / "previous.key"
    )
    assert code == 2
    assert "neither with this master secret nor with the previous one" in said
    assert said.count("\n") == 1
    assert {name: place.files()[name] for name in before} == before


def test_a_database_of_an_earlier_schema_is_refused_before_anything_is_changed(
    place: Place,
) -> None:
    opened = EmbeddedDatabase(place.database, place.keyring)
    opened.open()
    opened.execute_sql("DELETE FROM schema_migration WHERE name LIKE '0008%'")
    opened.close_all()
    secret = place.secret.read_bytes()
    refused = _run(place, "rotate-secret")
    assert refused.returncode == 2
    assert "Start the program once" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert place.secret.read_bytes() == secret
    assert not list(place.secret.parent.glob("*.before-*"))


def test_while_a_server_runs_it_is_refused(place: Place) -> None:
    with running(place.data):
        refused = _run(place, "rotate-secret")
    assert refused.returncode == 2
    assert "stop it first" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_value_that_does_not_open_stops_it_before_anything_is_changed(place: Place) -> None:
    old = place.keyring
    opened = EmbeddedDatabase(place.database, old)
    opened.open()
    opened.execute_sql("UPDATE instances SET api_key = 'gAAAAABnot-ours'")
    opened.close_all()
    secret = place.secret.read_bytes()
    with pytest.raises(CannotRotate, match=r"instances\.api_key"):
        rotation.rotate(place.database, place.secret, TABLES)
    assert place.secret.read_bytes() == secret
    rotation.finish(place.database, place.secret)
    EmbeddedDatabase(place.database, old).open()


@pytest.fixture
def _writable_again(place: Place) -> Iterator[None]:
    yield
    place.secret.parent.chmod(0o700)


@pytest.mark.skipif(os.getuid() == 0, reason="root writes everything")
@pytest.mark.usefixtures("_writable_again")
def test_a_secret_that_was_handed_in_read_only_is_changed_by_the_settings(place: Place) -> None:
    place.secret.parent.chmod(0o500)
    refused = _run(place, "rotate-secret")
    assert refused.returncode == 2
    assert "VQS_SECRET_PREVIOUS_FILE" in refused.stderr
