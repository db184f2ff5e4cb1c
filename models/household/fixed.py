"""Settings of the household that are fixed from outside the program."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Fixed(NamedTuple):
    """The value of one setting, and where it is set: "VQS_TIME_ZONE in the environment"."""

    value: Any
    where: str

    @property
    def sentence(self) -> str:
        return f"Set by {self.where}; change it there, and start the program again."


_fixed: dict[str, Fixed] = {}


def fix(found: Mapping[str, Fixed]) -> None:
    """Gives these settings these values from now on, whatever the page of the settings holds."""
    _fixed.clear()
    _fixed.update(found)


def fixed() -> Mapping[str, Fixed]:
    return _fixed
