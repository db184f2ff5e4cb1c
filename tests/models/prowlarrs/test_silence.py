"""When an indexer has gone silent, and when that is chance."""

from collections.abc import Iterable
from itertools import chain, pairwise
from random import Random

import pytest

from models.prowlarrs.silences import GAVE_ENOUGH, Answered, quiet_for, together

A_MONTH = 900


def told(gave: Iterable[bool], application: str = "sonarr") -> list[Answered]:
    return [Answered(application, None, at, had) for at, had in enumerate(gave)]


def past(share: float, searches: int, seed: int = 1, application: str = "sonarr") -> list[Answered]:
    luck = Random(seed)
    return told((luck.random() < share for _ in range(searches)), application)


def nothing(searches: int, application: str = "sonarr") -> list[Answered]:
    return told([False] * searches, application)


@pytest.mark.parametrize("share", [0.3, 0.4, 0.6, 0.9])
@pytest.mark.parametrize("seed", range(5))
def test_a_dead_indexer_is_named_within_fifty_searches(share: float, seed: int) -> None:
    before = past(share, A_MONTH, seed)
    assert quiet_for([*before, *nothing(50)]) >= 50


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.6, 0.95])
def test_ten_clean_months_bring_no_false_alarm(share: float) -> None:
    gave = past(share, 10 * A_MONTH)
    # A stretch is the least likely at its end.
    ends = [at for at, (each, after) in enumerate(pairwise(gave)) if after.had and not each.had]
    alarms = [at for at in ends if quiet_for(gave[max(0, at - A_MONTH) : at + 1])]
    assert alarms == [] != ends


def test_one_that_never_gave_much_is_not_named() -> None:
    assert quiet_for([]) == 0
    assert quiet_for(nothing(500)) == 0
    assert quiet_for(told([True] * (GAVE_ENOUGH - 1) + [False] * 500)) == 0


def test_one_that_always_gave_is_not_named_after_its_first_nothing() -> None:
    assert quiet_for(told([True] * 5 + [False])) == 0
    assert quiet_for(told([True] * 5 + [False] * 20)) == 20


def test_it_ends_with_the_first_release() -> None:
    assert quiet_for([*past(0.5, 300), *nothing(60), *told([True])]) == 0


def test_an_indexer_that_gives_in_one_search_of_three_is_named_as_documented() -> None:
    before = told(number % 3 == 2 for number in range(300))
    after = next(n for n in range(1, 100) if quiet_for([*before, *nothing(n)]))
    assert 30 <= after <= 40


def test_who_has_series_and_never_a_movie_is_not_silent_while_movies_are_searched() -> None:
    series, movies = past(0.6, 300), nothing(100, "radarr")
    mixed = list(chain.from_iterable(zip(series, movies, strict=False)))
    assert quiet_for([*mixed, *nothing(200, "radarr")]) == 0
    assert quiet_for([*mixed, *nothing(200, "radarr"), *nothing(25)]) >= 225


def test_both_applications_together_tell_that_an_indexer_is_dead() -> None:
    pairs = zip(past(0.4, 200), past(0.5, 200, 2, "radarr"), strict=True)
    dead = zip(nothing(15), nothing(15, "radarr"), strict=True)
    assert quiet_for([*chain.from_iterable(pairs), *chain.from_iterable(dead)]) >= 30


def test_a_series_that_an_indexer_has_not_counts_once_however_many_episodes_are_searched() -> None:
    before = [each._replace(about=f"/series/{each.at}") for each in past(0.5, 300)]
    long = [each._replace(about="/series/soap") for each in nothing(100)]
    found = together([*before, *long])
    assert found[-1].searches == 100 and len(found) == 301
    assert quiet_for([*before, *long]) and not quiet_for(found)


def test_what_one_of_its_episodes_got_counts_for_the_series() -> None:
    each = Answered("sonarr", "/series/a", 1, had=False)
    movie = Answered("radarr", "/movie/b", 2, had=False)
    found = together([each, movie, each._replace(at=3, had=True)])
    assert found == [movie, each._replace(had=True, searches=2)]
    assert len(together([each._replace(about=None)] * 3)) == 3
