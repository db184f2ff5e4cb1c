"""One round of a queue in days: arithmetic that a person can check with a pencil."""

from datetime import timedelta

import pytest

from models.backlog import Item, Tally
from models.backlog.eligibility import Reason
from models.backlog.snapshots import Snapshot
from models.household import Household
from models.instances import Instance
from models.plan import OWN_DAYS, Outlook, plan_of, words_of
from models.plan.paces import Common, Pace
from models.plan.rounds import Rounds
from models.plan.unreached import unreached
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.timing import every, plan
from tests.wanted import wanted

LONG_AGO = START - timedelta(days=400)


@pytest.fixture(autouse=True)
def _read(living_room: Instance, cinema: Instance) -> None:
    """Both instances have been there for long."""
    for each in (living_room, cinema):
        each.change(created_at=LONG_AGO, synced_at=START)


def pace(queue: Queue) -> Pace:
    return Pace.of(queue, queue.instances, Common.now(), START)


async def outlook(queue: Queue) -> Outlook:
    return await plan_of(queue, queue.instances, Rounds(), START)


def another(queue: Queue, name: str, *instances: Instance, **changes: object) -> Queue:
    """Started, like `queue` but for what is said."""
    known = queue.__data__ | {"id": None, "name": name, "key": name.lower()}
    made = Queue.create(**known | changes)
    made.serve(instances or queue.instances)
    made.start(START + timedelta(hours=1))
    return made


def many(instance: Instance, number: int, **facts: object) -> list[Item]:
    return [wanted(instance, **facts) for _ in range(number)]


def test_the_schedule_sets_the_pace_where_no_budget_is_smaller(nightly: Queue) -> None:
    found = pace(nightly)
    assert (found.runs_a_day, found.batch, found.a_day, found.bound) == (12, 5, 60, None)


def test_a_smaller_daily_budget_sets_it_else(nightly: Queue, living_room: Instance) -> None:
    living_room.change(daily_budget=45)
    assert (pace(nightly).a_day, pace(nightly).bound) == (45, pace(nightly).shares[0])
    Household.current().change(daily_budget=30)
    found = pace(nightly)
    assert found.a_day == 30 and found.bound is not None and found.bound.whose == 0


def test_a_budget_is_shared_by_weight_with_the_queues_that_run(
    nightly: Queue, living_room: Instance, cinema: Instance
) -> None:
    living_room.change(daily_budget=100)
    heavy = another(nightly, "Heavy", weight=3)
    assert pace(nightly).a_day == 25
    assert pace(heavy).a_day == 60
    elsewhere = another(nightly, "Elsewhere", cinema, weight=36)
    assert pace(nightly).a_day == 10
    elsewhere.pause(START)
    assert pace(nightly).a_day == 25
    heavy.pause(START)
    assert pace(nightly).a_day == 60


def test_of_several_instances_the_smallest_budget_counts(
    nightly: Queue, living_room: Instance, cinema: Instance
) -> None:
    nightly.serve([living_room, cinema])
    cinema.change(daily_budget=12)
    assert pace(nightly).a_day == 12
    cinema.change(disabled_at=START)
    assert pace(nightly).a_day == 60
    living_room.change(disabled_at=START)
    assert pace(nightly).a_day == 0


def test_the_demo_library_has_budgets_of_its_own(
    nightly: Queue, living_room: Instance, cinema: Instance
) -> None:
    cinema.change(demo=True, daily_budget=50)
    demo = another(nightly, "Demo", cinema)
    Household.current().change(daily_budget=40)
    assert (pace(nightly).a_day, pace(demo).a_day) == (40, 50)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0.2, "1 day"),
        (1, "1 day"),
        (2.1, "3 days"),
        (13, "13 days"),
        (13.2, "2 weeks"),
        (14, "2 weeks"),
        (250, "36 weeks"),
        (730, "105 weeks"),
        (731, "more than two years"),
        (None, "never"),
    ],
)
def test_days_are_whole_then_weeks_and_not_years(days: float | None, words: str) -> None:
    assert words_of(days) == words


async def test_a_round_is_what_is_eligible_or_in_cooldown(
    nightly: Queue, living_room: Instance, cinema: Instance
) -> None:
    many(living_room, 130)
    lately = START - timedelta(days=1)
    many(living_room, 50, searched_at=lately, cooldown_until=START + timedelta(days=6))
    wanted(living_room, monitored=False)
    wanted(living_room, excluded_until=START + timedelta(days=3))
    wanted(living_room, aired_at=START + timedelta(days=3))
    wanted(living_room, left_at=START)
    wanted(living_room, downloading=True)
    wanted(living_room, want="upgrade")
    wanted(cinema)
    found = await outlook(nightly)
    assert (found.round.items, found.round.at, found.days, found.words) == (180, None, 3, "3 days")


