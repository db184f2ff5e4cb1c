"""A database that an earlier version has left is opened, migrated, and shown as before.

Each `<version>.db` is a household of that version: the demo library, a Sonarr and a Radarr, a month
of history, a row in every table. Its master secret is that of the tests, its people's password
too. `<version>.json` holds how many rows each table had. Files are added and never changed.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.database import Database, database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.database.fields import now
from models.opening.schema import TABLES, open_database
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from tests.models.opening.test_schema import described

FOLDER = Path(__file__).parent
VERSIONS = sorted(path.stem for path in FOLDER.glob("*.db"))
MOST_BYTES = 2 * 1024 * 1024
PAGES = (
    *("/", "/instances", "/instances/1", "/instances/1/edit", "/instances/4", "/queues"),
    *("/queues/1", "/queues/3/edit", "/queues/3/preview", "/runs", "/runs/1", "/searches"),
    *("/backlog?instance=1", "/items/1", "/exclusions", "/plan", "/yield", "/people", "/people/2"),
    *("/profile", "/sessions", "/two-factor", "/settings", "/jobs", "/audit"),
)


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def db(version: str, tmp_path: Path, keyring: Keyring) -> Iterator[Database]:
    """In the place of the fresh database of every other test."""
    path = tmp_path / "vqs.db"
    shutil.copy(FOLDER / f"{version}.db", path)
    opened = open_database(path, keyring, now())
    yield opened
    opened.close_all()


def test_one_is_kept_and_it_is_small() -> None:
    assert "0.1.0" in VERSIONS
    assert all((FOLDER / f"{each}.db").stat().st_size <= MOST_BYTES for each in VERSIONS)


def test_no_row_is_lost(db: Database, version: str) -> None:
    counts = json.loads((FOLDER / f"{version}.json").read_text())
    assert all(counts.values())
    for name, count in counts.items():
        (found,) = db.execute_sql(f'SELECT count(*) FROM "{name}"').fetchone()
        assert found >= count, name
    assert db.execute_sql("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute_sql("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_its_schema_is_that_of_the_models(db: Database, tmp_path: Path, keyring: Keyring) -> None:
    fresh = EmbeddedDatabase(tmp_path / "models.db", keyring)
    fresh.open()
    with fresh.bind_ctx(TABLES):
        fresh.create_tables(TABLES)
    made = described(fresh)
    fresh.close_all()
    assert described(db) == made


def test_a_copy_is_kept_as_it_was(db: Database, tmp_path: Path) -> None:
    (copy,) = (tmp_path / "backups").glob("before-update-*.db")
    assert copy.stat().st_size > 0


async def test_its_people_sign_in_and_every_page_opens(db: Database, browser: Browser) -> None:
    assert database.obj is db
    await browser.sign_in("alice", PASSWORD)
    for page in PAGES:
        answer = await browser.get(page)
        assert answer.status_code == 200, page
        assert answer.url.path == page.partition("?")[0], page
