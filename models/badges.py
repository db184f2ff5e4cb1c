"""Badges: a word with a colour that shows a state."""

from typing import NamedTuple


class Badge(NamedTuple):
    """A badge; `state` sets the colour (badge.css), and is shown itself where `words` is None."""

    state: str
    words: str | None = None
