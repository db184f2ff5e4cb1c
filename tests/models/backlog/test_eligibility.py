"""The rules: one reason, and the moment when it ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.backlog.eligibility import (
    DAY_MS,
    HOUR_MS,
    Facts,
    Policy,
    Reason,
    after,
    decide,
    early_at,
)
from models.household import Household

NOW = 1_800_000_000_000
POLICY = Policy.of(Household())
WANTED = Facts(
    want="missing",
    left=False,
    monitored=True,
    available=True,
    aired_at=NOW - 400 * DAY_MS,
    searched_at=None,
    arr_searched_at=None,
    cooldown_until=None,
)


def reason(**facts: object) -> tuple[Reason, int | None]:
    return decide(WANTED._replace(**facts), POLICY, NOW)


def test_what_nothing_keeps_can_be_searched() -> None:
    assert reason() == (Reason.ELIGIBLE, None)


def test_the_first_rule_that_refuses_is_the_reason() -> None:
    everything = {"monitored": False, "available": False, "cooldown_until": NOW + DAY_MS}
    assert reason(left=True, **everything) == (Reason.LEFT, None)
    assert reason(**everything) == (Reason.UNMONITORED, None)
    assert reason(**everything | {"monitored": True}) == (Reason.UNRELEASED, None)


def test_an_episode_waits_for_its_grace_after_it_aired() -> None:
    assert reason(aired_at=NOW - 5 * HOUR_MS) == (Reason.UNRELEASED, NOW + HOUR_MS)
    assert reason(aired_at=NOW - 6 * HOUR_MS) == (Reason.ELIGIBLE, None)


def test_a_movie_waits_for_its_release_even_when_radarr_calls_it_available() -> None:
    announced = {"released_at_home": True, "aired_at": NOW + 90 * DAY_MS}
    assert reason(**announced) == (Reason.UNRELEASED, NOW + 90 * DAY_MS + 6 * HOUR_MS)
    assert reason(**announced, available=False) == (Reason.UNRELEASED, None)
    assert reason(released_at_home=True, aired_at=NOW - HOUR_MS) == (
        Reason.UNRELEASED,
        NOW + 5 * HOUR_MS,
    )
    assert reason(released_at_home=True, aired_at=NOW - 6 * HOUR_MS) == (Reason.ELIGIBLE, None)
    assert reason(released_at_home=True, aired_at=None) == (Reason.ELIGIBLE, None)


def test_a_queue_that_does_not_wait_takes_a_movie_that_is_available() -> None:
    announced = {"released_at_home": True, "aired_at": NOW + 90 * DAY_MS, "early": True}
    assert reason(**announced) == (Reason.ELIGIBLE, None)
    assert reason(**announced, cooldown_until=NOW + DAY_MS) == (Reason.COOLDOWN, NOW + DAY_MS)
    assert reason(**announced, available=False) == (Reason.UNRELEASED, None)
    assert reason(aired_at=NOW + DAY_MS, early=True)[0] == Reason.UNRELEASED


def test_since_when_an_unreleased_movie_may_be_searched_early() -> None:
    announced = WANTED._replace(released_at_home=True, aired_at=NOW + 90 * DAY_MS)
    assert early_at(announced, POLICY, NOW) == 0
    assert early_at(announced._replace(cooldown_until=NOW + DAY_MS), POLICY, NOW) == NOW + DAY_MS
    for kept in (
        {"available": False},
        {"downloading": True},
        {"released_at_home": False},
        {"left": True},
    ):
        assert early_at(announced._replace(**kept), POLICY, NOW) is None
    assert early_at(WANTED, POLICY, NOW) is None


def test_without_a_date_nothing_is_waited_for() -> None:
    assert reason(aired_at=None) == (Reason.ELIGIBLE, None)


def test_a_cooldown_ends_at_its_moment() -> None:
    assert reason(cooldown_until=NOW + 1) == (Reason.COOLDOWN, NOW + 1)
    assert reason(cooldown_until=NOW) == (Reason.ELIGIBLE, None)


def test_a_search_by_somebody_else_is_respected() -> None:
    assert reason(arr_searched_at=NOW - DAY_MS) == (Reason.COOLDOWN, NOW + 6 * DAY_MS)
    fresh = {"aired_at": NOW - 3 * DAY_MS, "arr_searched_at": NOW - HOUR_MS}
    assert reason(**fresh) == (Reason.COOLDOWN, NOW + 11 * HOUR_MS)


def test_the_trace_of_our_own_search_is_not_taken_for_somebody_elses() -> None:
    ours = NOW - 2 * DAY_MS
    facts = {"searched_at": ours, "arr_searched_at": ours + 60_000}
    assert reason(**facts, cooldown_until=NOW - DAY_MS) == (Reason.ELIGIBLE, None)


@pytest.mark.parametrize(
    ("want", "aired", "outcome", "streak", "expected"),
    [
        ("missing", 400, "grabbed", 3, (0, 7 * DAY_MS)),
        ("upgrade", 400, "grabbed", 3, (0, 14 * DAY_MS)),
        ("missing", 400, "nothing", 0, (1, 7 * DAY_MS)),
        ("missing", 400, "nothing", 1, (2, 14 * DAY_MS)),
        ("missing", 400, "nothing", 2, (3, 28 * DAY_MS)),
        ("missing", 400, "nothing", 3, (4, 56 * DAY_MS)),
        ("missing", 400, "nothing", 4, (5, 60 * DAY_MS)),
        ("missing", 400, "nothing", 99, (100, 60 * DAY_MS)),
        ("upgrade", 400, "nothing", 0, (1, 14 * DAY_MS)),
        ("upgrade", 400, "nothing", 1, (2, 28 * DAY_MS)),
        ("missing", 1, "nothing", 0, (1, 6 * HOUR_MS)),
        ("missing", 1, "nothing", 1, (1, 6 * HOUR_MS)),
        ("missing", 2, "nothing", 1, (1, 12 * HOUR_MS)),
        ("upgrade", 3, "nothing", 1, (1, 12 * HOUR_MS)),
        ("missing", 4, "nothing", 1, (1, 24 * HOUR_MS)),
        ("missing", 13, "nothing", 1, (1, 24 * HOUR_MS)),
        ("missing", 14, "nothing", 1, (2, 14 * DAY_MS)),
        ("missing", 3, "grabbed", 0, (0, 12 * HOUR_MS)),
        ("missing", 400, "unknown", 2, (2, 7 * DAY_MS)),
        ("missing", 400, "failed", 2, (2, DAY_MS)),
        ("missing", 400, "no_indexer", 2, (2, None)),
    ],
)
def test_what_a_search_leaves_behind(
    want: str, aired: int, outcome: str, streak: int, expected: tuple[int, int | None]
) -> None:
    left_streak, until = after(
        outcome,
        WANTED._replace(want=want, aired_at=NOW - aired * DAY_MS),
        searched_at=NOW,
        streak=streak,
        policy=POLICY,
    )
    assert (left_streak, None if until is None else until - NOW) == expected


@pytest.mark.parametrize(
    ("at_best", "streak", "days"),
    [(False, 0, 14), (False, 1, 28), (False, 9, 60), (True, 0, 90), (True, 1, 180), (True, 9, 365)],
)
def test_a_score_as_good_as_any_seen_is_searched_once_in_90_days_and_then_less(
    at_best: bool, streak: int, days: int
) -> None:
    facts = WANTED._replace(want="score", at_best=at_best, aired_at=NOW - DAY_MS)
    found = after("nothing", facts, searched_at=NOW, streak=streak, policy=POLICY)
    assert found == (streak + 1, NOW + days * DAY_MS)


def test_a_file_that_became_as_good_as_any_seen_rests_90_days_from_its_last_search() -> None:
    told = {"want": "score", "searched_at": NOW - 20 * DAY_MS, "cooldown_until": NOW - 6 * DAY_MS}
    assert reason(**told) == (Reason.ELIGIBLE, None)
    assert reason(**told, at_best=True) == (Reason.COOLDOWN, NOW + 70 * DAY_MS)


times = st.none() | st.integers(NOW - 500 * DAY_MS, NOW + 100 * DAY_MS)


@given(
    st.builds(
        Facts,
        want=st.sampled_from(["missing", "upgrade", "score"]),
        left=st.booleans(),
        monitored=st.booleans(),
        available=st.booleans(),
        aired_at=times,
        searched_at=times,
        arr_searched_at=times,
        cooldown_until=times,
        released_at_home=st.booleans(),
        early=st.booleans(),
        at_best=st.booleans(),
    )
)
def test_a_reason_that_ends_by_itself_is_over_at_that_moment(facts: Facts) -> None:
    because, until = decide(facts, POLICY, NOW)
    if until is None:
        return
    assert until > NOW
    assert decide(facts, POLICY, until - 1)[0] == because
    later, _ = decide(facts, POLICY, until)
    assert later == Reason.ELIGIBLE or later > because
