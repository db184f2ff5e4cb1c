"""What a run would search: strategies, filters, orders, seasons."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.backlog import Item
from models.backlog.eligibility import Reason
from models.backlog.seasons import Season
from models.backlog.snapshots import Snapshot
from models.backlog.tags import link
from models.batches import Batch
from models.batches.packs import cost
from models.instances import Instance
from models.queues import Queue
from models.queues.filters import Filters, Sieve
from tests.conftest import START

DAY = timedelta(days=1)


def item(instance: Instance, arr_id: int, tags: Iterable[int] = (), **facts: object) -> Item:
    known: dict[str, object] = {
        "want": "missing",
        "title": f"Item {arr_id}",
        "sort_title": f"item {arr_id:03}",
        "series_id": 7,
        "series_title": "Quarry",
        "season": 1,
        "episode": arr_id,
        "series_type": "standard",
        "series_status": "ended",
        "year": 2020,
        "aired_at": START - 400 * DAY + arr_id * DAY,
        "available": True,
        "monitored": True,
        "slug": "quarry",
        "first_seen_at": START - 30 * DAY,
        "random_key": arr_id,
        "reason": Reason.ELIGIBLE,
        "reason_at": START,
    }
    made = Item.create(instance=instance, arr_id=arr_id, **known | facts)
    link(instance, {arr_id: tags})
    return made


def chosen(queue: Queue) -> list[list[int]]:
    return [[each.arr_id for each in pick.items] for pick in Batch(queue, START).picks()]


def season(instance: Instance, **facts: object) -> Season:
    known: dict[str, object] = {"monitored_episodes": 6, "ended": True, "number": 1}
    return Season.create(instance=instance, series_id=7, **known | facts)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("oldest", [1, 2, 3]),
        ("newest", [3, 2, 1]),
        ("title", [1, 2, 3]),
        ("least_recent", [2, 3, 1]),
    ],
)
def test_each_order(nightly: Queue, living_room: Instance, order: str, expected: list[int]) -> None:
    item(living_room, 1, searched_at=START - DAY)
    item(living_room, 2)
    item(living_room, 3, searched_at=START - 9 * DAY)
    nightly.change(order=order)
    assert chosen(nightly) == [[arr_id] for arr_id in expected]


def test_what_is_begun_is_finished_first_each_series_in_its_own_order(
    nightly: Queue, living_room: Instance, cinema: Instance
) -> None:
    """What is not searched now is wanted all the same, and what has left is not."""
    amber = {"series_id": 8, "sort_title": "amber"}
    item(living_room, 1, **amber, season=2)
    item(living_room, 2, **amber, season=1)
    item(living_room, 3, **amber, season=1, reason=Reason.COOLDOWN)
    item(living_room, 4)
    item(living_room, 5)
    item(living_room, 6, reason=Reason.LEFT, left_at=START)
    item(living_room, 7, want="upgrade")
    movie = {"series_id": None, "series_title": None, "season": None, "episode": None}
    item(cinema, 8, **movie)
    item(cinema, 9, series_id=9, sort_title="zebra")
    nightly.change(order="begun", batch_size=9)
    nightly.serve([living_room, cinema])
    assert chosen(nightly) == [[9], [4], [5], [2], [1], [8]]
    nightly.change(batch_size=2)
    assert chosen(nightly) == [[9], [4]]


def test_a_random_order_gives_every_item_the_first_place_at_times(
    nightly: Queue, living_room: Instance
) -> None:
    for arr_id in (1, 2, 3):
        item(living_room, arr_id, random_key=arr_id * 700_000_000)
    nightly.change(order="random", batch_size=1)
    firsts = {chosen(nightly)[0][0] for _ in range(100)}
    assert firsts == {1, 2, 3}


def test_recent_takes_what_aired_lately_missing_first_then_newest(
    nightly: Queue, living_room: Instance
) -> None:
    item(living_room, 1, aired_at=START - 3 * DAY)
    item(living_room, 2, aired_at=START - 2 * DAY)
    item(living_room, 3, aired_at=START - DAY, want="upgrade")
    item(living_room, 4, aired_at=START - 15 * DAY)
    nightly.change(strategy="recent")
    assert chosen(nightly) == [[2], [1], [3]]


def test_recent_never_takes_what_is_dated_in_the_future(nightly: Queue, cinema: Instance) -> None:
    movie = {"series_id": None, "series_title": None, "season": None, "early_at": 0}
    item(cinema, 1, aired_at=START + 700 * DAY, reason=Reason.UNRELEASED, **movie)
    item(cinema, 2, aired_at=START + DAY, first_seen_at=START, **movie)
    item(cinema, 3, aired_at=None, first_seen_at=START, **movie)
    item(cinema, 4, aired_at=START - DAY, **movie)
    cinema.change(created_at=START - 30 * DAY)
    nightly.serve([cinema])
    nightly.change(strategy="recent", movie_release="available")
    assert chosen(nightly) == [[4], [3]]


def test_a_queue_says_when_a_movie_is_out(nightly: Queue, cinema: Instance) -> None:
    movie = {"series_id": None, "series_title": None, "season": None}
    item(cinema, 1, **movie, home_release_at=START - 9 * DAY)
    item(cinema, 2, **movie)
    item(cinema, 3, **movie, reason=Reason.UNRELEASED, early_at=START)
    item(cinema, 4, **movie, reason=Reason.UNRELEASED, early_at=START + DAY)
    item(cinema, 5, **movie, reason=Reason.UNRELEASED)
    nightly.serve([cinema])
    assert chosen(nightly) == [[1], [2]]
    nightly.change(movie_release="home")
    assert chosen(nightly) == [[1]]
    nightly.change(movie_release="available")
    assert chosen(nightly) == [[1], [2], [3]]


def test_recent_takes_what_was_added_lately_but_not_all_of_a_new_instance(
    nightly: Queue, living_room: Instance
) -> None:
    living_room.change(created_at=START - 10 * DAY)
    item(living_room, 1, first_seen_at=START - 10 * DAY)
    item(living_room, 2, first_seen_at=START - 5 * DAY)
    nightly.change(strategy="recent")
    assert chosen(nightly) == [[2]]


def test_a_custom_queue_takes_the_wants_that_it_names(
    nightly: Queue, living_room: Instance
) -> None:
    item(living_room, 1)
    item(living_room, 2, want="upgrade")
    filters = Filters(wants=["upgrade"]).model_dump_json()
    nightly.change(strategy="custom", filters_json=filters)
    assert chosen(nightly) == [[2]]


def test_a_smart_order_shows_its_parts(nightly: Queue, living_room: Instance) -> None:
    item(living_room, 1, aired_at=START - 2000 * DAY, streak=4, searched_at=START - 20 * DAY)
    item(living_room, 2, aired_at=START - 2 * DAY)
    nightly.change(order="smart")
    picks = Batch(nightly, START).picks()
    assert [pick.items[0].arr_id for pick in picks] == [2, 1]
    assert picks[0].score is not None
    assert picks[0].score.total == sum(picks[0].score[:4]) < 100


def test_most_of_an_ended_season_is_one_search(nightly: Queue, living_room: Instance) -> None:
    season(living_room)
    for arr_id in (1, 2, 3, 4):
        item(living_room, arr_id)
    nightly.change(packs="when")
    assert chosen(nightly) == [[1, 2, 3, 4]]


@pytest.mark.parametrize(
    ("of_season", "of_items"),
    [
        ({"ended": False}, {}),
        ({"monitored_episodes": 9}, {}),
        ({"last_kind": "pack"}, {}),
        ({}, {"series_type": "anime"}),
        ({"number": 0}, {"season": 0}),
    ],
)
def test_a_season_is_searched_by_episodes_when(
    nightly: Queue, living_room: Instance, of_season: dict, of_items: dict
) -> None:
    season(living_room, **of_season)
    for arr_id in (1, 2, 3, 4):
        item(living_room, arr_id, **of_items)
    nightly.change(packs="when")
    assert chosen(nightly) == [[1], [2], [3], [4]]


@pytest.mark.parametrize(
    ("want", "days", "is_whole"),
    [("missing", 6, False), ("missing", 8, True), ("upgrade", 13, False), ("upgrade", 15, True)],
)
@pytest.mark.parametrize("searched", ["searched_at", "arr_searched_at"])
def test_only_the_base_of_a_cooldown_holds_a_season(
    nightly: Queue, living_room: Instance, want: str, days: int, is_whole: bool, searched: str
) -> None:
    """A season search searches that one, too, missing or an upgrade."""
    season(living_room)
    for arr_id in (1, 2, 3):
        item(living_room, arr_id)
    at = {searched: START - days * DAY, "cooldown_until": START + 30 * DAY}
    item(living_room, 4, want=want, reason=Reason.COOLDOWN, **at)
    nightly.change(packs="always")
    assert chosen(nightly) == ([[1, 2, 3, 4]] if is_whole else [[1], [2], [3]])


@pytest.mark.parametrize("reason", [Reason.EXCLUDED, Reason.UNRELEASED, Reason.DOWNLOADING])
@pytest.mark.parametrize("want", ["missing", "upgrade"])
def test_an_episode_that_may_not_be_searched_holds_its_season(
    nightly: Queue, living_room: Instance, reason: Reason, want: str
) -> None:
    season(living_room)
    for arr_id in (1, 2, 3):
        item(living_room, arr_id)
    item(living_room, 4, reason=reason, want=want)
    item(living_room, 5, reason=Reason.UNMONITORED)
    nightly.change(packs="always")
    assert chosen(nightly) == [[1], [2], [3]]


def test_missing_and_upgrades_of_a_season_are_one_pack(
    nightly: Queue, living_room: Instance
) -> None:
    season(living_room)
    for arr_id, want in enumerate(["missing", "upgrade", "missing", "upgrade"], 1):
        item(living_room, arr_id, want=want)
    nightly.change(packs="when")
    assert chosen(nightly) == [[1, 2, 3, 4]]


def test_the_pack_and_its_episodes_are_never_both_searched(
    nightly: Queue, living_room: Instance
) -> None:
    season(living_room)
    for arr_id in (1, 2, 3, 4):
        item(living_room, arr_id)
    item(living_room, 9, series_id=8, series_title="Other")
    nightly.change(packs="always")
    assert chosen(nightly) == [[1, 2, 3, 4], [9]]


texts = st.lists(st.sampled_from(["a", "b", "zz"]), max_size=2)


@given(
    filters=st.builds(
        Filters,
        tags_all=texts,
        tags_in=texts,
        tags_out=texts,
        profiles=texts,
        profiles_out=texts,
        root_folders=texts,
        root_folders_out=texts,
        series_status=texts,
        year_from=st.none() | st.integers(2018, 2022),
        year_to=st.none() | st.integers(2018, 2022),
    ),
    tags=st.sets(st.integers(1, 3)),
    profile_id=st.sampled_from([None, 1, 2]),
    root_folder=st.sampled_from([None, "a", "b"]),
    series_status=st.sampled_from([None, "a", "b"]),
    year=st.none() | st.integers(2017, 2023),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_filter_as_query_and_as_function_is_the_same(
    living_room: Instance, filters: Filters, **facts: object
) -> None:
    Item.delete().execute()
    Snapshot.delete().execute()
    for number, name in enumerate(["a", "b"]):
        about = {"instance": living_room, "arr_id": number + 1, "name": name, "fingerprint": ""}
        Snapshot.create(kind="tag", **about)
        Snapshot.create(kind="profile", **about)
    one = item(living_room, 1, **facts)
    sieve = Sieve(filters, living_room)
    queried = Item.select().where(Item.id == one.id, *sieve.where()).exists()
    assert queried == sieve.takes(one)


def test_a_pack_costs_what_its_kind_of_series_costs(living_room: Instance) -> None:
    standard = [item(living_room, arr_id) for arr_id in (1, 2, 3)]
    daily = [
        item(living_room, 10 + year, series_type="daily", aired_at=START.replace(year=2000 + year))
        for year in (1, 2)
    ]
    assert cost(standard) == 1
    assert cost(daily) == 2
    assert cost(daily[:1]) == 1
