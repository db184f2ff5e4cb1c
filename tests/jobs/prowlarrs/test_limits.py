"""A run is held before any limit of an indexer is passed; all instances share one ledger."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from jobs.demo.prowlarr import DemoLimits, DemoProwlarr
from jobs.engine import Engine
from jobs.prowlarrs import read
from jobs.runs import carry_out
from jobs.runs.by_hand import search as search_by_hand
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.batches.by_hand import errands
from models.budgets import Ledger
from models.dry_runs import DrySearch
from models.instances import Instance
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import IndexerLink
from models.prowlarrs.meters import Meters
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock


@pytest.fixture
def films(nightly: Queue, cinema: Instance) -> Queue:
    """A second queue, for the other instance."""
    queue = Queue.create(**nightly.__data__ | {"id": None, "name": "Films", "key": "films"})
    queue.serve([cinema])
    return queue


async def run(engine: Engine, queue: Queue) -> Run:
    begun = Run.start(queue, engine.clock.now(), trigger="schedule")
    assert begun
    await carry_out(engine, begun)
    return Run.get_by_id(begun.id)


def ask(simulator: DemoProwlarr, times: int, ago: int, kind: str = "query") -> None:
    """Another program asks the first indexer so often, so many seconds ago."""
    for number in range(times):
        assert simulator.ask(1, kind, "cross-seed", simulator.now - ago + number, 0)


async def test_a_run_is_held_with_the_name_of_the_indexer_and_until_when(
    engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    simulator.limits[1] = DemoLimits(20, None)
    ask(simulator, 20, ago=7_200)
    began = clock.now()
    held = await run(engine, nightly)
    assert held.state == "held"
    assert held.note.startswith(
        "Paper Crane has too little left: 20 of its 20 queries in one day are used"
    )
    assert Search.select().count() == 0
    again = Queue.get_by_id(nightly.id).retry_at
    # Another program asks 20 times a day: one more in the next half hour, and a search takes 3.
    assert abs(again - (began + timedelta(hours=22))) < timedelta(minutes=1)
    clock.present = again
    later = await run(engine, nightly)
    assert later.planned > 0, later.note
    assert not simulator.refused


async def test_a_queue_without_anything_to_search_does_not_wait_for_an_indexer(
    engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    simulator.limits[1] = DemoLimits(20, None)
    ask(simulator, 20, ago=7_200)
    assert (await run(engine, nightly)).state == "held"
    assert not any(link.in_line for link in nightly.links)
    nightly.change(filters_json='{"year_from": 2199}')
    rested = await run(engine, nightly)
    assert (rested.state, rested.planned) == ("finished", 0)


async def test_no_limit_is_passed_while_several_instances_share_an_indexer(
    engine: Engine,
    nightly: Queue,
    films: Queue,
    indexers: Prowlarr,
    simulator: DemoProwlarr,
    clock: FastClock,
) -> None:
    simulator.limits[1] = DemoLimits(12, None)
    states = [(await run(engine, queue)).state for queue in (nightly, films, nightly, films)]
    assert states[-1] == "held"
    assert not simulator.refused
    assert simulator.used(1, ("query", "rss"), simulator.now) <= 12
    assert 0 < Search.select().count() <= 6


async def test_runs_at_the_same_time_share_what_is_left(
    engine: Engine,
    nightly: Queue,
    films: Queue,
    indexers: Prowlarr,
    simulator: DemoProwlarr,
) -> None:
    simulator.limits[1] = DemoLimits(5, None)
    await asyncio.gather(run(engine, nightly), run(engine, films))
    assert Search.select().count() == 1
    assert not simulator.refused


async def test_a_search_that_was_not_read_yet_counts_already(
    engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    simulator.limits[1] = DemoLimits(5, None)
    living_room = nightly.instances[0]
    living_room.change(spacing_seconds=5)
    await run(engine, nightly)
    # Two of them would fit by what the history told before the first one.
    assert Search.select().count() == 1
    assert not simulator.refused


async def test_a_search_whose_end_nobody_saw_may_go_on_and_counts_but_an_answered_look_not(
    engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    await run(engine, nightly)
    clock.advance(minutes=3)
    await read(engine, Prowlarr.get())
    assert [each.unread for each in Meters(clock.now()).all] == [0, 0, 0]
    last = Search.select().order_by(Search.id.desc()).first()
    last.change(outcome="looked", is_trial=True)
    assert [each.unread for each in Meters(clock.now()).all] == [0, 0, 0]
    last.change(outcome="unknown")
    assert all(each.unread == each.cost.expected for each in Meters(clock.now()).all)
    clock.advance(minutes=45)
    await read(engine, Prowlarr.get())
    assert [each.unread for each in Meters(clock.now()).all] == [0, 0, 0]


async def test_room_is_kept_for_the_feeds(
    engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr
) -> None:
    simulator.limits[1] = DemoLimits(100, None)
    for number in range(96):
        simulator.ask(1, "rss", "Sonarr", simulator.now - 900 * number, 40)
    held = await run(engine, nightly)
    assert held.state == "held"
    assert "96 of its 100 queries in one day are used and 2 are kept" in held.note


async def test_an_evening_in_which_others_ask_more_than_all_day_keeps_more_for_them(
    engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr
) -> None:
    simulator.limits[1] = DemoLimits(40, None)
    ask(simulator, 24, ago=7_200)
    await read(engine, indexers)
    assert Meters(engine.clock.now()).all[2].reserve == 2
    ask(simulator, 12, ago=100)
    engine.clock.advance(minutes=3)  # type: ignore[attr-defined]
    held = await run(engine, nightly)
    assert held.state == "held"
    # Six in half an hour, and what chance may add to them.
    assert "36 of its 40 queries in one day are used and 11 are kept" in held.note


async def test_an_hourly_limit_frees_within_the_hour(
    engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    simulator.limits[1] = DemoLimits(20, None, is_hourly=True)
    ask(simulator, 20, ago=2_400)
    began = clock.now()
    assert (await run(engine, nightly)).state == "held"
    again = Queue.get_by_id(nightly.id).retry_at
    assert abs(again - (began + timedelta(minutes=20))) < timedelta(minutes=1)


async def test_grabs_are_limited_too(
    engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr
) -> None:
    simulator.limits[1] = DemoLimits(None, 2)
    ask(simulator, 2, ago=600, kind="grab")
    held = await run(engine, nightly)
    assert held.note == "Paper Crane has no grabs left: 2 of 2 in one day."


async def test_a_search_just_sent_may_take_the_last_grab(
    engine: Engine, nightly: Queue, films: Queue, indexers: Prowlarr, simulator: DemoProwlarr
) -> None:
    simulator.limits[1] = DemoLimits(None, 1)
    await asyncio.gather(run(engine, nightly), run(engine, films))
    assert Search.select().count() == 1


async def test_what_the_demo_grabs_counts_at_the_indexer_it_came_from(
    clock: FastClock, sonarr: FakeArr
) -> None:
    simulator = DemoProwlarr(now=clock.now, feeds=False)
    sonarr.world.told_grab = simulator.hear_grab
    items = list(sonarr.world.items.values())[:3]
    for item in items:
        sonarr.world.grab([item], sonarr.world.now())
    taken = Counter(each.release.indexer.id for each in sonarr.world.downloads.values())
    used = {each: simulator.used(each, ("grab",), simulator.now) for each in simulator.limits}
    assert +Counter(used) == taken
    assert taken.total() == 3


@pytest.mark.parametrize("how", ["blocked", "off", "by hand only", "of nobody"])
async def test_an_indexer_that_is_not_asked_holds_nothing(
    how: str, engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr
) -> None:
    await run(engine, nightly)
    before = Search.select().count()
    simulator.limits[1] = DemoLimits(1, None)
    if how == "blocked":
        simulator.blocked[1] = simulator.now + 86_400
    elif how == "off":
        simulator.off.add(1)
    elif how == "by hand only":
        IndexerLink.update(automatic=False).where(IndexerLink.number == 1).execute()
    else:
        IndexerLink.update(number=None).where(IndexerLink.number == 1).execute()
    Prowlarr.update(listed_at=None).execute()
    await run(engine, nightly)
    assert Search.select().count() > before


async def test_unknown_figures_hold_only_where_there_is_a_limit(
    engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    await run(engine, nightly)
    simulator.status = 500
    clock.advance(hours=1)
    held = await run(engine, nightly)
    assert held.state == "held"
    assert held.note.startswith("What is left of the limits of Barnacle is unknown: Indexers")
    simulator.status = 200
    simulator.limits = dict.fromkeys(simulator.limits, DemoLimits(None, None))
    clock.advance(hours=1)
    assert (await run(engine, nightly)).state == "finished"
    simulator.status = 500
    clock.advance(hours=1)
    assert (await run(engine, nightly)).state == "finished"


async def test_a_search_by_hand_keeps_the_limits_too(
    engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr
) -> None:
    simulator.limits[1] = DemoLimits(12, None)
    while (await run(engine, nightly)).state != "held":
        pass
    before = Search.select().count()
    item = Item.select().where(Item.searched_at.is_null()).get()
    said = await search_by_hand(engine, item, engine.clock.now())
    assert said.startswith("Paper Crane has too little left")
    assert Search.select().count() == before


@pytest.mark.parametrize("left", [7, 20])
async def test_what_is_promised_beforehand_keeps_the_limits_too(
    left: int,
    engine: Engine,
    nightly: Queue,
    films: Queue,
    indexers: Prowlarr,
    simulator: DemoProwlarr,
) -> None:
    simulator.limits[1] = DemoLimits(0, None)
    for queue in (nightly, films):
        await run(engine, queue)
    simulator.limits[1] = DemoLimits(left, None)
    await read(engine, Prowlarr.get(), anew=True)
    free = Item.select().where(Item.reason == Reason.ELIGIBLE)
    marked = [
        item
        for queue in (nightly, films)
        for item in free.where(Item.instance == queue.instances[0]).limit(4)
    ]
    found = errands(marked, Ledger.at(engine.clock.now()), anyway=False)
    # A search may take 3 requests, and both instances ask the indexer.
    assert sum(len(each.items) for each in found) == left // 3
    assert sum(len(each.beyond) for each in found) == len(marked) - left // 3
    nightly.change(is_dry=True)
    rehearsed = await run(engine, nightly)
    assert DrySearch.of(rehearsed).count() == min(left // 3, nightly.batch_size)


@pytest.mark.long
async def test_no_search_is_refused_while_feeds_and_others_eat_the_budget(
    engine: Engine,
    nightly: Queue,
    films: Queue,
    indexers: Prowlarr,
    sonarr: FakeArr,
    radarr: FakeArr,
    clock: FastClock,
) -> None:
    """Two days of runs every two hours; near half of them are held, and none passes a limit."""
    busy = DemoProwlarr(now=clock.now, others_an_hour=6.0)
    busy.limits = {
        1: DemoLimits(390, None),
        2: DemoLimits(32, None, is_hourly=True),
        3: DemoLimits(None, None),
    }
    sonarr.world.told = radarr.world.told = busy.hear
    made = Engine(clock=clock, demo={"sonarr": sonarr, "radarr": radarr, "prowlarr": busy})
    states, end = Counter[str](), clock.now() + timedelta(days=2)
    while clock.now() < end:
        for queue in (nightly, films):
            states[(await run(made, queue)).state] += 1
        clock.advance(hours=2)
    await made.stop()
    assert states["held"] > 10
    assert states["finished"] > 10
    assert not {source for _, source in busy.refused} & {"Sonarr", "Radarr"}
    for number, limit in busy.limits.items():
        for row in busy.history if limit.queries else []:
            used = busy.used(number, ("query", "rss"), row["epoch"])
            assert used <= (limit.queries or 0)
