"""The token that every form carries."""

import pytest

from views.web import tokens

KEY = b"k" * 32


def test_a_token_fits_its_own_session_only() -> None:
    token = tokens.issue(KEY, "session")
    assert tokens.fits(KEY, "session", token)
    assert not tokens.fits(KEY, "other", token)
    assert not tokens.fits(b"o" * 32, "session", token)


def test_two_tokens_of_a_session_never_look_alike() -> None:
    assert len({tokens.issue(KEY, "session") for _ in range(50)}) == 50


@pytest.mark.parametrize("token", ["", "x", "=", "é", "A" * 43, "A" * 44, "\0", "A" * 10_000])
def test_whatever_is_no_token_does_not_fit(token: str) -> None:
    assert not tokens.fits(KEY, "session", token)
