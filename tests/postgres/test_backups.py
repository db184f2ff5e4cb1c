"""A server's database comes back from pg_dump as the documents say."""

import re
import subprocess
from pathlib import Path

import pytest

from models.database import Database, database
from models.database.encryption import Keyring
from models.database.fields import now
from models.household import Household
from models.opening.servers import open_server
from models.people import User
from tests.people import account
from tests.postgres.cluster import programs
from tests.security.walk import dump

pytestmark = pytest.mark.server

DOCUMENT = Path(__file__).parents[2] / "docs" / "how-to" / "postgresql.md"


def _said(program: str, address: str, file: Path) -> list[str]:
    """The command of the documents, for this server and this file."""
    found = re.search(rf"^ *({program} .*DATABASE_URL[^&\n]*)", DOCUMENT.read_text(), re.MULTILINE)
    assert found and programs()
    words = found[1].replace("DATABASE_URL", address).replace("vqs.dump", str(file)).split()
    return [str(programs() / words[0]), *words[1:]]  # type: ignore[operator]


def test_a_dump_brings_everything_back(db: Database, keyring: Keyring, tmp_path: Path) -> None:
    address, file = str(db.database), tmp_path / "vqs.dump"
    account("Alice")
    Household.current().change(time_zone="Europe/Rome")
    before = dump()
    subprocess.run(_said("pg_dump", address, file), check=True)
    account("Bob", "member")
    Household.current().change(time_zone="UTC")
    database.close()
    subprocess.run(_said("pg_restore", address, file), check=True)
    opened = open_server(address, keyring, now())
    try:
        assert dump() == before
        assert User.get().name == "Alice"
        assert account("Carol", "viewer").id > User.get(name="Alice").id
    finally:
        opened.close_all()
        database.initialize(db)
