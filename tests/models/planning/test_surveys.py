"""The backlog as counts: what each queue takes, and what no queue reaches."""

from collections import Counter
from datetime import timedelta

import pytest

from models.backlog import Item
from models.eligibility import Reason
from models.instances import Instance
from models.packs import cover
from models.planning.plans import Served, all_served, nets_of, plan_of
from models.planning.seasons import Packs
from models.planning.surveys import Net, Survey
from models.planning.unreached import unreached
from models.queues import Queue
from models.seasons import Season, keep_seasons
from models.snapshots import Snapshot
from tests.conftest import START
from tests.wanted import wanted


def counted(instance: Instance) -> Counter[tuple[str, str, bool]]:
    survey = Survey.of(instance, {Net()}, START)
    found: Counter[tuple[str, str, bool]] = Counter()
    for group in survey.groups:
        found[group.kind.want, group.reason.name, group.kind.young] += group.items
    return found


def test_items_are_counted_by_want_reason_and_age(living_room: Instance) -> None:
    wanted(living_room)
    wanted(living_room, want="upgrade")
    wanted(living_room, monitored=False)
    wanted(living_room, aired_at=START - timedelta(days=2))
    wanted(living_room, left_at=START)
    assert counted(living_room) == {
        ("missing", "ELIGIBLE", False): 1,
        ("upgrade", "ELIGIBLE", False): 1,
        ("missing", "UNMONITORED", False): 1,
        ("missing", "ELIGIBLE", True): 1,
    }


def test_the_end_of_a_cooldown_is_told_to_half_a_day(living_room: Instance) -> None:
    until = START + timedelta(days=3)
    wanted(living_room, searched_at=START - timedelta(days=1), cooldown_until=until, streak=2)
    (group,) = Survey.of(living_room, {Net()}, START).groups
    assert (group.reason, group.searched, group.streak) == (Reason.COOLDOWN, True, 2)
    assert group.ends_in == pytest.approx(72, abs=12)


def test_nets_tell_apart_what_different_queues_take(living_room: Instance) -> None:
    Snapshot.create(instance=living_room, kind="tag", arr_id=1, name="kids", fingerprint="")
    kids, lately = Net('{"tags_in":["kids"]}'), Net(days=14)
    wanted(living_room, tags=[1])
    wanted(living_room, aired_at=START - timedelta(days=2))
    wanted(living_room)
    survey = Survey.of(living_room, {Net(), kids, lately}, START)
    found = {group.kind.nets: group.items for group in survey.groups}
    everything = frozenset({Net()})
    assert found == {everything | {kids}: 1, everything | {lately}: 1, everything: 1}


def test_seasons_are_counted_as_a_run_would_search_them(living_room: Instance) -> None:
    keep_seasons(living_room, [(5, season, 6, True) for season in (1, 2, 3, 4)])
    for season, episodes in ((1, 5), (2, 2), (3, 4)):
        for _ in range(episodes):
            wanted(living_room, season=season)
    wanted(living_room, season=4)
    wanted(living_room, season=3, excluded_until=START + timedelta(days=9))
    packs = Survey.of(living_room, {Net()}, START).packs
    everything = frozenset({Net()})
    assert packs["missing", everything, "when", False] == Packs(1, 5, 1)
    assert packs["missing", everything, "always", False] == Packs(2, 7, 2)
    for how in ("when", "always"):
        covered = [cover(item, how) for item in Item.select()]
        seasons = {found[0].season: len(found) for found in covered if len(found) > 1}
        assert sum(seasons.values()) == packs["missing", everything, how, False].items


def test_the_cost_of_anime_and_daily_series_is_counted(living_room: Instance) -> None:
    keep_seasons(living_room, [(5, 1, 3, True), (6, 2019, 3, True)])
    for _ in range(3):
        wanted(living_room, season=1, series_type="anime")
        wanted(living_room, series_id=6, season=2019, series_type="daily")
    found = Survey.of(living_room, {Net()}, START).packs[
        "missing", frozenset({Net()}), "always", False
    ]
    assert found == Packs(2, 6, 5)
    assert Season.select().count() == 2


def test_a_season_that_is_still_on_is_counted_with_its_young_items(living_room: Instance) -> None:
    keep_seasons(living_room, [(5, season, 6, True) for season in (1, 2)])
    for season in (1, 1, 1, 2, 2):
        wanted(living_room, season=season)
    for _ in range(2):
        wanted(living_room, season=2, aired_at=START - timedelta(days=3))
    packs, everything = Survey.of(living_room, {Net()}, START).packs, frozenset({Net()})
    assert packs["missing", everything, "always", True] == Packs(1, 2, 1)
    assert packs["missing", everything, "always", False] == Packs(1, 5, 1)


def reasons(living_room: Instance) -> dict[tuple[str, str], int]:
    served = all_served([living_room])
    nets = nets_of(served).get(living_room.id, set()) | {Net()}
    surveys = {living_room.id: Survey.of(living_room, nets, START)}
    found = unreached(served, surveys, [living_room])
    return {(each.want, each.why): each.items for each in found}


def test_what_no_queue_reaches_is_said_with_its_ground(
    living_room: Instance, nightly: Queue
) -> None:
    wanted(living_room)
    wanted(living_room, want="upgrade")
    wanted(living_room, monitored=False)
    wanted(living_room, aired_at=START - timedelta(hours=1))
    nightly.start(START)
    assert reasons(living_room) == {
        ("upgrade", "not_taken"): 1,
        ("missing", "unmonitored"): 1,
        ("missing", "unreleased"): 1,
    }


def test_a_queue_that_does_not_run_reaches_nothing(living_room: Instance, nightly: Queue) -> None:
    wanted(living_room)
    assert reasons(living_room) == {("missing", "asleep"): 1}
    nightly.start(START)
    nightly.pause(START)
    assert reasons(living_room) == {("missing", "asleep"): 1}


def test_filters_leave_out_what_they_do_not_name(living_room: Instance, nightly: Queue) -> None:
    nightly.start(START)
    nightly.change(filters='{"year_from": 2021}')
    wanted(living_room, year=2019)
    wanted(living_room, year=2022)
    assert reasons(living_room) == {("missing", "filtered"): 1}


def test_an_instance_that_is_off_or_without_a_queue_says_so(living_room: Instance) -> None:
    wanted(living_room)
    assert reasons(living_room) == {("missing", "no_queue"): 1}
    living_room.change(disabled_at=START)
    assert reasons(living_room) == {("missing", "off"): 1}


def test_demo_and_real_instances_are_played_apart(
    living_room: Instance, cinema: Instance, nightly: Queue
) -> None:
    cinema.change(demo=True, daily_budget=500)
    made_up = Queue.create(**nightly.__data__ | {"id": None, "name": "Demo", "key": "demo"})
    made_up.serve([cinema])
    for instance in (living_room, cinema):
        for _ in range(30):
            wanted(instance)
    surveys = {each.id: Survey.of(each, {Net()}, START) for each in (living_room, cinema)}
    served = [Served(nightly, [living_room]), Served(made_up, [cinema])]
    plan = plan_of(served, surveys, [living_room, cinema], START, 10)
    assert plan.outlooks[made_up.id].items == plan.outlooks[nightly.id].items == 30
    assert plan.house.a_day == plan.shares[living_room.id].a_day > 0
    assert plan.shares[cinema.id].a_day > 0
