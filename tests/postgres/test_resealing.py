"""Another master secret, on a server: all that is sealed is sealed anew at once, or nothing is."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from models.database import Database, database
from models.database.encryption import UnusableSecret, load, new_secret, write_secret
from models.database.locks import Lock
from models.household import Household
from models.instances import Instance
from models.opening.resealing import finish, take_over
from models.people import User, password_fits
from models.people.audit import Event
from models.people.second_factors import SecondFactor
from tests.furnished import furnish
from tests.postgres.databases import another
from tests.postgres.places import Place

PASSWORD = "a long walk by the river"
NEW = "seven grey herons at dawn"


@pytest.fixture
def place(db: Database, tmp_path: Path) -> Iterator[Place]:
    with another() as address:
        made = Place(tmp_path, address)
        with made.server():
            furnish("Low water", PASSWORD)
            Event._meta.database.execute_sql("UPDATE users SET key = 'alice' WHERE id = 1")
        yield made


def is_whole(place: Place) -> bool:
    """Whether what is sealed opens with the secret that is in its file."""
    with place.server():
        assert password_fits(Household.current(), PASSWORD, User.get_by_id(1).password_hash)
        return Instance.get().api_key.reveal() == "k" * 32 and bool(SecondFactor.get().secret)


def test_everything_opens_with_the_new_secret_and_nothing_with_the_old(place: Place) -> None:
    before = place.secret.read_text()
    done = place.command("rotate-secret")
    assert (done.returncode, done.stderr) == (0, "")
    assert "give it to every replica" in done.stdout
    assert place.secret.read_text() != before
    assert is_whole(place)
    with place.server():
        assert Event.select().where(Event.action == "secret-changed").count() == 1
    (kept,) = place.secret.parent.glob("master.key.before-*")
    assert kept.read_text() == before
    kept.replace(place.secret)
    with pytest.raises(UnusableSecret), place.server():
        pass


def test_a_secret_that_is_handed_in_takes_the_place_of_the_previous_one(place: Place) -> None:
    handed = place.secret.with_name("handed-in")
    write_secret(handed, new_secret())
    settings = {"secret_file": handed, "secret_previous_file": place.secret}
    assert place.command("rotate-secret", **settings).returncode == 0
    place.secret = handed
    assert is_whole(place)


def test_it_is_refused_while_a_replica_runs(place: Place) -> None:
    with closing(psycopg.connect(place.address, autocommit=True)) as replica:
        replica.execute("SELECT pg_advisory_lock_shared(%s, 0)", (Lock.SERVING,))
        refused = place.command("rotate-secret")
    assert refused.returncode == 2 and "stop every replica first" in refused.stderr
    assert not list(place.secret.parent.glob("*.coming"))
    assert is_whole(place)


def test_one_value_that_cannot_be_opened_leaves_all_as_it_was(place: Place) -> None:
    with psycopg.connect(place.address) as there:
        there.execute("UPDATE second_factors SET secret = 'gAAAAABnot-ours'")
    before = place.secret.read_text()
    refused = place.command("rotate-secret")
    assert refused.returncode == 2 and "second_factors.secret cannot be opened" in refused.stderr
    assert place.secret.read_text() == before
    assert is_whole(place)


@pytest.mark.parametrize("is_done", [False, True])
def test_after_a_crash_the_old_or_the_new_secret_opens_it(
    place: Place, db: Database, is_done: bool
) -> None:
    """It is cut short before the commit, or between that and the new name of the file."""
    coming = place.secret.with_name("master.key.coming")
    write_secret(coming, new_secret())
    made = coming.read_text()
    if is_done:
        take_over(place.address, load(coming)[0], place.keyring)
        database.initialize(db)
    finish(place.address, place.secret)
    assert not coming.exists()
    assert (place.secret.read_text() == made) == is_done
    assert is_whole(place)


def test_a_password_is_reset_beside_the_replicas(place: Place) -> None:
    done = place.command("reset-password", "alice", typed=f"{NEW}\n")
    assert (done.returncode, done.stderr) == (0, "")
    with place.server():
        assert password_fits(Household.current(), NEW, User.get_by_id(1).password_hash)


def test_no_command_and_no_start_shows_the_address(place: Place) -> None:
    for address in (
        "postgresql://vqs:hunter2hunter2@127.0.0.1:1/vqs",
        "postgresql://vqs:hunter2hunter2@db.example.com/vqs",
        "postgresql://vqs:hunter2hunter2@[::1/vqs",
        "postgresql://vqs:hunter2hunter2@127.0.0.1/vqs?nothing=hunter2hunter2",
        "mysql://vqs:hunter2hunter2@127.0.0.1/vqs",
        place.address.replace("//vqs@", "//nobody:hunter2hunter2@"),
    ):
        place.url_file.write_text(address)
        for words in (["serve"], ["rotate-secret"], ["reset-password", "alice"]):
            refused = place.command(*words, log_level="debug")
            assert refused.returncode == 2, refused.stderr
            assert "hunter2" not in refused.stdout + refused.stderr
            assert "Traceback" not in refused.stderr
