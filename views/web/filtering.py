"""Filters of a list, read from its query string."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode


class Typed:
    """A form of filters; mostly it has no errors, as a value without sense filters nothing.

    `fixed` is empty, as no filter is set from outside; see `Draft`.
    """

    def __init__(self, values: dict[str, str], errors: dict[str, str] | None = None) -> None:
        self.values = values
        self.errors = errors or {}
        self.fixed: dict[str, str] = {}


def addresses(path: str, values: Mapping[str, str]) -> Callable[[int], str]:
    """A function from a page's number to its address."""
    kept = {name: value for name, value in values.items() if value}
    return lambda page: f"{path}?" + urlencode(kept | {"page": str(page)})
