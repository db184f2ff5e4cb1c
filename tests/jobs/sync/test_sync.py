"""Syncs: the backlog follows the wanted lists, and no fault ever empties it."""

import asyncio
from datetime import timedelta

import pytest

from jobs.demo.sizes import Size
from jobs.engine import Engine
from jobs.sync import look, refresh, sync
from models.backlog import Item, Tally
from models.backlog.eligibility import Reason
from models.instances import Instance
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock


def there(instance: Instance) -> set[int]:
    rows = Item.select(Item.arr_id).where(Item.instance == instance, Item.left_at.is_null())
    return {row.arr_id for row in rows}


def monitor(fake: FakeArr, arr_id: int, monitored: bool) -> None:
    fake.world.items[arr_id].monitored = monitored
    fake.world.changed()


def wanted(fake: FakeArr) -> set[int]:
    return {item.id for item in fake.world.items.values() if item.wanted and item.monitored}


async def test_a_sync_mirrors_both_lists(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    assert await sync(engine, living_room) is None
    missing = Item.select().where(Item.want == "missing").count()
    upgrades = Item.select().where(Item.want == "upgrade").count()
    assert (missing, upgrades) == (30, 10)
    assert living_room.synced_at is not None
    assert living_room.syncing_since is None
    assert living_room.version.startswith("4.0.")


async def test_an_episode_has_all_that_the_rules_and_pages_need(
    engine: Engine, living_room: Instance
) -> None:
    await sync(engine, living_room)
    item = Item.select().where(Item.want == "missing").first()
    assert item.series_title
    assert item.title
    assert item.season is not None
    assert item.aired_at.tzinfo is not None
    assert item.external_id
    assert item.profile_id
    assert item.slug
    assert item.label.startswith(item.series_title)


async def test_a_movie_too(engine: Engine, cinema: Instance) -> None:
    await sync(engine, cinema)
    item = Item.select().where(Item.want == "missing").first()
    assert item.series_title is None
    assert item.label == f"{item.title} ({item.year})"
    assert item.slug == str(item.external_id)


async def test_a_second_sync_of_the_same_lists_writes_nothing(
    engine: Engine, living_room: Instance, clock: FastClock
) -> None:
    await sync(engine, living_room)
    before = [row.__data__ for row in Item.select().order_by(Item.id)]
    clock.advance(minutes=1)
    await sync(engine, living_room)
    assert [row.__data__ for row in Item.select().order_by(Item.id)] == before


async def test_what_left_the_list_is_marked_and_kept(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    gone = Item.select().where(Item.want == "missing").first()
    gone.change(streak=3)
    monitor(sonarr, gone.arr_id, False)
    await sync(engine, living_room)
    gone = Item.get_by_id(gone.id)
    assert gone.left_at is not None
    assert gone.reason == Reason.LEFT
    assert gone.streak == 3
    monitor(sonarr, gone.arr_id, True)
    await sync(engine, living_room)
    back = Item.get_by_id(gone.id)
    assert (back.left_at, back.streak) == (None, 3)


async def test_an_item_that_wants_something_else_now_forgets_what_was_learnt(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    item = Item.select().where(Item.want == "upgrade").first()
    item.change(want="missing", streak=4, cooldown_until=engine.clock.now() + timedelta(days=50))
    await sync(engine, living_room)
    item = Item.get_by_id(item.id)
    assert (item.want, item.streak, item.cooldown_until) == ("upgrade", 0, None)


@pytest.mark.parametrize("status", [401, 404, 429, 500, 502, 503])
async def test_a_failing_instance_leaves_the_backlog_as_it_was(
    engine: Engine, living_room: Instance, sonarr: FakeArr, status: int
) -> None:
    await sync(engine, living_room)
    before = there(living_room)
    sonarr.before = lambda seen: Response(status, {}) if "wanted" in seen.path else None
    fault = await sync(engine, living_room)
    assert fault is not None
    assert there(living_room) == before
    assert living_room.fault == fault.sentence
    assert living_room.retry_at > engine.clock.now()
    assert living_room.syncing_since is None


async def test_an_empty_list_is_believed_only_when_seen_again_later(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    await sync(engine, living_room)
    before = there(living_room)
    empty = {"page": 1, "pageSize": 1000, "totalRecords": 0, "records": []}
    sonarr.before = lambda seen: Response(200, empty) if "missing" in seen.path else None
    await sync(engine, living_room)
    assert there(living_room) == before
    clock.advance(minutes=9)
    await sync(engine, living_room)
    assert there(living_room) == before
    clock.advance(minutes=2)
    await sync(engine, living_room)
    assert len(there(living_room)) == 10


async def test_a_short_list_may_become_empty_at_once(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    empty = {"page": 1, "pageSize": 1000, "totalRecords": 0, "records": []}
    sonarr.before = lambda seen: Response(200, empty) if "cutoff" in seen.path else None
    await sync(engine, living_room)
    assert len(there(living_room)) == 30


async def test_a_list_that_promises_more_than_it_gives_lets_nothing_leave(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    before = there(living_room)
    short = {"page": 1, "pageSize": 1000, "totalRecords": 30, "records": []}
    sonarr.before = lambda seen: Response(200, short) if "missing" in seen.path else None
    await sync(engine, living_room)
    assert there(living_room) == before
    assert "changed during the sync" in living_room.sync_note


async def test_one_malformed_record_spares_the_rest_and_is_said(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    records = [
        {"id": 1, "seriesId": 1, "seasonNumber": 1, "episodeNumber": 1, "title": "A"},
        {"id": "two", "title": ["no"]},
        {"id": 3, "seriesId": 1, "seasonNumber": 1, "episodeNumber": 3, "title": "C"},
    ]
    page = {"page": 1, "pageSize": 1000, "totalRecords": 3, "records": records}
    sonarr.before = lambda seen: Response(200, page) if "missing" in seen.path else None
    await sync(engine, living_room)
    assert {1, 3} <= there(living_room)
    assert living_room.sync_note.startswith("1 record ")


async def test_an_id_that_means_another_item_now_is_not_mixed_up(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    """A restored database numbers everything anew."""
    await sync(engine, living_room)
    item = Item.select().where(Item.want == "missing").first()
    item.change(external_id=987_654, streak=5)
    await sync(engine, living_room)
    old, new = Item.get_by_id(item.id), Item.get(Item.arr_id == item.arr_id)
    assert old.id != new.id
    assert (old.left_at is not None, old.streak) == (True, 5)
    assert new.streak == 0


async def test_a_look_costs_two_small_requests_and_tells_of_a_change(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    sonarr.log.clear()
    assert not await look(engine, living_room)
    assert [seen.query["pageSize"] for seen in sonarr.log] == [["1"], ["1"]]
    arr_id = min(there(living_room) & wanted(sonarr))
    monitor(sonarr, arr_id, False)
    assert await look(engine, living_room)


async def test_a_fresh_backlog_is_not_asked_for_again(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    await sync(engine, living_room)
    sonarr.log.clear()
    clock.advance(minutes=14)
    await refresh(engine, living_room)
    assert sonarr.log == []
    clock.advance(minutes=2)
    await refresh(engine, living_room)
    assert len(sonarr.log) == 2
    clock.advance(hours=6)
    await refresh(engine, living_room)
    assert len(sonarr.log) > 4


async def test_a_server_clock_that_is_an_hour_off_shifts_its_search_times(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    ahead = timedelta(hours=1)
    fake = FakeArr("sonarr", size=Size(30, 10, searched=1.0), now=lambda: clock.now() + ahead)
    engine.door.inside = {"sonarr": fake}
    await sync(engine, living_room)
    assert living_room.clock_ahead_ms == 3_600_000
    item = Item.select().where(Item.arr_searched_at.is_null(False)).first()
    theirs = fake.world.items[item.arr_id].searched
    assert item.arr_searched_at.timestamp() == pytest.approx(theirs - 3600, abs=1)


async def test_counts_are_those_of_the_rows(engine: Engine, living_room: Instance) -> None:
    await sync(engine, living_room)
    counted = sum(Tally.by_instance()[living_room.id].values())
    assert counted == len(there(living_room))


async def test_passing_faults_are_tried_again_within_a_look(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    sonarr.fail_next("/api/v3/wanted", status=503, body={}, times=1)
    sonarr.fail_next("/api/v3/wanted", status=502, body={}, times=1)
    assert not await look(engine, living_room)


async def test_two_syncs_at_once_are_one(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    def paths(seen: list[Seen]) -> list[str]:
        return [each.path for each in seen if each.path.endswith("status")]

    await asyncio.gather(sync(engine, living_room), sync(engine, living_room))
    assert len(paths(sonarr.log)) == 1
