"""The size of a demo library."""

from dataclasses import dataclass
from random import Random

from jobs.demo.library import DAY_S, HOUR_S


@dataclass(frozen=True)
class Size:
    """How many items a library wants when it is made.

    `searched` is the share of them that was searched before.
    `history` is the number of past downloads.
    """

    missing: int
    upgrade: int
    searched: float = 0.35
    history: int = 40


def sized(usual: Size, size: float | Size) -> Size:
    """The size itself, or the usual one scaled by a factor."""
    if isinstance(size, Size):
        return size
    return Size(missing=round(usual.missing * size), upgrade=round(usual.upgrade * size))


def searched_before(rng: Random, share: float, now: int) -> int | None:
    """A moment in the last half year for the given share of items; None for the others."""
    return now - rng.randrange(HOUR_S, 180 * DAY_S) if rng.random() < share else None
