"""Who is first in line for a budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.claims import HOUSE, Claim, ahead

LIVING, CINEMA = 1, 2


def claim(
    queue: int, spent: int = 0, *, weight: int = 1, wanted: int = 5, at: int = LIVING
) -> Claim:
    return Claim(queue, spent, weight, wanted, frozenset({at, HOUSE}))


@pytest.mark.parametrize(
    ("other", "before"),
    [
        (claim(2, 0), 4),
        (claim(2, 3), 1),
        (claim(2, 4), 0),
        (claim(2, 9), 0),
        (claim(1, 4), 1),
        (claim(2, 0, wanted=2), 2),
        (claim(2, 0, wanted=0), 0),
        (claim(2, 6, weight=3, wanted=50), 6),
        (claim(2, 12, weight=3), 0),
    ],
)
def test_others_go_first_until_they_had_as_much_of_their_weight(other: Claim, before: int) -> None:
    assert other.before(claim(3 if other.queue == 1 else 1, 4)) == before


def test_only_those_who_draw_on_a_budget_are_ahead_on_it() -> None:
    others = [claim(2), claim(3, at=CINEMA)]
    mine = claim(9, 100)
    assert ahead(mine, others, LIVING) == 5
    assert ahead(mine, others, CINEMA) == 5
    assert ahead(mine, others) == 10


def test_room_is_left_for_the_whole_of_a_search_that_costs_more() -> None:
    season = claim(2, 0, wanted=8)._replace(next_cost=8)
    assert season.before(claim(1, 1)) == 8
    assert season.before(claim(1, 0)) == 0
    assert season.before(claim(1, 30)) == 8


def test_each_of_several_instances_is_asked_for_its_part() -> None:
    both = claim(2, wanted=5)._replace(whose=frozenset({LIVING, CINEMA, HOUSE}))
    assert [ahead(claim(9, 100), [both], whose) for whose in (LIVING, CINEMA, HOUSE)] == [3, 3, 5]


def test_nobody_waits_for_itself() -> None:
    assert ahead(claim(1, 100), [claim(1)]) == 0


CLAIMS = st.lists(
    st.builds(
        Claim,
        queue=st.integers(1, 50),
        spent=st.integers(0, 40),
        weight=st.integers(1, 10),
        wanted=st.integers(0, 20),
        whose=st.just(frozenset({HOUSE})),
        next_cost=st.just(1),
    ),
    min_size=1,
    unique_by=lambda each: each.queue,
)


@given(CLAIMS)
def test_served_one_by_one_each_is_served_when_all_that_were_ahead_have_been(
    claims: list[Claim],
) -> None:
    """Whoever has nobody ahead has the next search: there is always one, and no two wait for
    each other."""
    claims = [each for each in claims if each.wanted]
    while claims:
        first = [each for each in claims if ahead(each, claims) == 0]
        assert len(first) == 1
        least = min(claims, key=lambda each: (each.spent / each.weight, each.queue))
        assert first == [least]
        served = least._replace(spent=least.spent + 1, wanted=least.wanted - 1)
        claims = [served if each is least else each for each in claims]
        claims = [each for each in claims if each.wanted]


@given(CLAIMS)
def test_so_many_are_ahead_as_are_served_before(claims: list[Claim]) -> None:
    mine = claims[0]._replace(wanted=1)
    waiting, served = [mine, *claims[1:]], 0
    while True:
        there = [each for each in waiting if each.wanted]
        least = min(there, key=lambda each: (each.spent / each.weight, each.queue))
        if least.queue == mine.queue:
            break
        served += 1
        waiting = [
            each._replace(spent=each.spent + 1, wanted=each.wanted - 1) if each is least else each
            for each in waiting
        ]
    assert ahead(mine, claims) == served
