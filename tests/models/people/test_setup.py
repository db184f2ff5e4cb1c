"""Who may make the first administrator."""

from datetime import timedelta
from pathlib import Path

import pytest

from models.dashboard.setup_steps import step
from models.database import Database
from models.database.fields import now
from models.environment import Environment
from models.people import User, setup
from models.people.setup import HELD_FOR, SetupToken


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
    tokens = [SetupToken.of(Environment(data_dir=tmp_path, host="0.0.0.0")) for _ in range(2)]
    assert tokens[0].value != tokens[1].value
    assert len(tokens[0].value) >= 24


def test_a_token_can_be_handed_in(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of my own\r\n")
    token = SetupToken.of(Environment(data_dir=tmp_path, setup_token_file=tmp_path / "token"))
    assert token.fits("of my own")
    assert token.from_file


def test_an_empty_token_fits_nothing() -> None:
    assert not SetupToken("").fits("")


@pytest.mark.parametrize("typed", ["", "the-toke", "the-token ", "THE-TOKEN", "ü"])
def test_only_the_whole_token_fits(typed: str) -> None:
    assert not SetupToken("the-token").fits(typed)


def test_a_browser_that_has_shown_it_is_known_for_an_hour() -> None:
    token, at = SetupToken("the-token"), now()
    browser = token.holders_id(at)
    assert token.is_held_by(browser, at + HELD_FOR - timedelta(seconds=1))
    assert not token.is_held_by(browser, at + HELD_FOR)
    assert token.holders_id(at) != browser


def test_every_replica_with_the_same_token_knows_it_and_no_other() -> None:
    browser = SetupToken("the-token").holders_id(now())
    assert SetupToken("the-token").is_held_by(browser, now())
    assert not SetupToken("another-token").is_held_by(browser, now())


def test_nobody_can_make_such_an_id_or_have_it_last_longer() -> None:
    token, at = SetupToken("the-token"), now()
    name, until, proof = token.holders_id(at).rsplit(".", 2)
    later = str(int(until) + 3600)
    for forged in (
        "",
        ".",
        "..",
        "a",
        f"{name}.{later}.{proof}",
        f"a.{until}.{proof}",
        f"{name}.{until}.ü",
    ):
        assert not token.is_held_by(forged, at), forged
    empty = SetupToken("")
    assert not empty.is_held_by(empty.holders_id(at), at)
