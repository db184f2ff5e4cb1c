"""Budgets: rolling windows, counted from the rows."""

from datetime import timedelta

from models.budgets import Ledger
from models.budgets.gates import closed
from models.database.fields import to_ms
from models.household import Household
from models.instances import Instance
from models.searches import Search
from tests.conftest import START

HOUR = timedelta(hours=1)


def spend(instance: Instance, *ages: timedelta, cost: int = 1) -> None:
    for age in ages:
        Search.create(
            instance=instance,
            queue_name="",
            instance_name=instance.name,
            demo=instance.demo,
            kind="episode",
            want="missing",
            title="x",
            attempt=1,
            state="done",
            cost=cost,
            created_at=START - age,
        )


def left(instance: Instance, now=START) -> list[int]:
    return [allowance.left for allowance in Ledger(Household.current(), now).binding(instance)]


def test_an_unspent_budget_is_whole(living_room: Instance) -> None:
    assert left(living_room) == [10, 100, 20, 400]


def test_a_search_counts_from_when_its_command_had_arrived(living_room: Instance) -> None:
    """Its tries may have taken a minute, and the instance counts from the last one."""
    spend(living_room, HOUR + timedelta(seconds=30))
    Search.update(sent_at=START - HOUR + timedelta(seconds=10)).execute()
    assert left(living_room) == [9, 99, 19, 399]


def test_a_season_waits_until_there_is_room_for_all_that_it_costs(living_room: Instance) -> None:
    spend(living_room, timedelta(minutes=50), timedelta(minutes=40), cost=4)
    spend(living_room, timedelta(minutes=5))
    for cost, minutes in ((1, None), (2, 10), (5, 10), (6, 20)):
        ledger = Ledger(Household.current(), START, cost)
        gate = closed(living_room, ledger.household, START, ledger)
        until = minutes and START + timedelta(minutes=minutes)
        assert (gate and gate.until) == until
    assert gate and "no room for a season that costs 6: 1 of 10 are left" in gate.sentence


def test_the_window_rolls_and_knows_no_clock_hour(living_room: Instance) -> None:
    spend(living_room, HOUR, timedelta(minutes=59), timedelta(minutes=1))
    assert left(living_room) == [8, 97, 18, 397]


def test_the_household_counts_all_its_instances(living_room: Instance, cinema: Instance) -> None:
    spend(living_room, timedelta(0))
    spend(cinema, timedelta(0), timedelta(0))
    assert left(living_room) == [9, 99, 17, 397]


def test_demo_searches_count_against_their_own_instance_only(
    living_room: Instance, cinema: Instance
) -> None:
    cinema.change(demo=True)
    spend(cinema, timedelta(0))
    assert left(cinema) == [9, 99]
    assert left(living_room) == [10, 100, 20, 400]


def test_a_search_costs_what_it_did_when_it_was_sent(living_room: Instance) -> None:
    spend(living_room, timedelta(0), cost=7)
    assert left(living_room)[0] == 3


def test_a_clock_set_back_gives_nothing_away(living_room: Instance) -> None:
    spend(living_room, *[timedelta(minutes=minute) for minute in range(10)])
    assert left(living_room, START - timedelta(hours=5))[0] == 0


def test_a_spent_budget_says_when_it_is_free_again(living_room: Instance) -> None:
    spend(living_room, *[timedelta(minutes=minute) for minute in range(10)])
    tight = Ledger(Household.current(), START).tightest(living_room)
    assert (tight.left, tight.of, tight.span) == (0, "Living room", "hour")
    assert tight.free_at == START - timedelta(minutes=9) + HOUR


def test_an_overspent_budget_waits_for_enough_rows_to_leave(living_room: Instance) -> None:
    living_room.change(hourly_budget=3)
    spend(living_room, *[timedelta(minutes=minute) for minute in (50, 40, 30, 20, 10)])
    tight = Ledger(Household.current(), START).tightest(living_room)
    assert tight.free_at == START - timedelta(minutes=30) + HOUR


def test_the_hours_of_a_day_are_told_step_by_step(living_room: Instance) -> None:
    minute = timedelta(minutes=1)
    spend(living_room, 24 * HOUR + 10 * minute, 2 * HOUR, 90 * minute, 10 * minute)
    ledger = Ledger(Household.current(), START)
    found = [((to_ms(START) - at) // 60_000, used) for at, used in ledger.hours(living_room)]
    assert found == [(1440, 1), (1390, 0), (120, 1), (90, 2), (60, 1), (30, 0), (10, 1)]
    assert ledger.hours() == ledger.hours(living_room)
