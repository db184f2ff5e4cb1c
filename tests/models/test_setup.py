"""Who may make the first administrator."""

from pathlib import Path

import pytest

from models import setup
from models.database import Database
from models.fields import now
from models.settings import Settings
from models.setup import SetupToken
from models.setup_steps import step
from models.users import User


def _administrator(name: str) -> User | None:
    return setup.make_administrator(
        name=name, password_hash="x", time_zone="Europe/Berlin", at=now()
    )


def test_it_is_open_until_somebody_exists(db: Database) -> None:
    assert setup.is_open()
    assert step() == "account"
    assert _administrator("Alice") is not None
    assert not setup.is_open()
    assert _administrator("Bob") is None
    assert [user.name for user in User.select()] == ["Alice"]
    assert step() == "instance"


def test_a_token_is_made_for_each_start(tmp_path: Path) -> None:
    tokens = [SetupToken.of(Settings(data_dir=tmp_path, host="0.0.0.0")) for _ in range(2)]
    assert tokens[0].value != tokens[1].value
    assert len(tokens[0].value) >= 24
    assert not tokens[0].loopback


def test_a_token_can_be_handed_in(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of my own\r\n")
    token = SetupToken.of(Settings(data_dir=tmp_path, setup_token_file=tmp_path / "token"))
    assert token.fits("of my own")
    assert token.is_needed("127.0.0.1", "localhost", set())


def test_an_empty_token_fits_nothing() -> None:
    assert not SetupToken("", loopback=False).fits("")


@pytest.mark.parametrize("typed", ["", "the-toke", "the-token ", "THE-TOKEN", "ü"])
def test_only_the_whole_token_fits(typed: str) -> None:
    assert not SetupToken("the-token", loopback=False).fits(typed)


@pytest.mark.parametrize(
    ("loopback", "peer", "host", "headers", "needed"),
    [
        (True, "127.0.0.1", "localhost", set(), False),
        (True, "127.0.0.1", "127.0.0.1", {"user-agent"}, False),
        (True, "::1", "::1", set(), False),
        (True, "127.0.0.1", "evil.example", set(), True),
        (True, "127.0.0.1", "", set(), True),
        (True, "192.168.1.9", "localhost", set(), True),
        (True, "unknown", "localhost", set(), True),
        (True, "127.0.0.1", "localhost", {"x-forwarded-for"}, True),
        (True, "127.0.0.1", "localhost", {"forwarded"}, True),
        (False, "127.0.0.1", "localhost", set(), True),
    ],
)
def test_it_is_needed_unless_all_is_on_this_machine(
    loopback: bool, peer: str, host: str, headers: set[str], needed: bool
) -> None:
    assert SetupToken("the-token", loopback=loopback).is_needed(peer, host, headers) is needed
