"""That what is explained is what happens: one reason, and the place that a run would give."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.backlog import Item
from models.backlog.eligibility import DAY_MS, Reason
from models.backlog.exclusions import Exclusion
from models.backlog.seasons import Season
from models.backlog.snapshots import Snapshot
from models.batches import Batch
from models.batches.coverage import refusal
from models.database import Database, database
from models.explain import RULES, explain
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.queues.filters import Filters, Sieve
from tests.conftest import START
from tests.timing import every
from tests.wanted import wanted

OF_SERIES = {"series_id", "series_status", "season", "episode"}
DAYS = st.none() | st.integers(-60, 60).map(lambda days: START + timedelta(days=days))
OBSTACLES = st.fixed_dictionaries(
    {},
    optional={
        "left_at": st.just(START),
        "monitored": st.just(False),
        "available": st.just(False),
        "downloading": st.just(True),
        "cooldown_until": DAYS,
        "excluded_until": DAYS,
        "arr_searched_at": DAYS,
    },
)
FACTS = st.fixed_dictionaries(
    {
        "want": st.sampled_from(["missing", "upgrade"]),
        "aired_at": st.none() | st.integers(-60, 9).map(lambda days: START + timedelta(days=days)),
        "home_release_at": st.sampled_from([None, START - timedelta(days=90)]),
        "searched_at": DAYS,
        "first_seen_at": DAYS.filter(bool),
        "tags": st.sets(st.integers(1, 3)),
        "profile_id": st.sampled_from([None, 1, 2]),
        "root_folder": st.sampled_from([None, "/tv", "/anime"]),
        "series_status": st.sampled_from([None, "ended", "continuing"]),
        "year": st.none() | st.integers(2000, 2004),
        "sort_title": st.sampled_from(["a", "b", "b c"]),
        "series_id": st.sampled_from([5, 6]),
        "season": st.integers(0, 2),
        "episode": st.integers(1, 3),
        "random_key": st.integers(0, 3),
        "streak": st.integers(0, 2),
    }
)
ITEMS = FACTS | FACTS | st.tuples(FACTS, OBSTACLES).map(lambda both: both[0] | both[1])
SOME_TAGS = st.lists(st.sampled_from(["red", "green", "gone"]), max_size=2)
FILTERS = st.builds(
    Filters,
    wants=st.sampled_from([["missing"], ["upgrade"], ["missing", "upgrade"]]),
    tags_all=SOME_TAGS,
    tags_in=SOME_TAGS,
    tags_out=SOME_TAGS,
    profiles_out=st.lists(st.sampled_from(["HD", "gone"]), max_size=1),
    root_folders_out=st.lists(st.sampled_from(["/tv"]), max_size=1),
    profiles=st.lists(st.sampled_from(["HD", "gone"]), max_size=1),
    root_folders=st.lists(st.sampled_from(["/tv"]), max_size=1),
    series_status=st.lists(st.sampled_from(["ended"]), max_size=1),
    year_from=st.none() | st.integers(2000, 2004),
    year_to=st.none() | st.integers(2000, 2004),
)
ORDERS = st.sampled_from(
    ["least_recent", "oldest", "newest", "title", "random", "smart", "farthest", "begun"]
)
STRATEGIES = st.sampled_from(["missing", "cutoff", "score", "recent"])
RELEASES = st.sampled_from(["usual", "available", "home"])
PLANS = st.tuples(STRATEGIES, ORDERS, st.just(Filters()), RELEASES)
PLANS |= st.tuples(st.just("custom"), ORDERS, FILTERS, RELEASES)


def _wanted(instance: Instance, facts: dict[str, Any]) -> Item:
    """An item with those of the facts that its kind has: no movie is of a series."""
    if not instance.application.kind.has_seasons:
        facts = {name: facts[name] for name in facts.keys() - OF_SERIES}
    return wanted(instance, **facts)


@pytest.fixture
def queue(living_room: Instance, cinema: Instance, alice: User) -> Queue:
    """Takes more in a run than there are items, of the living room and of the cinema."""
    for number, name in enumerate(["red", "green", "blue"], 1):
        about = {"kind": "tag", "arr_id": number, "name": name, "fingerprint": ""}
        Snapshot.create(instance=living_room, **about)
    Snapshot.create(instance=living_room, kind="profile", arr_id=1, name="HD", fingerprint="")
    made = Queue.create(
        owner=alice, name="All", key="all", strategy="missing", batch_size=50,
        schedule_json=every(120), created_at=START,
    )  # fmt: skip
    made.serve([living_room, cinema])
    return made


@pytest.mark.long
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(items=st.lists(st.tuples(st.booleans(), ITEMS), max_size=6), plan=PLANS)
def test_every_item_that_a_run_would_take_is_explained_so_and_no_other(
    db: Database, queue: Queue, items: list[tuple[bool, dict[str, Any]]], plan: Any
) -> None:
    first, second = queue.instances[1], queue.instances[0]
    strategy, order, filters, release = plan
    with database.atomic() as transaction:
        made = [_wanted(first if own else second, facts) for own, facts in items]
        queue.change(strategy=strategy, order=order, filters_json=filters.model_dump_json())
        queue.change(movie_release=release)
        taken = [pick.items[0].id for pick in Batch(queue, START).picks()]
        places = {}
        for item in made:
            why = explain(item, START)
            assert (why.reason, why.until) == (item.reason, item.eligible_at)
            turn = why.turns[0]
            assert (turn.place is not None) == (item.id in taken)
            early = item.early_at is not None and item.early_at <= START and queue.is_early
            free = why.reason == Reason.ELIGIBLE or early
            assert (turn.place is None) == (not free or turn.is_refused)
            if turn.place:
                assert turn.place.of == len(taken)
                places[item.id] = turn.place.number
        if order != "random" or strategy == "recent":
            assert places == {item_id: number for number, item_id in enumerate(taken, 1)}
        transaction.rollback()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(facts=ITEMS, filters=FILTERS)
def test_filters_take_the_same_as_a_function_and_as_a_query(
    db: Database, queue: Queue, facts: dict[str, Any], filters: Filters
) -> None:
    living_room = queue.instances[1]
    queue.change(strategy="custom", filters_json=filters.model_dump_json())
    with database.atomic() as transaction:
        item = wanted(living_room, **facts)
        sieve = Sieve(filters, living_room)
        found = Item.select().where(Item.id == item.id, *sieve.where()).exists()
        assert sieve.takes(item) == found
        assert (refusal(queue, item, START) is None) == (found and item.want in filters.wants)
        transaction.rollback()


def test_the_rules_before_the_reason_had_nothing_against_it(living_room: Instance) -> None:
    item = wanted(living_room, cooldown_until=START + timedelta(days=1))
    why = explain(item, START)
    assert (why.reason, why.passed) == (Reason.COOLDOWN, list(RULES[:-1]))
    assert why.since == START and why.until == START + timedelta(days=1)
    assert explain(wanted(living_room), START).passed == list(RULES)


def test_a_cooldown_of_somebody_elses_search_is_told_apart(living_room: Instance) -> None:
    lately = START - timedelta(days=1)
    theirs = explain(wanted(living_room, arr_searched_at=lately), START)
    assert (theirs.reason, theirs.from_elsewhere) == (Reason.COOLDOWN, True)
    facts = {"searched_at": lately, "cooldown_until": START + timedelta(days=6)}
    ours = explain(wanted(living_room, arr_searched_at=lately, **facts), START)
    assert (ours.reason, ours.from_elsewhere) == (Reason.COOLDOWN, False)


def test_the_next_rest_doubles_with_the_streak(living_room: Instance) -> None:
    assert explain(wanted(living_room), START).after_nothing == 7 * DAY_MS
    assert explain(wanted(living_room, streak=1), START).after_nothing == 14 * DAY_MS


def test_each_queue_says_why_it_never_takes_an_item(
    nightly: Queue, living_room: Instance, cinema: Instance
) -> None:
    movie, upgrade = wanted(cinema), wanted(living_room, want="upgrade")
    assert refusal(nightly, movie, START) == "It does not search on Cinema."
    assert refusal(nightly, upgrade, START) == "It takes only missing items."
    later = Filters(year_from=2020).model_dump_json()
    nightly.change(strategy="custom", filters_json=later)
    assert refusal(nightly, upgrade, START) == "It takes only later years."
    nightly.change(strategy="recent", filters_json="{}")
    assert "in the last 14 days" in (refusal(nightly, upgrade, START) or "")


def test_a_place_becomes_a_time_at_the_queues_pace(nightly: Queue, living_room: Instance) -> None:
    items = [wanted(living_room) for _ in range(11)]
    (turn,) = explain(items[-1], START).turns
    assert turn.place is not None and (turn.place.number, turn.place.of) == (11, 11)
    assert (turn.days, turn.words) == (11 / 60, "1 day")


def test_an_item_whose_instance_is_switched_off_has_no_place(
    nightly: Queue, living_room: Instance
) -> None:
    item = wanted(living_room)
    living_room.change(disabled_at=START)
    (turn,) = explain(Item.get_by_id(item.id), START).turns
    assert turn.place is None and not turn.is_refused


def test_the_episodes_that_one_search_would_cover_are_counted(
    nightly: Queue, living_room: Instance
) -> None:
    nightly.change(packs="always")
    Season.create(instance=living_room, series_id=5, number=1, monitored_episodes=3, ended=True)
    item, *_ = [wanted(living_room) for _ in range(3)]
    assert explain(item, START).turns[0].together == 3


def test_whoever_excluded_it_is_named(living_room: Instance, alice: User) -> None:
    item = wanted(living_room)
    Exclusion.decide(item, "series", until=None, user=alice, at=START)
    why = explain(Item.get_by_id(item.id), START)
    assert (why.reason, why.until) == (Reason.EXCLUDED, None)
    assert [row.user.name for row in why.exclusions] == ["Alice"]
