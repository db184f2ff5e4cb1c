"""The line for a budget, as the rows of queues, runs and searches tell it."""

from datetime import timedelta

import pytest

from models.budgets import Ledger
from models.budgets.gates import closed
from models.budgets.shares import ahead_of, owed, stand_in_line
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.models.budgets.test_budgets import spend
from tests.timing import every

MINUTE = timedelta(minutes=1)


@pytest.fixture
def rival(nightly: Queue, living_room: Instance) -> Queue:
    """Another queue on the same instance; it was held, and is tried again in a minute."""
    made = Queue.create(
        owner=nightly.owner,
        name="Rival",
        key="rival",
        strategy="missing",
        batch_size=3,
        schedule_json=every(120),
        created_at=START,
        started_at=START,
        last_moment_at=START,
        retry_at=START + MINUTE,
    )
    made.serve([living_room])
    stand_in_line(made, {living_room.id: 1})
    return made


def gate(queue: Queue | None, instance: Instance) -> tuple[str, object] | None:
    household = Household.current()
    ledger = Ledger(household, START, ahead=ahead_of(queue, START))
    found = closed(instance, household, START, ledger)
    return found and (found.sentence, found.until)


def test_who_has_had_less_goes_first(nightly: Queue, rival: Queue, living_room: Instance) -> None:
    spend(living_room, *[each * MINUTE for each in range(10, 19)])
    Search.update(queue=nightly).execute()
    assert gate(rival, living_room) is None
    assert gate(nightly, living_room) == (
        "Living room’s budget is nearly spent: 1 of 10 are left in one hour, and queues "
        "that used less go first.",
        START + timedelta(minutes=5),
    )


def test_whoever_left_the_line_holds_nobody(
    nightly: Queue, rival: Queue, living_room: Instance
) -> None:
    spend(living_room, *[each * MINUTE for each in range(10, 19)])
    Search.update(queue=nightly).execute()
    stand_in_line(rival, {})
    assert gate(nightly, living_room) is None


@pytest.mark.parametrize(
    ("weight", "rivals", "goes_first"),
    [(1, 1, False), (2, 1, True), (3, 1, True), (2, 2, False), (4, 2, True)],
)
def test_less_is_by_weight(
    weight: int,
    rivals: int,
    goes_first: bool,
    nightly: Queue,
    rival: Queue,
    living_room: Instance,
) -> None:
    """Nightly had six, and its rival three."""
    spend(living_room, *[each * MINUTE for each in range(10, 19)])
    nines = [each.id for each in Search.select()]
    Search.update(queue=nightly).where(Search.id.in_(nines[:6])).execute()
    Search.update(queue=rival).where(Search.id.in_(nines[6:])).execute()
    nightly.change(weight=weight)
    rival.change(weight=rivals)
    assert (gate(nightly, living_room) is None) == goes_first


def test_on_each_instance_it_stands_in_a_line_of_its_own(
    nightly: Queue, rival: Queue, living_room: Instance, cinema: Instance
) -> None:
    nightly.serve([living_room, cinema])
    rival.serve([living_room, cinema])
    stand_in_line(rival, {living_room.id: 1})
    for instance in (living_room, cinema):
        spend(instance, *[each * MINUTE for each in range(10, 19)])
    Search.update(queue=nightly).execute()
    assert gate(nightly, living_room)
    assert gate(nightly, cinema) is None


def test_with_room_for_all_nobody_waits(
    nightly: Queue, rival: Queue, living_room: Instance
) -> None:
    spend(living_room, *[each * MINUTE for each in range(10, 16)])
    Search.update(queue=nightly).execute()
    assert gate(nightly, living_room) is None


def test_room_for_a_season_that_costs_eight_is_left_to_it(
    nightly: Queue, rival: Queue, living_room: Instance
) -> None:
    stand_in_line(rival, {living_room.id: 8})
    spend(living_room, 10 * MINUTE)
    Search.update(queue=nightly).execute()
    assert gate(nightly, living_room) is None
    spend(living_room, 9 * MINUTE)
    Search.update(queue=nightly).execute()
    found = gate(nightly, living_room)
    assert found and "8 of 10 are left in one hour, and queues that used less" in found[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"retry_at": None},
        {"retry_at": START + timedelta(hours=8)},
        {"paused_at": START},
    ],
)
def test_a_queue_that_does_not_ask_soon_holds_nobody(
    changes: dict[str, object], nightly: Queue, rival: Queue, living_room: Instance
) -> None:
    spend(living_room, *[each * MINUTE for each in range(10, 19)])
    Search.update(queue=nightly).execute()
    rival.change(**changes)
    assert gate(nightly, living_room) is None


def test_a_run_that_goes_on_keeps_its_place(
    nightly: Queue, rival: Queue, living_room: Instance
) -> None:
    spend(living_room, *[each * MINUTE for each in range(10, 19)])
    Search.update(queue=nightly).execute()
    rival.change(retry_at=None)
    stand_in_line(rival, {})
    run = Run.start(rival, START, trigger="schedule")
    assert run and gate(nightly, living_room) is None
    run.change(planned=2)
    assert gate(nightly, living_room)
    run.finish("finished", START)
    assert gate(nightly, living_room) is None


@pytest.mark.parametrize("changes", [{"disabled_at": START}, {"fault": "down"}])
def test_whose_instance_cannot_be_searched_holds_nobody(
    changes: dict[str, object],
    nightly: Queue,
    rival: Queue,
    living_room: Instance,
    cinema: Instance,
) -> None:
    Household.current().change(hourly_budget=10)
    spend(living_room, *[each * MINUTE for each in range(10, 19)])
    Search.update(queue=nightly).execute()
    rival.serve([cinema])
    stand_in_line(rival, {cinema.id: 1})
    assert gate(nightly, living_room)
    cinema.change(**changes)
    assert gate(nightly, living_room) is None


def test_a_run_by_hand_before_the_first_moment_is_one_run(nightly: Queue) -> None:
    nightly.change(started_at=START + timedelta(hours=12), last_moment_at=None)
    assert owed(nightly) == 5
    Run.start(nightly, START + MINUTE, trigger="person")
    assert owed(nightly) == 5
    spend(nightly.instances[0], -2 * MINUTE, -3 * MINUTE)
    Search.update(queue=nightly).execute()
    assert owed(nightly) == 3


def test_a_search_by_hand_waits_for_no_queue(rival: Queue, living_room: Instance) -> None:
    spend(living_room, *[each * MINUTE for each in range(10, 19)])
    assert gate(None, living_room) is None


def test_queues_elsewhere_share_the_budget_of_the_household_only(
    nightly: Queue, rival: Queue, living_room: Instance, cinema: Instance
) -> None:
    spend(living_room, *[each * MINUTE for each in range(10, 19)])
    Search.update(queue=nightly).execute()
    rival.serve([cinema])
    stand_in_line(rival, {cinema.id: 1})
    assert gate(nightly, living_room) is None
    Household.current().change(hourly_budget=10)
    found = gate(nightly, living_room)
    assert found and found[0].startswith("The overall budget is nearly spent")


def test_the_demo_library_shares_nothing_with_the_household(
    nightly: Queue, rival: Queue, living_room: Instance, cinema: Instance
) -> None:
    Household.current().change(hourly_budget=10)
    spend(living_room, *[each * MINUTE for each in range(10, 19)])
    Search.update(queue=nightly).execute()
    rival.serve([cinema])
    stand_in_line(rival, {cinema.id: 1})
    cinema.change(demo=True)
    assert gate(nightly, living_room) is None
