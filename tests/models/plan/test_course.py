"""The course of the backlog, and where it leads."""

from datetime import date, timedelta

from models.backlog import Tally
from models.backlog.eligibility import Reason
from models.instances import Instance
from models.plan.course import GROUPS, BacklogDay, course, end_of, grouped, planned
from models.yields.departures import Departure
from tests.conftest import START
from tests.wanted import wanted

TODAY = date(2026, 5, 4)


def note(instance: Instance, *sizes: int) -> None:
    """Sizes of the days before today, the latest last."""
    for ago, items in enumerate(reversed(sizes), start=1):
        day = TODAY - timedelta(days=ago)
        BacklogDay.create(instance=instance, day=int(f"{day:%Y%m%d}"), items=items)


def test_a_day_is_noted_once_and_keeps_its_last_size(living_room: Instance) -> None:
    living_room.change(synced_at=START)
    wanted(living_room)
    assert BacklogDay.note(START) == 1
    wanted(living_room)
    BacklogDay.note(START)
    assert [(row.day, row.items) for row in BacklogDay.select()] == [(20260504, 2)]
    assert BacklogDay.forget(START + timedelta(days=402)) == 1


def test_an_instance_that_was_never_synced_has_no_size(living_room: Instance) -> None:
    wanted(living_room)
    assert BacklogDay.note(START) == 0


def test_the_pace_is_the_mean_of_the_last_days(living_room: Instance) -> None:
    note(living_room, 200, 190, 150, 140, 130)
    found = course(TODAY, 100, demo=False)
    assert found.own == 20
    assert found.change == -100
    assert found.end(found.own) == TODAY + timedelta(days=5)
    assert course(TODAY, 400, demo=False).end(course(TODAY, 400, demo=False).own) is None


def test_two_days_are_too_few_for_a_pace(living_room: Instance) -> None:
    note(living_room, 110, 105)
    assert course(TODAY, 100, demo=False).own is None


def test_days_before_an_instance_came_are_another_backlog(
    living_room: Instance, cinema: Instance
) -> None:
    note(living_room, 100, 100, 100)
    note(cinema, 50)
    assert course(TODAY, 150, demo=False).days == [(TODAY - timedelta(days=1), 150)]


def test_the_demo_is_not_added(living_room: Instance) -> None:
    note(living_room, 100)
    living_room.change(demo=True)
    assert course(TODAY, 0, demo=False).days == []
    assert len(course(TODAY, 0, demo=True).days) == 1


def test_the_plan_changes_only_what_our_searches_find(living_room: Instance) -> None:
    note(living_room, 130, 120, 110, 105)
    way = course(TODAY, 90, demo=False)
    assert way.own == 10
    Departure.create(instance=living_room, day=20260502, ours=28, others=70)
    assert planned(way, 5.0, demo=False) == 5 + 10 - 2
    assert planned(way._replace(own=None), 5.0, demo=False) == 5


def test_an_end_beyond_two_years_is_none() -> None:
    assert end_of(TODAY, 100, 0.1) is None
    assert end_of(TODAY, 100, -1) is None
    assert end_of(TODAY, 100, None) is None
    assert end_of(TODAY, 100, 50) == date(2026, 5, 6)


def test_every_reason_of_a_wanted_item_is_in_one_group(living_room: Instance) -> None:
    reasons = [reason for group in GROUPS.values() for reason in group]
    assert sorted(reasons) == sorted(set(Reason) - {Reason.LEFT})
    wanted(living_room)
    found = grouped(Tally.by_instance(), {living_room.id})
    assert found == dict.fromkeys(GROUPS, 0) | {"eligible": 1}
    assert sum(grouped(Tally.by_instance(), set()).values()) == 0


def test_a_group_counts_what_the_backlog_shows_under_its_name() -> None:
    shown = {group: next(iter(reasons)) for group, reasons in GROUPS.items() if len(reasons) == 1}
    assert {reason.name.lower() for reason in shown.values()} == set(shown)
    # No item is stored with these two: they depend on a queue or a run.
    assert GROUPS["cooldown"] - {Reason.FILTERED, Reason.PACK} == {Reason.COOLDOWN}
