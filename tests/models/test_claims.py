"""Who is first in line for a budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.claims import HOUSE, Claim, ahead

LIVING, CINEMA = 1, 2


def claim(queue: int, spent: int = 0, *, weight: int = 1, owed: int = 5, at: int = LIVING) -> Claim:
    return Claim(queue, spent, weight, owed, frozenset({at, HOUSE}))


@pytest.mark.parametrize(
    ("other", "before"),
    [
        (claim(2, 0), 4),
        (claim(2, 3), 1),
        (claim(2, 4), 0),
        (claim(2, 9), 0),
        (claim(1, 4), 1),
        (claim(2, 0, owed=2), 2),
        (claim(2, 0, owed=0), 0),
        (claim(2, 6, weight=3, owed=50), 6),
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


def test_nobody_waits_for_itself() -> None:
    assert ahead(claim(1, 100), [claim(1)]) == 0


CLAIMS = st.lists(
    st.builds(
        Claim,
        queue=st.integers(1, 50),
        spent=st.integers(0, 40),
        weight=st.integers(1, 10),
        owed=st.integers(0, 20),
        whose=st.just(frozenset({HOUSE})),
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
    claims = [each for each in claims if each.owed]
    while claims:
        first = [each for each in claims if ahead(each, claims) == 0]
        assert len(first) == 1
        least = min(claims, key=lambda each: (each.spent / each.weight, each.queue))
        assert first == [least]
        served = least._replace(spent=least.spent + 1, owed=least.owed - 1)
        claims = [served if each is least else each for each in claims]
        claims = [each for each in claims if each.owed]


@given(CLAIMS)
def test_so_many_are_ahead_as_are_served_before(claims: list[Claim]) -> None:
    mine = claims[0]._replace(owed=1)
    waiting, served = [mine, *claims[1:]], 0
    while True:
        there = [each for each in waiting if each.owed]
        least = min(there, key=lambda each: (each.spent / each.weight, each.queue))
        if least.queue == mine.queue:
            break
        served += 1
        waiting = [
            each._replace(spent=each.spent + 1, owed=each.owed - 1) if each is least else each
            for each in waiting
        ]
    assert ahead(mine, claims) == served
