"""How far shares may be off by chance, and which of several differ."""

import pytest

from models.yields.intervals import Interval, apart, wilson


@pytest.mark.parametrize(
    ("hits", "tries", "low", "high"),
    [
        # Of Wilson's formula; the first two also in Brown, Cai, DasGupta 2001.
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 3, 0.0615, 0.7923),
        (61, 400, 0.1206, 0.1910),
        (5_000, 10_000, 0.4902, 0.5098),
    ],
)
def test_the_interval_is_wilsons(hits: int, tries: int, low: float, high: float) -> None:
    found = wilson(hits, tries)
    assert found is not None
    assert found == pytest.approx((low, high), abs=0.0001)
    assert found.low <= hits / tries <= found.high


def test_without_a_try_nothing_is_known() -> None:
    assert wilson(0, 0) is None


def _of(counts: tuple[int, int]) -> Interval | None:
    return wilson(*counts)


def test_the_best_and_the_worst_do_not_overlap() -> None:
    few, good, bad, empty = (2, 3), (50, 100), (5, 100), (0, 0)
    assert apart([few, good, bad, empty], _of) == (good, bad)
    assert apart([few, good, empty], _of) is None
    assert apart([good, good], _of) is None
    assert apart([good], _of) is None
    assert apart([empty], _of) is None
