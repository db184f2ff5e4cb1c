"""Intervals: how far a share may be off by chance, and which of several shares differ."""

from collections.abc import Callable, Iterable
from math import sqrt
from typing import NamedTuple, TypeVar

# 95 of 100 such intervals hold the true share.
Z = 1.96

T = TypeVar("T")


class Interval(NamedTuple):
    """The lowest and the highest share, 0 to 1, that such counts are likely to come from."""

    low: float
    high: float


def wilson(hits: int, tries: int) -> Interval | None:
    """The 95 % interval of a share (Wilson, 1927), also right for few tries; None for no try."""
    if not tries:
        return None
    share, weight = hits / tries, Z * Z / tries
    middle = share + weight / 2
    margin = Z * sqrt(share * (1 - share) / tries + weight / (4 * tries))
    return Interval(
        max((middle - margin) / (1 + weight), 0.0), min((middle + margin) / (1 + weight), 1.0)
    )


def apart(some: Iterable[T], interval: Callable[[T], Interval | None]) -> tuple[T, T] | None:
    """The surely best and the surely worst of them; None where their intervals overlap."""
    known = [(each, found) for each in some if (found := interval(each))]
    if not known:
        return None
    best, lowest = max(known, key=lambda each: each[1].low)
    worst, highest = min(known, key=lambda each: each[1].high)
    return (best, worst) if lowest.low > highest.high else None
