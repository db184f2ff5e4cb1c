"""Durations counted by how long they were."""

from bisect import bisect_left
from typing import NamedTuple


class Histogram(NamedTuple):
    """`counts` has a number for each of `bounds`, in seconds, and one for what is longer."""

    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    total: float = 0.0

    @classmethod
    def empty(cls, bounds: tuple[float, ...]) -> "Histogram":
        return cls(bounds, (0,) * (len(bounds) + 1))

    def plus(self, seconds: float) -> "Histogram":
        place = bisect_left(self.bounds, seconds)
        counts = [count + (number == place) for number, count in enumerate(self.counts)]
        return Histogram(self.bounds, tuple(counts), self.total + seconds)

    @property
    def buckets(self) -> list[tuple[str, float]]:
        """How many were at most so long, as Prometheus has it."""
        found, sum_of = [], 0
        names = (*map(str, self.bounds), "+Inf")
        for name, count in zip(names, self.counts, strict=True):
            sum_of += count
            found.append((name, float(sum_of)))
        return found
