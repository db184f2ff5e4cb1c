"""The people and things that the tests speak of."""

import gc
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from app import create_app
from jobs.engine import Engine
from models import people
from models.database import Database, database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.database.fields import follow, now
from models.environment import Environment
from models.instances import Instance
from models.opening.schema import open_database
from models.people import User
from models.people.names import key_of
from models.people.setup import SetupToken
from models.queues import Queue
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.fakes.clock import FastClock
from tests.people import account
from tests.postgres.databases import SERVER, emptied
from tests.timing import every

PASSWORD = "a long walk by the river"
SETUP_TOKEN = "the-token"
START = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a server only what asks a database is run: the rest was run on the file."""
    chosen = [each for each in items if _belongs_here(each)]
    others = [each for each in items if not _belongs_here(each)]
    items[:] = chosen
    config.hook.pytest_deselected(items=others)


def _belongs_here(item: pytest.Item) -> bool:
    return _asks_a_database(item) if SERVER else item.get_closest_marker("server") is None


def _asks_a_database(item: pytest.Item) -> bool:
    asks = "db" in getattr(item, "fixturenames", ()) or item.get_closest_marker("server")
    return bool(asks) or "postgres" in item.path.parts


def pytest_collection_finish() -> None:
    """Freezes imported objects, so that the garbage collector skips them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> None:
    """Argon2id still, with the least work that it takes."""
    people.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    people.NOBODYS_HASH = people.HASHER.hash(b"nobody")


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return Keyring(b"an example of 32 bytes for tests")


@pytest.fixture(scope="session")
def _fresh_file(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Path:
    path = tmp_path_factory.mktemp("fresh") / "vqs.db"
    opened = open_database(path, keyring, now())
    opened.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close_all()
    return path


@pytest.fixture
def db(request: pytest.FixtureRequest, tmp_path: Path, keyring: Keyring) -> Iterator[Database]:
    """A real, migrated and empty database, which the models use: encrypted, or on a server."""
    opened: Database
    if SERVER:
        opened = emptied(SERVER, keyring)
    else:
        path = tmp_path / "vqs.db"
        shutil.copy(request.getfixturevalue("_fresh_file"), path)
        opened = EmbeddedDatabase(path, keyring)
        opened.open()
        database.initialize(opened)
    yield opened
    opened.close_all()
    follow(None)


def _person(name: str, role: str) -> User:
    return account(name, role, password=PASSWORD, time_zone="Europe/Berlin")


@pytest.fixture
def alice(db: Database) -> User:
    """The administrator."""
    return _person("Alice", "admin")


@pytest.fixture
def bob(alice: User) -> User:
    """A member."""
    return _person("Bob", "member")


@pytest.fixture
def vera(alice: User) -> User:
    """A viewer."""
    return _person("Vera", "viewer")


@pytest.fixture
def clock() -> FastClock:
    return FastClock(START)


@pytest.fixture
def sonarr(clock: FastClock) -> FakeArr:
    """The server behind `living_room`."""
    return FakeArr("sonarr", now=clock.now)


@pytest.fixture
def radarr(clock: FastClock) -> FakeArr:
    """The server behind `cinema`."""
    return FakeArr("radarr", now=clock.now)


@pytest.fixture
async def engine(
    db: Database, clock: FastClock, sonarr: FakeArr, radarr: FakeArr
) -> AsyncIterator[Engine]:
    """The real engine, with fast time, and fakes at demo://sonarr and demo://radarr."""
    made = Engine(clock=clock, demo={"sonarr": sonarr, "radarr": radarr})
    yield made
    await made.stop()


def _instance(name: str, application: str) -> Instance:
    return Instance.create(
        name=name,
        key=key_of(name),
        application=application,
        url=f"demo://{application}",
        api_key=FakeArr.key,
        created_at=START,
    )


@pytest.fixture
def living_room(db: Database) -> Instance:
    """A Sonarr."""
    return _instance("Living room", "sonarr")


@pytest.fixture
def cinema(db: Database) -> Instance:
    """A Radarr."""
    return _instance("Cinema", "radarr")


@pytest.fixture
def nightly(alice: User, living_room: Instance) -> Queue:
    """Alice's queue of what the living room misses, five items every two hours."""
    queue = Queue.create(
        owner=alice,
        name="Nightly",
        key="nightly",
        strategy="missing",
        batch_size=5,
        schedule_json=every(120),
        created_at=START,
    )
    queue.serve([living_room])
    return queue


@pytest.fixture
def options(tmp_path: Path) -> Environment:
    """The settings of the environment; a module that needs others overrides this."""
    return Environment(data_dir=tmp_path)


@pytest.fixture
async def browser(
    db: Database, keyring: Keyring, engine: Engine, options: Environment
) -> AsyncIterator[Browser]:
    """A browser in which nobody is signed in yet."""
    app, scheduler = create_app(options, keyring, SetupToken(SETUP_TOKEN), engine)
    db.listen(scheduler.hear)
    async with Browser(app) as made:
        yield made
    db.stop_listening(scheduler.hear)
