"""A word with a colour, as the pages show how something stands."""

from typing import NamedTuple


class Badge(NamedTuple):
    """`state` is the word that gives the colour (badge.css); without `words` it is shown itself."""

    state: str
    words: str | None = None
