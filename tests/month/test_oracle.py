"""The judge of the month itself: it sees what it is there to see."""

import pytest

from tests.month.oracle import DAY, HOUR, Sent, over_budget, too_close, too_soon, two_at_once
from tests.month.sharing import Shared


def sent(at: float, **facts: object) -> Sent:
    """A search for item 1 that found nothing and lasted ten seconds."""
    usual = Sent(at, at + 10, 1, {1: "missing"}, {}, "nothing")
    return usual._replace(**facts)


def test_a_budget_is_spent_across_the_edge_of_an_hour() -> None:
    close = [sent(0.9 * HOUR), sent(1.0 * HOUR), sent(1.8 * HOUR)]
    assert len(list(over_budget("it", close, HOUR, 2))) == 1
    assert list(over_budget("it", close, HOUR, 3)) == []
    assert list(over_budget("it", [*close[:2], sent(1.9 * HOUR)], HOUR, 2)) == []


def test_a_season_costs_what_it_costs() -> None:
    assert list(over_budget("it", [sent(0, cost=3), sent(60)], HOUR, 3))


def test_searches_may_be_as_close_as_their_spacing() -> None:
    assert list(too_close("it", [sent(0), sent(30)], 30)) == []
    assert len(list(too_close("it", [sent(0), sent(29.9)], 30))) == 1


def test_a_second_command_waits_for_the_first_one() -> None:
    assert list(two_at_once("it", [sent(0, ends=40), sent(40)])) == []
    assert len(list(two_at_once("it", [sent(0, ends=41), sent(40)]))) == 1
    assert list(two_at_once("it", [sent(0, ends=None), sent(HOUR)])) == []


def test_what_was_searched_in_vain_waits_twice_as_long_each_time() -> None:
    assert list(too_soon("it", [sent(0), sent(7 * DAY), sent(21 * DAY)])) == []
    assert len(list(too_soon("it", [sent(0), sent(6.9 * DAY)]))) == 1
    assert len(list(too_soon("it", [sent(0), sent(7 * DAY), sent(20 * DAY)]))) == 1


def test_what_is_not_known_waits_once_as_long() -> None:
    assert list(too_soon("it", [sent(0, outcome="unknown"), sent(7 * DAY)])) == []
    assert len(list(too_soon("it", [sent(0, outcome="unknown"), sent(6 * DAY)]))) == 1


def test_a_grab_forgets_what_was_in_vain() -> None:
    grab = sent(7 * DAY, outcome="grabbed", grabbed=frozenset({1}))
    assert list(too_soon("it", [sent(0), grab, sent(14 * DAY)])) == []


def test_episodes_that_a_season_did_not_bring_were_searched_in_vain() -> None:
    both = {1: "missing", 2: "missing"}
    season = sent(0, wants=both, outcome="grabbed", grabbed=frozenset({1}))
    other = {"wants": {2: "missing"}}
    before = [sent(-7 * DAY, **other), season]
    assert list(too_soon("it", [*before, sent(7 * DAY)])) == []
    assert len(list(too_soon("it", [*before, sent(7 * DAY, **other)]))) == 1


def test_a_season_is_held_back_by_the_base_of_a_cooldown_only() -> None:
    before = [sent(0), sent(7 * DAY)]
    assert list(too_soon("it", [*before, sent(14 * DAY, is_pack=True)])) == []
    assert len(list(too_soon("it", [*before, sent(14 * DAY)]))) == 1
    assert len(list(too_soon("it", [*before, sent(13 * DAY, is_pack=True)]))) == 1


def test_another_want_begins_anew() -> None:
    assert list(too_soon("it", [sent(0), sent(1, wants={1: "upgrade"})])) == []


def test_a_search_that_failed_waits_a_day_and_one_without_indexers_not_at_all() -> None:
    assert len(list(too_soon("it", [sent(0, outcome="failed"), sent(0.9 * DAY)]))) == 1
    assert list(too_soon("it", [sent(0, outcome="failed"), sent(DAY)])) == []
    assert list(too_soon("it", [sent(0, outcome="no_indexer"), sent(60)])) == []


def test_what_came_out_lately_rests_by_its_age_and_never_longer() -> None:
    for age, rest in ((1 * DAY, 6 * HOUR), (3 * DAY, 12 * HOUR), (9 * DAY, 24 * HOUR)):
        lately = [sent(at, ages={1: age}) for at in (0, rest)]
        assert list(too_soon("it", [*lately, sent(2 * rest)])) == []
        assert len(list(too_soon("it", [*lately, sent(2 * rest - 1)]))) == 1


def test_all_that_was_in_vain_while_it_was_fresh_counts_once() -> None:
    fresh = [sent(at, ages={1: 13 * DAY}) for at in (0, DAY)]
    old = sent(2 * DAY)
    assert list(too_soon("it", [*fresh, old, sent(16 * DAY)])) == []
    assert len(list(too_soon("it", [*fresh, old, sent(15 * DAY)]))) == 1


@pytest.mark.parametrize(("heavy", "fair"), [(126, True), (110, True), (90, False), (150, False)])
def test_whether_queues_were_served_by_their_weights(heavy: int, fair: bool) -> None:
    one = Shared("Sonarr 6", {"Heavy": (3, heavy), "Light": (1, 42)})
    assert (list(one.faults()) == []) == fair