@pytest.mark.parametrize(
    ("changes", "items"),
    [
        ({"strategy": "custom", "filters_json": '{"tags_in":["kids"]}'}, 1),
        ({"strategy": "custom", "filters_json": '{"tags_out":["kids"]}'}, 3),
        ({"strategy": "custom", "filters_json": '{"wants":["upgrade"]}'}, 1),
        ({"strategy": "recent"}, 1),
        ({"strategy": "missing"}, 3),
    ],
)
async def test_its_filters_are_respected(
    changes: dict[str, object], items: int, nightly: Queue, living_room: Instance
) -> None:
    Snapshot.create(instance=living_room, kind="tag", arr_id=1, name="kids", fingerprint="")
    wanted(living_room, tags=[1])
    wanted(living_room, aired_at=START - timedelta(days=2))
    wanted(living_room)
    wanted(living_room, want="upgrade")
    nightly.change(**changes)
    assert (await outlook(nightly)).round.items == items


async def test_a_queue_that_takes_movies_early_counts_those_that_are_available(
    nightly: Queue, cinema: Instance
) -> None:
    nightly.serve([cinema])
    many(cinema, 2)
    wanted(cinema, aired_at=START + timedelta(days=30), available=True)
    wanted(cinema, aired_at=START + timedelta(days=30), available=False)
    assert (await outlook(nightly)).round.items == 2
    nightly.change(movie_release="available")
    assert (await outlook(nightly)).round.items == 3
    nightly.change(movie_release="home")
    assert (await outlook(nightly)).round.items == 0


async def test_a_count_that_no_tally_holds_is_kept_until_the_lists_are_read_again(
    nightly: Queue, living_room: Instance
) -> None:
    rounds = Rounds()
    nightly.change(strategy="custom", filters_json='{"year_from": 2000}')
    wanted(living_room)
    for later, items, counted in ((0, 1, 0), (9, 1, 0), (10, 2, 10)):
        at = START + timedelta(minutes=later)
        found = await rounds.of(nightly, nightly.instances, {}, at)
        assert (found.items, found.at) == (items, START + timedelta(minutes=counted))
        if not later:
            wanted(living_room)
    wanted(living_room)
    living_room.change(synced_at=START + timedelta(minutes=11))
    found = await rounds.of(nightly, nightly.instances, {}, START + timedelta(minutes=12))
    assert found.items == 3


async def test_new_is_what_was_first_seen_in_the_last_thirty_days(
    nightly: Queue, living_room: Instance
) -> None:
    lately = START - timedelta(days=3)
    many(living_room, 100)
    many(living_room, 59, first_seen_at=lately)
    wanted(living_room, first_seen_at=lately, searched_at=lately, left_at=START)
    wanted(living_room, first_seen_at=lately, left_at=START)
    wanted(living_room, first_seen_at=lately, monitored=False)
    wanted(living_room, first_seen_at=START - timedelta(days=31))
    found = await outlook(nightly)
    assert found.round.new_a_day == 2
    nightly.change(batch_size=2, schedule_json=plan(kind="daily", times=("03:00",)))
    found = await outlook(nightly)
    assert (found.pace.a_day, found.days, found.words) == (2, None, "never")
    assert found.is_long
    nightly.change(batch_size=3)
    assert (await outlook(nightly)).days == 160 / 3


async def test_what_the_first_reading_brought_is_not_new(
    nightly: Queue, living_room: Instance
) -> None:
    first = START - timedelta(days=2)
    many(living_room, 200, first_seen_at=first)
    many(living_room, 30, first_seen_at=first + timedelta(days=1))
    found = await outlook(nightly)
    assert found.round.new_a_day == 1
    assert found.days == 230 / 60


def searched(queue: Queue, number: int, at: object) -> None:
    run = Run.create(queue=queue, queue_name=queue.name, trigger="schedule", state="finished",
                     started_at=at)  # fmt: skip
    for item in Item.select().limit(number):
        Search.begin([item], run, at, 1).change(state="done", outcome="nothing")


