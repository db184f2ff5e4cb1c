"""How names are compared: capitals do not make two names, and nothing else makes one of two."""

import shutil
from pathlib import Path

import pytest

from models.database import database
from models.database.embedded import EmbeddedDatabase
from models.database.encryption import Keyring
from models.opening.schema import MIGRATIONS, migrate
from models.people import User
from models.people.names import key_of
from tests.conftest import START


@pytest.mark.parametrize(
    ("one", "other"), [("Alice", "aLICE"), (" Zoë ", "ZOË"), ("Ömer", "ömer"), ("ΣΟΦΙΑ", "σοφια")]
)
def test_capitals_do_not_make_two_names(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sam", "\u017fam"),
        ("strasse", "stra\u00dfe"),
        ("STRASSE", "stra\u00dfe"),
        ("karl", "\u212aarl"),
        ("ida", "\u0130da"),
        ("fisch", "\ufb01sch"),
        ("zo\u00eb", "zoe\u0308"),
    ],
)
def test_no_other_names_become_one(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


def test_keys_of_earlier_versions_are_made_anew(tmp_path: Path, keyring: Keyring) -> None:
    folder, path = tmp_path / "earlier", tmp_path / "old.db"
    folder.mkdir()
    for script in MIGRATIONS.glob("000*_*.py"):
        shutil.copy(script, folder)
    opened = EmbeddedDatabase(path, keyring)
    opened.open()
    database.initialize(opened)
    migrate(opened, path, START, folder)
    names = ("Alice", "stra\u00dfe", "\u017fam")
    for name in names:
        opened.execute_sql(
            "INSERT INTO users (name, key, role, time_zone, created_at, theme)"
            " VALUES (?, ?, 'viewer', 'UTC', 0, 'auto')",
            (name, name.casefold()),
        )
    migrate(opened, path, START)
    assert {user.name: user.key for user in User.select()} == {
        "Alice": "alice",
        "stra\u00dfe": "stra\u00dfe",
        "\u017fam": "\u017fam",
    }
    opened.close_all()
