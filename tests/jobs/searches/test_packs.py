"""Seasons searched whole, and what they teach."""

from datetime import timedelta

import pytest

from jobs.engine import Engine
from jobs.runs import carry_out
from jobs.searches.errands import Errand, announce, items_of, settle
from jobs.searches.fates import follow_up
from jobs.searches.outcomes import Verdict, _untold
from jobs.sync import sync
from models.backlog import Item
from models.backlog.seasons import Season
from models.database.fields import to_ms
from models.instances import Instance, WantedList
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from models.yields import departures
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock


@pytest.fixture
def packed(nightly: Queue) -> Queue:
    """A queue that takes whole seasons whenever it can."""
    nightly.change(packs="always", batch_size=10)
    return nightly


async def search(engine: Engine, queue: Queue) -> Search:
    run = Run.start(queue, engine.clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    return Search.select().where(Search.run == run).order_by(Search.kind.desc(), Search.id).get()


async def test_a_season_is_one_command_one_row_and_several_items(
    engine: Engine, packed: Queue, sonarr: FakeArr
) -> None:
    row = await search(engine, packed)
    command = next(each for each in sonarr.commands if each["name"] == "SeasonSearch")
    items = row.items
    assert row.kind == "season"
    assert len(items) > 1
    assert {(item.series_id, item.season) for item in items} == {
        (command["seriesId"], command["seasonNumber"])
    }
    assert all(item.cooldown_until is not None for item in items)


async def test_a_season_that_costs_more_than_an_hours_budget_is_searched_by_its_episodes(
    engine: Engine, packed: Queue, living_room: Instance
) -> None:
    """Sonarr asks for an anime season once, and for each of its episodes."""
    packed.change(batch_size=1)
    await sync(engine, living_room)
    Item.update(series_type="anime").execute()
    living_room.change(synced_at=engine.clock.now(), hourly_budget=2)
    assert (await search(engine, packed)).kind == "episode"


async def test_what_a_pack_did_not_bring_counts_as_nothing_for_that_episode(
    engine: Engine, packed: Queue, sonarr: FakeArr, monkeypatch: pytest.MonkeyPatch
) -> None:
    sonarr.find(*sonarr.world.items)
    row = await search(engine, packed)
    assert row.outcome == "grabbed"
    assert row.release
    assert {item.streak for item in row.items} <= {0, 1}
    assert 0 in {item.streak for item in row.items}


async def test_a_pack_that_brought_nothing_makes_way_for_its_episodes_and_back(
    engine: Engine, packed: Queue, sonarr: FakeArr, clock: FastClock, living_room: Instance
) -> None:
    first = await search(engine, packed)
    assert (first.kind, first.outcome) == ("season", "nothing")
    ids = [item.id for item in first.items]
    season = Season.get(series_id=first.items[0].series_id, number=first.items[0].season)
    assert season.last_kind == "pack"
    clock.present = max(item.cooldown_until for item in first.items)
    Item.update(monitored=False, reason=2, eligible_at=None).where(Item.id.not_in(ids)).execute()
    Item.update(cooldown_until=None, searched_at=None, reason=0).where(Item.id.in_(ids)).execute()
    living_room.change(synced_at=clock.now(), looked_at=clock.now(), conditions_at=clock.now())
    WantedList.update(synced_at=clock.now()).execute()
    packed.change(batch_size=1)
    second = await search(engine, packed)
    assert second.kind == "episode"
    assert Season.get_by_id(season.id).last_kind == "episode"


async def test_a_season_is_imported_with_its_first_episode_and_each_episode_is_followed(
    engine: Engine, packed: Queue, sonarr: FakeArr, clock: FastClock, living_room: Instance
) -> None:
    sonarr.find(*sonarr.world.items)
    row = await search(engine, packed)
    grabs = list(row.grabs)
    assert len(grabs) > 1
    downloads = {grab.download_id for grab in grabs}
    clock.advance(minutes=10)
    sonarr.world.now()
    ends = [each for each in sonarr.world.history if each.event == "downloadFolderImported"]
    ours = [each for each in ends if each.release.download_id in downloads]
    for late in ours[1:]:
        sonarr.world.history.remove(late)
    assert (await follow_up(engine, clock.now())).learnt >= 1
    assert Search.get_by_id(row.id).fate == "imported"
    assert sum(grab.fate is None for grab in row.grabs) == len(grabs) - 1
    clock.advance(minutes=20)
    for late in ours[1:]:
        late.at = clock.now().timestamp()
        sonarr.world.history.append(late)
    await follow_up(engine, clock.now())
    assert {grab.fate for grab in row.grabs} == {"imported"}


async def test_a_season_whose_grab_the_history_never_told_of_has_not_left_by_itself(
    engine: Engine, living_room: Instance, clock: FastClock
) -> None:
    await sync(engine, living_room)
    items = list(Item.select().where(Item.reason == 0).order_by(Item.series_id, Item.season))[:3]
    ids = tuple(item.id for item in items)
    search = announce(Errand(living_room.id, ids), items, clock.now(), 1).search
    search.change(began_at=to_ms(clock.now()))
    settle(engine, search, items, Verdict("grabbed", grabs=_untold(search, items)))
    clock.advance(hours=2)
    assert departures.count(living_room, ids, clock.now()) == set(ids)


@pytest.mark.parametrize(("days", "sent"), [(8, True), (6, False)])
async def test_a_pack_covers_an_episode_of_which_only_the_doubled_rest_is_left(
    engine: Engine, living_room: Instance, clock: FastClock, sonarr: FakeArr, days: int, sent: bool
) -> None:
    """Somebody may have searched it after the batch was chosen: so it is asked again."""
    await sync(engine, living_room)
    items = list(Item.select().where(Item.reason == 0).order_by(Item.series_id, Item.season))[:3]
    now = clock.now()
    last, until = now - timedelta(days=days), now + timedelta(days=40)
    items[0].change(searched_at=last, streak=4, cooldown_until=until)
    errand = Errand(living_room.id, tuple(item.id for item in items))
    assert bool(items_of(errand, now)) == sent
    assert items_of(errand._replace(item_ids=(items[0].id,)), now) == []
    items[1].change(excluded_until=until)
    assert items_of(errand, now) == []
