"""How long it takes until every item has had its turn, and what binds."""

from collections import Counter

import pytest

from models.claims import HOUSE
from models.eligibility import Reason
from models.planning.outlooks import Bound, Share
from models.planning.seasons import Packs
from models.planning.surveys import Net
from tests.models.planning.house import ALL, DAYS, items, outlooks, play, queue, survey


def test_five_items_every_two_hours_are_sixty_a_day() -> None:
    (found,) = outlooks([survey(1, items(1000))], queue())
    assert found.a_day == pytest.approx(60, abs=1)
    assert found.days == pytest.approx(1000 / 60, rel=0.02)
    assert found.bound == Bound("schedule")


def test_what_takes_longer_than_it_is_played_is_reckoned_on() -> None:
    (found,) = outlooks([survey(1, items(15_000))], queue())
    assert found.days == pytest.approx(15_000 / 60, rel=0.02)
    assert found.is_long


def test_a_slow_queue_that_runs_oftener_never_takes_longer() -> None:
    """Nearly as many come as it searches: the pace of a few weeks would be a matter of luck."""
    backlog = survey(1, items(1800), items(12, young=True))
    once, twice, thrice = (
        outlooks([backlog], queue(batch=1, every=every))[0].days for every in (24.0, 12.0, 8.0)
    )
    assert once and twice and thrice
    assert once > 5 * twice
    assert twice > 1.5 * thrice
    assert thrice == pytest.approx(1812 / (3 - 12 / 14), rel=0.1)


def test_as_many_searches_a_day_are_said_as_its_schedule_has_runs() -> None:
    (found,) = outlooks([survey(1, items(15))], queue(batch=5, every=12.0))
    assert found.a_day <= found.wanted_a_day == 10


def test_movies_come_when_they_are_released_and_not_as_the_last_ones_did() -> None:
    coming = items(30, reason=Reason.UNRELEASED, ends_in=20 * 24.0)
    lately = items(28, young=True)
    wanted = survey(1, items(600), lately, coming)
    guessed, foretold = (
        outlooks([wanted._replace(foretells=known)], queue(batch=2))[0] for known in (False, True)
    )
    assert foretold.days == pytest.approx((628 + 30) / 24, rel=0.03)
    assert guessed.days and guessed.days > foretold.days + 1


def test_what_was_held_when_the_plan_was_made_is_gone_on_with() -> None:
    daily = queue(batch=10, every=24.0, begin=23.0)
    held = daily._replace(owed=6, again=2.0)
    plain, gone_on_with = (play([survey(1, items(500))], each, days=3) for each in (daily, held))
    assert sum(gone_on_with.sent.values()) == sum(plain.sent.values()) + 6


def test_what_was_sent_before_the_plan_is_spent() -> None:
    hourly, wanted = queue(batch=10, every=1.0), [survey(1, items(500))]
    fresh = play(wanted, hourly, days=1, limits=(100, 30))
    spent = play(wanted, hourly, days=1, limits=(100, 30), sent=[(-0.001, 25)])
    assert (sum(fresh.sent.values()), sum(spent.sent.values())) == (30, 5)


def test_when_all_had_their_turn_only_ended_cooldowns_are_searched() -> None:
    (found,) = outlooks([survey(1, items(300))], queue())
    assert found.later_a_day < 20
    assert outlooks([survey(1, items(30))], queue())[0].bound == Bound("items")


def test_items_that_were_searched_lately_had_their_turn() -> None:
    lately = items(200, reason=Reason.COOLDOWN, searched=True, ends_in=500.0)
    (found,) = outlooks([survey(1, items(120), lately)], queue())
    assert (found.items, found.waiting) == (320, 120)
    assert found.days == pytest.approx(2, rel=0.1)


def test_items_that_another_program_searched_wait_for_their_first_turn() -> None:
    elsewhere = items(60, reason=Reason.COOLDOWN, ends_in=96.0)
    (found,) = outlooks([survey(1, elsewhere)], queue())
    assert found.waiting == 60
    assert 4 <= (found.days or 0) <= 5.5


def test_the_day_budget_of_an_instance_binds() -> None:
    (found,) = outlooks([survey(1, items(3000))], queue(batch=10, every=1.0))
    assert found.a_day == pytest.approx(100, abs=3)
    assert (found.bound.kind, found.bound.whose) == ("budget", 1)
    assert found.days == pytest.approx(30, rel=0.05)


def test_the_budget_of_the_house_is_shared_between_its_instances() -> None:
    surveys = [survey(name, items(5000, instance=name)) for name in (1, 2, 3)]
    queues = [queue(name, instances=(name,)) for name in (1, 2, 3)]
    found = outlooks(surveys, *queues, house=(20, 60))
    assert sum(each.a_day for each in found) == pytest.approx(60, abs=2)
    assert all(each.a_day == pytest.approx(20, abs=4) for each in found)
    assert {each.bound.whose for each in found} == {HOUSE}


def test_a_heavier_queue_gets_more_of_a_budget_that_both_want() -> None:
    wanted = survey(1, items(5000), items(5000, want="upgrade"))
    light = queue(1, batch=10, every=1.0)
    heavy = queue(2, batch=10, every=1.0, wants=("upgrade",), weight=3)
    one, other = outlooks([wanted], light, heavy)
    assert other.a_day / one.a_day == pytest.approx(3, rel=0.1)


