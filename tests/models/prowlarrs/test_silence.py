"""When an indexer has gone silent, and when that is chance."""

from random import Random

import pytest

from models.prowlarrs.league import GAVE_ENOUGH, quiet_for

A_MONTH = 900


def past(share: float, searches: int, seed: int = 1) -> list[bool]:
    luck = Random(seed)
    return [luck.random() < share for _ in range(searches)]


@pytest.mark.parametrize("share", [0.3, 0.4, 0.6, 0.9])
@pytest.mark.parametrize("seed", range(5))
def test_a_dead_indexer_is_named_within_fifty_searches(share: float, seed: int) -> None:
    before = past(share, A_MONTH, seed)
    assert quiet_for([*before, *[False] * 50]) >= 50


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.6, 0.95])
def test_ten_clean_months_bring_no_false_alarm(share: float) -> None:
    gave = past(share, 10 * A_MONTH)
    alarms = [
        at
        for at in range(GAVE_ENOUGH, len(gave))
        if not gave[at] and quiet_for(gave[max(0, at - A_MONTH) : at + 1])
    ]
    assert alarms == []


def test_one_that_never_gave_much_is_not_named() -> None:
    assert quiet_for([]) == 0
    assert quiet_for([False] * 500) == 0
    assert quiet_for([True] * (GAVE_ENOUGH - 1) + [False] * 500) == 0


def test_one_that_always_gave_is_not_named_after_its_first_nothing() -> None:
    assert quiet_for([True] * 5 + [False]) == 0
    assert quiet_for([True] * 5 + [False] * 20) == 20


def test_it_ends_with_the_first_release() -> None:
    assert quiet_for([*past(0.5, 300), *[False] * 60, True]) == 0


def test_an_indexer_that_gives_in_one_search_of_three_is_named_as_documented() -> None:
    before = [number % 3 == 2 for number in range(300)]
    after = next(n for n in range(1, 100) if quiet_for([*before, *[False] * n]))
    assert 30 <= after <= 40
