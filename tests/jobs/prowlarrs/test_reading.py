"""What is read of a Prowlarr, and which indexer of which instance each of its indexers is."""

from datetime import timedelta

import pytest

from jobs.demo.prowlarr import DemoLimits, DemoProwlarr
from jobs.engine import Engine
from jobs.prowlarrs import FRESH, LIST_EVERY, freshen, look_after_all, read
from jobs.runs import carry_out
from jobs.sync import sync
from models.backlog import Item
from models.instances import Instance
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import IndexerLink, Matches, ProwlarrIndexer
from models.prowlarrs.league import League
from models.prowlarrs.meters import Meters
from models.prowlarrs.requests import IndexerRequest
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock


def matches() -> Matches:
    return Matches.of(
        list(
            ProwlarrIndexer.select(ProwlarrIndexer, Prowlarr)
            .join(Prowlarr)
            .order_by(ProwlarrIndexer.id)
        )
    )


async def test_indexers_are_read_with_their_limits_and_blocks(
    engine: Engine, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    simulator.blocked[3] = clock.now().timestamp() + 600
    simulator.off.add(2)
    assert await read(engine, indexers) is None
    rows = {row.name: row for row in ProwlarrIndexer.select()}
    assert (rows["Paper Crane"].query_limit, rows["Paper Crane"].grab_limit) == (400, 50)
    assert rows["Barnacle"].is_hourly
    assert rows["Barnacle"].rests(clock.now())
    assert rows["Old Lantern"].blocked_until == clock.now() + timedelta(seconds=600)
    assert not rows["Paper Crane"].rests(clock.now())
    assert Prowlarr.get().version == "2.3.6.5325"


async def test_an_indexer_that_is_gone_leaves_and_a_changed_limit_is_seen_within_an_hour(
    engine: Engine, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    await read(engine, indexers)
    simulator.limits[1] = DemoLimits(7, None)
    clock.advance(seconds=(LIST_EVERY + FRESH).total_seconds())
    await read(engine, Prowlarr.get())
    assert ProwlarrIndexer.get(ProwlarrIndexer.number == 1).query_limit == 7
    ProwlarrIndexer.keep(indexers, [])
    assert ProwlarrIndexer.select().count() == 0


async def test_a_request_that_is_told_twice_counts_once(
    engine: Engine, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    at = clock.now().timestamp()
    for second in (1, 2, 3):
        simulator.ask(1, "query", "Radarr", at - second, 0)
    await read(engine, indexers)
    clock.advance(minutes=1)
    await read(engine, Prowlarr.get())
    assert IndexerRequest.select().count() == 3
    assert [each.used for each in Meters(clock.now()).all] == [0, 0, 3]


async def test_each_indexer_is_found_by_address_or_by_name(
    engine: Engine, indexers: Prowlarr, living_room: Instance, cinema: Instance
) -> None:
    await read(engine, indexers)
    told = {row.id: row.name for row in ProwlarrIndexer.select()}
    found = {told[each]: links for each, links in matches().links.items()}
    for name, links in found.items():
        assert {link.instance.name for link in links} == {"Living room", "Cinema"}
        assert {link.name for link in links} == {name}
    link = IndexerLink.get(IndexerLink.name == "Barnacle", IndexerLink.instance == cinema)
    link.change(name="My own name")
    assert matches().direct == [link]
    indexers.change(url="http://Prowlarr:9696")
    assert matches().direct == []
    link.change(place=None, number=None, name="Barnacle (Prowlarr)")
    assert matches().direct == [link]


async def test_a_demo_prowlarr_is_no_real_instances(
    engine: Engine, indexers: Prowlarr, living_room: Instance
) -> None:
    await read(engine, indexers)
    indexers.change(demo=True)
    assert len(matches().direct) == 3


async def test_a_sync_keeps_which_indexers_an_instance_has(
    engine: Engine, nightly: Queue, living_room: Instance, clock: FastClock
) -> None:
    run = Run.start(nightly, clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    assert [link.place for link in living_room.indexers] == ["prowlarr:9696"] * 3
    assert sorted(link.number for link in living_room.indexers) == [1, 2, 3]


async def test_our_own_searches_are_found_in_the_history_with_their_cost(
    engine: Engine,
    nightly: Queue,
    indexers: Prowlarr,
    simulator: DemoProwlarr,
    clock: FastClock,
) -> None:
    run = Run.start(nightly, clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    at = clock.now().timestamp()
    # The same application at the same time for another episode, and another program.
    simulator.ask(1, "query", "Sonarr", at, 0, season=77, episode=77)
    simulator.ask(1, "query", "cross-seed", at, 0)
    clock.advance(minutes=3)
    await read(engine, Prowlarr.get())
    ours = IndexerRequest.select().where(IndexerRequest.search.is_null(False))
    assert {row.search_id for row in ours} == {row.id for row in Search.select()}
    assert ours.count() == 5 * 3 * 2
    for meter in Meters(clock.now()).all:
        assert (meter.cost.mean, meter.cost.most, meter.cost.measured) == (2.0, 2, 5)
        assert meter.unread == 0


@pytest.mark.parametrize(("series_type", "is_ours"), [("daily", 1), ("anime", 1), ("standard", 0)])
async def test_a_daily_series_is_found_by_its_date_and_an_anime_by_any_number(
    engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock,
    series_type: str, is_ours: int,
) -> None:  # fmt: skip
    await read(engine, indexers)
    nightly.change(batch_size=1)
    run = Run.start(nightly, clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    search = Search.get()
    Item.update(series_type=series_type).where(Item.id == search.items[0].id).execute()
    # Sonarr names 30 November as season 2026, episode 11/30.
    simulator.ask(3, "query", "Sonarr", search.finished_at.timestamp(), 0, season=2026)
    clock.advance(minutes=3)
    await read(engine, Prowlarr.get())
    told = IndexerRequest.select().where(IndexerRequest.season == 2026)
    assert [int(row.search_id == search.id) for row in told] == [is_ours]


async def test_what_could_be_of_two_searches_is_counted_apart(
    engine: Engine,
    nightly: Queue,
    indexers: Prowlarr,
    simulator: DemoProwlarr,
    clock: FastClock,
) -> None:
    nightly.change(batch_size=1)
    run = Run.start(nightly, clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    search = Search.get()
    other = Instance.create(
        **Instance.get().__data__ | {"id": None, "name": "Attic", "key": "attic"}
    )
    for link in list(IndexerLink.select()):
        IndexerLink.create(**link.__data__ | {"id": None, "instance": other})
    later = Search.create(**search.__data__ | {"id": None, "instance": other})
    simulator.ask(3, "query", "Sonarr", search.finished_at.timestamp(), 0)
    clock.advance(minutes=3)
    await read(engine, Prowlarr.get())
    told = IndexerRequest.select().order_by(IndexerRequest.number.desc()).first()
    assert told.is_ambiguous
    assert told.search == later
    assert League.at(clock.now()).ambiguous
    assert Meters(clock.now()).all[0].cost.measured == 0


async def test_what_was_searched_while_prowlarr_did_not_answer_is_found_hours_later(
    engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    await read(engine, indexers)
    simulator.limits = dict.fromkeys(simulator.limits, DemoLimits(None, None))
    await read(engine, Prowlarr.get(), anew=True)
    simulator.status = 503
    run = Run.start(nightly, clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    clock.advance(hours=9)
    simulator.status = 200
    await read(engine, Prowlarr.get())
    ours = IndexerRequest.select().where(IndexerRequest.search.is_null(False))
    assert {row.search_id for row in ours} == {row.id for row in Search.select()} != set()


async def test_a_prowlarr_that_does_not_answer_is_asked_less_and_less_often(
    engine: Engine,
    indexers: Prowlarr,
    simulator: DemoProwlarr,
    living_room: Instance,
    clock: FastClock,
) -> None:
    simulator.status = 503
    waits = []
    for _ in range(7):
        await freshen(engine, [living_room.id])
        row = Prowlarr.get()
        waits.append((row.retry_at - clock.now()) / timedelta(minutes=1))
        clock.present = row.retry_at
    assert waits == [1, 2, 4, 8, 16, 30, 30]
    assert row.fault == "Indexers (Prowlarr) is starting up."
    simulator.status = 200
    await freshen(engine, [living_room.id])
    assert Prowlarr.get().fault is None


async def test_it_is_only_ever_read(
    engine: Engine, nightly: Queue, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    run = Run.start(nightly, clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    assert {method for method, _ in simulator.log} == {"GET"}


async def test_a_server_with_another_clock_is_read_by_its_own(
    engine: Engine, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    simulator._now = lambda: clock.now() + timedelta(hours=3)
    simulator.blocked[1] = simulator.now + 600
    simulator.ask(2, "query", "Sonarr", simulator.now - 3_000, 0)
    simulator.ask(2, "query", "Sonarr", simulator.now - 4_000, 0)
    await read(engine, indexers)
    blocked = ProwlarrIndexer.get(ProwlarrIndexer.number == 1).blocked_until
    assert abs(blocked - clock.now() - timedelta(seconds=600)) < timedelta(seconds=2)
    assert next(each for each in Meters(clock.now()).all if each.indexer.number == 2).used == 1


async def test_a_prowlarr_whose_key_is_missing_is_not_asked(
    engine: Engine, indexers: Prowlarr
) -> None:
    indexers.change(api_key="", read_at=None, listed_at=None)
    look_after_all(engine)
    await freshen(engine, [each.id for each in Instance.select()])
    assert await read(engine, indexers, anew=True) is None
    assert Prowlarr.get().fault is None and Prowlarr.get().read_at is None


@pytest.mark.parametrize("searched", [True, False])
async def test_a_new_indexer_of_an_instance_that_searches_is_known_within_the_hour(
    engine: Engine, indexers: Prowlarr, living_room: Instance, sonarr: FakeArr, clock: FastClock,
    searched: bool,
) -> None:  # fmt: skip
    await sync(engine, living_room)
    await read(engine, indexers)
    IndexerLink.delete().where(IndexerLink.number == 1).execute()
    clock.advance(minutes=61)
    if searched:
        Search.begin([Item.get()], None, clock.now(), 1)
    sonarr.log.clear()
    await read(engine, Prowlarr.get())
    assert IndexerLink.select().where(IndexerLink.number == 1).exists() is searched
    assert len(sonarr.log) == int(searched)
