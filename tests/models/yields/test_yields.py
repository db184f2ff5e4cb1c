"""What searches brought, counted as it becomes known."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import demo
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.yields import Yield
from models.yields.table import COLUMNS, FATE_COLUMNS
from tests.conftest import START

DAY = timedelta(days=1)


def search(instance: Instance, queue: Queue | None = None, **facts: object) -> Search:
    known: dict[str, object] = {
        "queue_name": queue.name if queue else "",
        "strategy": queue.strategy if queue else "",
        "order": queue.order if queue else "",
        "demo": instance.demo,
        "kind": "episode",
        "want": "missing",
        "title": "Quarry - 1x06",
        "attempt": 1,
        "age_days": 20,
        "local_hour": 14,
        "created_at": START,
    }
    return Search.create(
        instance=instance, instance_name=instance.name, queue=queue, **known | facts
    )


def ended(made: Search, outcome: str, **facts: object) -> Search:
    made.change(state="done", outcome=outcome, **facts)
    Yield.count_outcome(made)
    return made


def follow(made: Search, fate: str | None) -> None:
    before = made.fate
    made.change(fate=fate)
    Yield.count_fate(made, before)


def figures(dimension: str, period: int = 0) -> dict[str, dict[str, int]]:
    """By key, the figures that are not 0."""
    rows = Yield.select().where(Yield.dimension == dimension, Yield.period == period)
    return {
        row.key: {column: getattr(row, column) for column in COLUMNS if getattr(row, column)}
        for row in rows
    }


def test_an_outcome_counts_once_under_each_dimension(nightly: Queue, living_room: Instance) -> None:
    made = ended(search(living_room, nightly), "grabbed", indexer="Example")
    Yield.count_outcome(made)
    once = {"grabbed": 1}
    for dimension, key in {
        "total": "all",
        "queue": f"#{nightly.id}",
        "strategy": "missing",
        "order": "least_recent",
        "instance": f"#{living_room.id}",
        "indexer": "Example",
        "age": "1",
        "attempt": "1",
        "hour": "14",
        "score": "missing:1:1",
    }.items():
        assert figures(dimension) == {key: once}
        assert figures(dimension, 202605) == {key: once}
        assert figures(dimension, 20260504) == {key: once}


def test_a_trial_is_never_counted(living_room: Instance) -> None:
    made = ended(search(living_room, is_trial=True), "unknown")
    assert made.counted_day is None and not figures("total")


def test_only_a_grab_counts_for_an_indexer(nightly: Queue, living_room: Instance) -> None:
    ended(search(living_room, nightly), "nothing")
    ended(search(living_room, nightly), "grabbed")
    assert figures("indexer") == {"": {"grabbed": 1}}


@pytest.mark.parametrize(
    ("attempt", "key"), [(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "4"), (6, "5"), (40, "5")]
)
def test_attempts_are_told_apart_as_long_as_it_matters(
    living_room: Instance, attempt: int, key: str
) -> None:
    ended(search(living_room, attempt=attempt), "nothing")
    assert set(figures("attempt")) == {key}


@pytest.mark.parametrize(
    ("days", "key"), [(None, ""), (-1, "0"), (13, "0"), (14, "1"), (90, "2"), (9999, "4")]
)
def test_ages_are_told_apart_and_none_is_not_young(
    living_room: Instance, days: int | None, key: str
) -> None:
    ended(search(living_room, age_days=days), "nothing")
    assert set(figures("age")) == {key}


def test_a_search_by_hand_is_of_no_queue(living_room: Instance) -> None:
    ended(search(living_room), "nothing")
    for dimension in ("queue", "strategy", "order"):
        assert set(figures(dimension)) == {"hand"}


def test_a_fate_moves_from_one_column_to_another(living_room: Instance) -> None:
    made = ended(search(living_room), "grabbed")
    follow(made, "failed")
    assert figures("total") == {"all": {"grabbed": 1, "import_failed": 1}}
    follow(made, "imported")
    follow(made, "imported")
    assert figures("total") == {"all": {"grabbed": 1, "imported": 1}}
    follow(made, None)
    assert figures("total") == {"all": {"grabbed": 1}}


def test_a_fate_counts_where_its_search_did_though_all_else_has_changed(
    nightly: Queue, living_room: Instance
) -> None:
    made = ended(search(living_room, nightly), "grabbed")
    old = nightly.id
    nightly.change(name="Every night")
    ended(search(living_room, nightly), "nothing")
    Household.update(time_zone="Pacific/Kiritimati").execute()
    nightly.delete_instance()
    follow(Search.get_by_id(made.id), "imported")
    assert figures("queue", 20260504) == {f"#{old}": {"grabbed": 1, "imported": 1, "nothing": 1}}
    assert {row.name for row in Yield.select().where(Yield.dimension == "queue")} == {"Every night"}


def test_the_day_is_that_of_the_household_when_the_search_was_made(living_room: Instance) -> None:
    Household.update(time_zone="America/New_York").execute()
    late = datetime(2026, 6, 1, 2, 30, tzinfo=UTC)
    ended(search(living_room, created_at=late), "nothing")
    assert figures("total", 20260531) == figures("total", 202605) == {"all": {"nothing": 1}}
    assert not figures("total", 202606)


def test_a_zone_that_is_gone_leaves_the_day_of_utc(living_room: Instance) -> None:
    Household.update(time_zone="Mars/Olympus").execute()
    ended(search(living_room), "nothing")
    assert figures("total", 20260504)


def test_a_search_that_was_never_begun_is_not_counted(living_room: Instance) -> None:
    made = search(living_room)
    made.change(state="done", outcome="failed", cost=0)
    follow(made, "imported")
    assert not Yield.select().exists()


def test_history_may_go_and_the_yield_stays(nightly: Queue, living_room: Instance) -> None:
    ended(search(living_room, nightly), "grabbed")
    Search.delete().execute()
    nightly.delete_instance()
    living_room.delete_instance()
    assert figures("queue") == {f"#{nightly.id}": {"grabbed": 1}}
    row = Yield.get(Yield.dimension == "instance", Yield.period == 0)
    assert row.name == "Living room"


def test_days_are_forgotten_and_months_are_not(living_room: Instance) -> None:
    for days in (0, 99, 100, 101, 300):
        ended(search(living_room, created_at=START - days * DAY), "nothing")
    assert Yield.forget_days(date(2026, 5, 4)) > 0
    periods = {row.period for row in Yield.select(Yield.period).where(Yield.dimension == "total")}
    assert periods == {0, 202507, 202601, 202605, 20260124, 20260125, 20260504}
    assert figures("total") == {"all": {"nothing": 5}}


def test_the_demo_takes_its_yield_away_with_it(living_room: Instance) -> None:
    for instance in demo.add(START):
        ended(search(instance), "grabbed")
    ended(search(living_room), "nothing")
    assert Yield.select().where(Yield.demo).exists()
    demo.remove()
    assert figures("total") == {"all": {"nothing": 1}}


OUTCOMES = st.sampled_from([*["grabbed"] * 6, "nothing", "no_indexer", "failed", "unknown"])
FATES = st.lists(st.sampled_from([*FATE_COLUMNS, None]), max_size=3)
SEARCHES = st.fixed_dictionaries(
    {
        "created_at": st.integers(0, 500).map(lambda hours: START - timedelta(hours=hours)),
        "attempt": st.integers(1, 9),
        "age_days": st.none() | st.integers(-1, 4000),
        "local_hour": st.none() | st.integers(0, 23),
        "want": st.sampled_from(["missing", "upgrade"]),
        "kind": st.sampled_from(["episode", "season"]),
        "indexer": st.sampled_from([None, "One", "Two"]),
        "demo": st.booleans(),
    }
)
STEPS = st.lists(
    st.tuples(SEARCHES, st.booleans(), st.none() | OUTCOMES, st.booleans(), FATES), max_size=8
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_the_yield_always_equals_a_recount_of_the_rows(
    nightly: Queue, living_room: Instance, steps: list[tuple]
) -> None:
    Search.delete().execute()
    Yield.delete().execute()
    made = []
    for facts, by_queue, outcome, withdrawn, fates in steps:
        # An instance has one search under way at most.
        if made and made[-1][0].state != "done":
            ended(made[-1][0], "unknown")
        row = search(living_room, nightly if by_queue else None, **facts)
        if withdrawn:
            row.change(state="done", outcome="failed", cost=0)
        elif outcome is not None:
            ended(row, outcome)
        made.append((row, fates))
    for turn in range(3):
        for row, fates in made:
            if row.outcome == "grabbed" and turn < len(fates):
                follow(row, fates[turn])
    assert kept() == recounted()


def kept() -> Counter:
    found: Counter = Counter()
    for row in Yield.select():
        for column in COLUMNS:
            found[row.demo, row.dimension, row.period, row.key, column] += getattr(row, column)
    return Counter({key: number for key, number in found.items() if number})


def recounted() -> Counter:
    """From the rows alone, in the words of the rules rather than with the program's functions."""
    found: Counter = Counter()
    for row in Search.select().where(Search.outcome.is_null(False), Search.cost > 0):
        by_hand = not row.queue_name
        ages = (14, 90, 365, 1825)
        age = "" if row.age_days is None else str(len([n for n in ages if n <= row.age_days]))
        attempt = {1: "1", 2: "2", 3: "3", 4: "4", 5: "4"}.get(row.attempt, "5")
        keys = {
            "total": "all",
            "queue": "hand" if by_hand else f"#{row.queue_id}",
            "strategy": "hand" if by_hand else row.strategy,
            "order": "hand" if by_hand else row.order,
            "instance": f"#{row.instance_id}",
            "age": age,
            "attempt": attempt,
            "hour": "" if row.local_hour is None else f"{row.local_hour:02}",
            "instance_want": f"#{row.instance_id}:{row.want}",
            "score": f"{row.want}:{age}:{attempt}",
        }
        if row.outcome == "grabbed":
            keys["indexer"] = row.indexer or ""
        day = int(f"{row.created_at:%Y%m%d}")
        for dimension, key in keys.items():
            for period in (0, day // 100, day):
                found[row.demo, dimension, period, key, row.outcome] += 1
                if row.fate:
                    found[row.demo, dimension, period, key, FATE_COLUMNS[row.fate]] += 1
    return found