async def test_the_range_runs_to_its_own_pace_of_the_last_fourteen_days(
    nightly: Queue, living_room: Instance
) -> None:
    many(living_room, 180)
    nightly.start(START - timedelta(days=OWN_DAYS - 1))
    searched(nightly, 140, START - timedelta(days=2))
    searched(nightly, 140, START - timedelta(days=5))
    assert (await outlook(nightly)).words == "3 days"
    nightly.change(started_at=START - timedelta(days=OWN_DAYS))
    found = await outlook(nightly)
    assert (found.own_a_day, found.words) == (20, "3 to 9 days")
    nightly.change(batch_size=50)
    living_room.change(daily_budget=1000)
    assert (await outlook(nightly)).words == "1 to 9 days"
    nightly.change(schedule_json=plan(kind="weekly", weekdays=(0,), times=("03:00",)), batch_size=1)
    assert (await outlook(nightly)).words == "9 days to more than two years"
    Household.current().change(history_days=7)
    assert (await outlook(nightly)).own_a_day is None


async def test_at_its_own_pace_a_round_may_never_end(nightly: Queue, living_room: Instance) -> None:
    many(living_room, 120)
    many(living_room, 60, first_seen_at=START - timedelta(days=9))
    nightly.change(started_at=START - timedelta(days=20))
    searched(nightly, 28, START - timedelta(days=2))
    found = await outlook(nightly)
    assert (found.own_a_day, found.words) == (2, "3 days or more")


async def test_the_setting_that_sets_the_pace_is_what_helps(
    nightly: Queue, living_room: Instance
) -> None:
    many(living_room, 180)
    found = (await outlook(nightly)).help
    assert found and (found.kind, found.value, found.words) == ("batch_size", 10, "2 days")
    nightly.change(batch_size=50, schedule_json=every(1440))
    found = (await outlook(nightly)).help
    assert found and (found.kind, found.value) == ("schedule", "Every 12 hours")
    living_room.change(daily_budget=20)
    found = (await outlook(nightly)).help
    assert found and (found.kind, found.value, found.words) == ("budget", 40, "5 days")


async def test_where_nothing_would_be_sooner_nothing_is_advised(
    nightly: Queue, living_room: Instance
) -> None:
    many(living_room, 9)
    assert (await outlook(nightly)).help is None


async def reasons(living_room: Instance) -> dict[tuple[str, str], int]:
    queues = [queue for queue in Queue.by_name() if living_room in queue.instances]
    found = await unreached(
        {living_room.id: queues}, [living_room], Tally.by_instance(), Rounds(), START
    )
    return {(each.want, each.why): each.items for each in found}


async def test_what_no_queue_reaches_is_said_with_its_ground(
    living_room: Instance, nightly: Queue
) -> None:
    wanted(living_room)
    wanted(living_room, want="upgrade")
    wanted(living_room, monitored=False)
    wanted(living_room, aired_at=START - timedelta(hours=1))
    nightly.start(START)
    assert await reasons(living_room) == {
        ("upgrade", "not_taken"): 1,
        ("missing", "unmonitored"): 1,
        ("missing", "unreleased"): 1,
    }


async def test_a_queue_that_does_not_run_reaches_nothing(
    living_room: Instance, nightly: Queue
) -> None:
    wanted(living_room)
    assert await reasons(living_room) == {("missing", "asleep"): 1}
    nightly.start(START)
    assert await reasons(living_room) == {}
    nightly.change(is_dry=True)
    assert await reasons(living_room) == {("missing", "dry"): 1}
    nightly.pause(START)
    assert await reasons(living_room) == {("missing", "asleep"): 1}


async def test_filters_leave_out_what_they_do_not_name(
    living_room: Instance, nightly: Queue
) -> None:
    nightly.start(START)
    nightly.change(filters_json='{"year_from": 2021}')
    for year in (2019, None, 2022):
        wanted(living_room, year=year)
    assert await reasons(living_room) == {("missing", "filtered"): 2}
    another(nightly, "Old", filters_json='{"year_to": 2019}')
    assert await reasons(living_room) == {("missing", "filtered"): 1}
    another(nightly, "Recent", filters_json="{}", strategy="recent")
    assert await reasons(living_room) == {("missing", "filtered"): 1}
    another(nightly, "All", filters_json="{}")
    assert await reasons(living_room) == {}


async def test_an_instance_that_is_off_or_without_a_queue_says_so(living_room: Instance) -> None:
    wanted(living_room)
    assert await reasons(living_room) == {("missing", "no_queue"): 1}
    living_room.change(disabled_at=START)
    assert await reasons(living_room) == {("missing", "off"): 1}


def test_reasons_are_named_as_the_page_knows_them() -> None:
    named = {each.name.lower() for each in Reason}
    assert {"unreleased", "unmonitored", "excluded", "downloading"} <= named
