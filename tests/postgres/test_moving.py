"""A household moves from the file to a server and back, and is the same there."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from peewee import Model

from models.backlog import Item
from models.backlog.snapshots import Drift
from models.database import Database, database
from models.database.encryption import new_secret, write_secret
from models.database.fields import now
from models.database.locks import Lock
from models.database.server import ServerDatabase
from models.instances import Instance
from models.opening import CannotMove
from models.opening.lock import only_server
from models.opening.moving import FileSide, Row, ServerSide, copy_all
from models.opening.schema import TABLES
from models.opening.servers import migrate_server
from models.people import User
from tests.furnished import furnish
from tests.people import account
from tests.postgres.databases import another
from tests.postgres.places import Place

PASSWORD = "a long walk by the river"


def contents() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    return {table._meta.table_name: sorted(map(repr, table.select().tuples())) for table in TABLES}


def newcomer() -> int:
    """The number that the next person gets."""
    facts = {"password_hash": "", "role": "viewer", "time_zone": "UTC", "created_at": now()}
    return int(User.create(name="New", key="new", **facts).id)


@pytest.fixture
def place(db: Database, tmp_path: Path) -> Iterator[Place]:
    with another() as address:
        made = Place(tmp_path, address)
        with made.file():
            furnish(PASSWORD, "Low water")
        yield made


def test_there_and_back_it_is_the_same(place: Place) -> None:
    with place.file() as opened:
        account("Gone", "viewer")
        (last,) = opened.execute_sql("SELECT max(id) FROM users").fetchone()
        User.delete().where(User.id == last).execute()
        before = contents()
    code, said, errors = place.move("--to")
    assert (code, errors) == (0, "")
    assert "items: 0 of " in said and "each table has the same digest" in said
    assert not place.path.exists()
    (kept,) = place.data.glob("vqs.db.moved-*")
    assert kept.is_file()
    with place.server():
        assert contents() == before
        assert Instance.get().api_key.reveal()
        made = account("New", "viewer")
        assert made.id == last + 1
        User.delete().where(User.key == "new").execute()
    code, said, errors = place.move("--from")
    assert (code, errors) == (0, "")
    assert place.path.stat().st_mode & 0o777 == 0o600
    assert not list(place.data.glob("*.coming*"))
    with place.file():
        assert contents() == before
        made = account("New", "viewer")
        assert made.id == last + 2
    with place.server():
        assert contents() == before


def test_nul_in_an_old_title_is_left_out_and_that_is_said(place: Place) -> None:
    with place.file():
        Item.update(title="Low\0water").execute()
    code, said, _ = place.move("--to")
    assert code == 0
    assert "NUL, which no server takes, was left out of texts in items." in said
    with place.server():
        assert Item.get().title == "Lowwater"


def test_it_is_refused_while_a_server_has_the_folder(place: Place) -> None:
    with only_server(place.data):
        for way in ("--to", "--from"):
            code, _, errors = place.move(way)
            assert code == 2 and "Another server is running" in errors
    assert place.tables_on_server() == 0


def test_it_is_refused_while_a_replica_has_the_server(place: Place) -> None:
    with closing(psycopg.connect(place.address, autocommit=True)) as replica:
        replica.execute("SELECT pg_advisory_lock_shared(%s, 0)", (Lock.SERVING,))
        code, _, errors = place.move("--to")
    assert code == 2 and "stop every replica first" in errors
    assert place.path.exists() and place.tables_on_server() == 0


def test_it_is_refused_where_something_is_already(place: Place) -> None:
    with psycopg.connect(place.address) as there:
        there.execute("CREATE TABLE others (id int)")
    code, _, errors = place.move("--to")
    assert code == 2 and "is not empty" in errors
    code, _, errors = place.move("--from")
    assert code == 2 and "There is a database" in errors
    assert place.path.exists()


def test_what_the_server_does_not_take_leaves_both_as_they_were(place: Place) -> None:
    with place.file() as opened:
        opened.execute_sql("UPDATE items SET year = 'some day'")
    code, _, errors = place.move("--to")
    assert code == 2 and 'The rows of "items" cannot be written there' in errors
    assert errors.count("\n") == 1 and place.address not in errors
    assert place.path.exists() and place.tables_on_server() == 0


class Changing(ServerSide):
    """Does to the rows of one table what must not happen on the way."""

    def __init__(self, opened: ServerDatabase, does: Callable[[Row], list[Row]]) -> None:
        super().__init__(opened)
        self.does = does

    def write(self, table: type[Model], rows: Iterable[Row]) -> None:
        first, *others = rows if table is Drift else ((), *rows)
        super().write(table, [*self.does(first), *others] if table is Drift else others)


@pytest.mark.parametrize("does", [lambda row: [], lambda row: [(*row[:-1], "other")]])
def test_a_row_that_is_lost_or_changed_on_the_way_ends_it(
    place: Place, does: Callable[[Row], list[Row]]
) -> None:
    server = ServerDatabase(place.address, place.keyring)
    with place.file() as file:
        server.open()
        with server.atomic() as transaction:
            migrate_server(server)
            with pytest.raises(CannotMove, match="drifts"):
                copy_all(FileSide(file), Changing(server, does), lambda *_: None)
            transaction.rollback()
        server.close_all()
    assert place.tables_on_server() == 0


def test_an_empty_server_has_nothing_to_move(place: Place, tmp_path: Path) -> None:
    place.path.rename(tmp_path / "elsewhere")
    code, _, errors = place.move("--from")
    assert code == 2 and "there is nothing to move" in errors
    assert not list(place.data.glob("vqs.db*"))


def test_another_secret_is_refused(place: Place) -> None:
    assert place.move("--to")[0] == 0
    write_secret(place.secret, new_secret())
    code, _, errors = place.move("--from")
    assert code == 2 and "another master secret" in errors
    assert not place.path.exists()


@pytest.mark.parametrize("way", ["--to", "--from"])
def test_a_kill_in_the_middle_leaves_the_source_and_no_target(place: Place, way: str) -> None:
    with place.file():
        row = {**Item.get().__data__}
        del row["id"]
        with database.atomic():
            for start in range(0, 30_000, 500):
                some = [row | {"arr_id": 10_000 + start + n} for n in range(500)]
                Item.insert_many(some).execute()
        before = contents()
    if way == "--from":
        assert place.move("--to")[0] == 0
    process = place.start(way)
    assert process.stdout
    assert any(line.startswith("items: 0 of") for line in process.stdout)
    process.send_signal(signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL
    process.communicate()
    if way == "--to":
        assert place.tables_on_server() == 0
        with place.file():
            assert contents() == before
    else:
        assert not place.path.exists()
        with place.server():
            assert contents() == before
    assert place.move(way)[0] == 0


def test_the_address_is_never_shown(place: Place) -> None:
    place.url_file.write_text("postgresql://vqs:hunter2hunter2@127.0.0.1:1/vqs\n")
    code, said, errors = place.move("--to")
    assert code == 2 and "hunter2" not in said + errors
    assert os.linesep in errors
