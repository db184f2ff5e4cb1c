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
    token.hand_to("a browser", at)
    assert token.is_held_by("a browser", at + HELD_FOR - timedelta(seconds=1))
    assert not token.is_held_by("a browser", at + HELD_FOR)
    assert not token.is_held_by("another", at)