@pytest.mark.parametrize(("limits", "house"), [((3, 20), (5, 30)), ((10, 100), (20, 400))])
def test_no_hour_and_no_day_of_the_play_holds_more_than_its_budget(
    limits: tuple[int, int], house: tuple[int, int]
) -> None:
    surveys = [survey(name, items(3000, instance=name)) for name in (1, 2)]
    queues = [queue(1, instances=(1, 2), batch=20), queue(2, instances=(1,), every=1.0)]
    made = play(surveys, *queues, limits=limits, house=house, days=6)
    for day in range(6):
        sent = Counter[int]()
        for (_, instance, at), searches in made.sent.items():
            sent[instance] += searches * (at == day)
        assert all(searches <= limits[1] for searches in sent.values())
        assert sum(sent.values()) <= house[1]


def test_a_run_that_is_larger_than_the_hour_is_held_and_gone_on_with() -> None:
    (found,) = outlooks([survey(1, items(3000))], queue(batch=20, every=24.0))
    assert found.a_day == pytest.approx(20, rel=0.05)


def test_a_held_run_is_not_tried_again_outside_its_hours() -> None:
    def opening(at: float) -> float:
        return at if at % 24 < 3 else at + 24 - at % 24

    evening = queue(batch=40, every=24.0, opening=opening)
    made = play([survey(1, items(3000))], evening, days=10)
    assert sum(made.sent.values()) / 10 == pytest.approx(3 * 10, abs=2)


def test_newest_first_comes_back_to_the_newest_before_the_rest_had_a_turn() -> None:
    plain, newest = (
        outlooks([survey(1, items(2000))], queue(order=order))[0]
        for order in ("least_recent", "newest")
    )
    assert plain.days == pytest.approx(2000 / 60, rel=0.02)
    assert newest.days is None or newest.days > 1.15 * (plain.days or 0)


def test_at_random_some_have_two_turns_before_others_have_one() -> None:
    (found,) = outlooks([survey(1, items(2000))], queue(order="random"))
    assert found.days is None or found.days > 2000 / 60


def test_two_queues_share_their_items_and_each_is_counted_once() -> None:
    one, other = outlooks([survey(1, items(1000))], queue(1), queue(2, begin=1.0))
    assert one.days == pytest.approx(1000 / 100, rel=0.1)
    assert other.days == pytest.approx(one.days, rel=0.05)


def test_runs_at_the_same_moment_choose_the_same_items() -> None:
    one, other = outlooks([survey(1, items(3000))], queue(1), queue(2))
    assert one.a_day + other.a_day == pytest.approx(60, abs=3)
    assert {one.bound.kind, other.bound.kind} == {"together"}


def test_an_instance_without_budget_leaves_its_part_of_the_run_to_the_others() -> None:
    surveys = [survey(name, items(2000, instance=name)) for name in (1, 2)]
    both = queue(instances=(1, 2), batch=8)
    made = play(surveys, both, limits=(10, 30), house=None)
    assert sum(made.sent.values()) / DAYS == pytest.approx(60, abs=2)


def test_whole_seasons_take_fewer_searches() -> None:
    packs = {("missing", frozenset({ALL}), "when", False): Packs(100, 800, 100)}
    (found,) = outlooks([survey(1, items(1000), packs=packs)], queue(packs="when"))
    assert found.days == pytest.approx((200 + 100) / 60, rel=0.2)


def test_seasons_that_had_their_turn_are_not_searched_as_one_again() -> None:
    packs = {("missing", frozenset({ALL}), "always", False): Packs(20, 200, 20)}
    (found,) = outlooks([survey(1, items(260), packs=packs)], queue(packs="always"))
    assert found.days == pytest.approx((20 + 60) / 60, abs=0.2)


def test_what_is_spent_is_told_in_costs_as_budgets_are() -> None:
    packs = {("missing", frozenset({ALL}), "always", False): Packs(100, 800, 800)}
    made = play([survey(1, items(800), packs=packs)], queue(packs="always"), limits=(10, 100))
    share = Share.of(made, {1}, 10, 100)
    assert share.a_day == pytest.approx(100, abs=8)
    assert share.wanted_a_day > 0.9 * share.a_day


def test_a_queue_of_one_run_a_month_is_kept_by_its_schedule() -> None:
    monthly = queue(batch=8, every=30 * 24.0, begin=27 * 24.0)
    (found,) = outlooks([survey(1, items(5000))], monthly)
    assert found.bound == Bound("schedule")
    assert found.a_day == pytest.approx(8 / 30, rel=0.1)


def test_what_came_out_lately_leaves_the_window_and_new_things_come() -> None:
    net = Net(days=14)
    new = items(70, young=True, nets=frozenset({ALL, net}))
    keeps_up, falls_behind = (
        outlooks([survey(1, new)], queue(net=net, order="recent", every=every))[0]
        for every in (2.0, 48.0)
    )
    assert keeps_up.missed_a_day < 0.3
    assert falls_behind.missed_a_day > 0.5
    assert keeps_up.later_a_day > 5


def test_a_queue_without_a_moment_never_comes_to_an_end() -> None:
    lost = queue()._replace(moments=(), runs_a_day=0.0)
    (found,) = outlooks([survey(1, items(10))], lost)
    assert (found.days, found.a_day, found.bound.kind) == (None, 0, "never")


def test_what_no_queue_takes_is_in_no_plan() -> None:
    (found,) = outlooks([survey(1, items(500, want="upgrade"))], queue())
    assert (found.items, found.days) == (0, 0)
