"""The league table equals what the simulator did; a silent indexer is named and forgiven."""

import json
from collections import Counter
from datetime import timedelta

import pytest

from jobs.demo.prowlarr import DemoProwlarr
from jobs.engine import Engine
from jobs.prowlarrs import read
from jobs.runs import carry_out
from models.backlog import Item
from models.happenings import Happening
from models.instances import Instance
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import ProwlarrIndexer
from models.prowlarrs.league import League
from models.prowlarrs.requests import KEPT, KEPT_OURS, IndexerRequest
from models.prowlarrs.silences import note_silences, silences, silent_on
from models.queues import Queue
from models.searches import Search
from models.searches.grabs import Grab
from models.searches.runs import Run
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock


@pytest.fixture
def both(nightly: Queue, cinema: Instance, living_room: Instance) -> Queue:
    nightly.change(batch_size=8)
    nightly.serve([living_room, cinema])
    return nightly


async def run(engine: Engine, queue: Queue) -> None:
    begun = Run.start(queue, engine.clock.now(), trigger="schedule")
    assert begun
    await carry_out(engine, begun)
    engine.clock.advance(minutes=3)  # type: ignore[attr-defined]
    await read(engine, Prowlarr.get())


async def test_the_league_table_equals_what_the_simulator_did(
    engine: Engine,
    both: Queue,
    indexers: Prowlarr,
    simulator: DemoProwlarr,
    sonarr: FakeArr,
    radarr: FakeArr,
    clock: FastClock,
) -> None:
    sonarr.find(*range(1, 2_000, 2))
    radarr.find(*range(1, 2_000, 2))
    simulator.silent.add(3)
    simulator.off.add(2)
    await run(engine, both)
    for second in range(40):
        simulator.ask(1, "query", "cross-seed", simulator.now - second, 5)
    await read(engine, Prowlarr.get())
    found = Search.select().where(Search.outcome == "grabbed").count()
    assert 0 < found < Search.select().count() == 8

    league = League.at(clock.now())
    numbers = {row.id: row.number for row in ProwlarrIndexer.select()}
    table = Counter[tuple[int, str, str]]()
    for indexer, places in league.places.items():
        for place in places:
            source = league.instances[place.instance].label
            for column in ("asked", "answered", "had", "waited_ms"):
                table[numbers[indexer], source, column] += getattr(place, column)
    assert +table == simulator.audit
    brought = Counter(grab.indexer for grab in Grab.select())
    names = {row.id: row.name for row in ProwlarrIndexer.select()}
    grabbed = {names[each]: sum(p.grabbed for p in at) for each, at in league.places.items()}
    assert grabbed == {name: brought[name] for name in grabbed}
    Grab.update(fate="imported").execute()
    again = League.at(clock.now()).places
    assert all(place.imported == place.grabbed for at in again.values() for place in at)


async def test_a_silent_indexer_is_named_and_nothing_doubles_meanwhile(
    engine: Engine,
    both: Queue,
    indexers: Prowlarr,
    simulator: DemoProwlarr,
    living_room: Instance,
    clock: FastClock,
) -> None:
    await run(engine, both)
    # So that what was asked is not read once more.
    clock.advance(minutes=10)
    await read(engine, Prowlarr.get())
    first = Search.get()
    row = ProwlarrIndexer.get(ProwlarrIndexer.number == 1)
    IndexerRequest.delete().execute()
    for number in range(80):
        search = Search.create(**first.__data__ | {"id": None, "link": f"/series/{number}"})
        told = {"kind": "query", "source": "Sonarr", "successful": True, "search": search}
        at = simulator.now * 1000 - (100 - number) * 1000
        IndexerRequest.create(
            indexer=row, number=number, at=int(at), results=int(number < 30), **told
        )
    await read(engine, Prowlarr.get())
    row = ProwlarrIndexer.get(ProwlarrIndexer.number == 1)
    assert row.silent_searches == 50
    assert abs(clock.now() - row.silent_since - timedelta(seconds=70)) < timedelta(seconds=5)
    assert silent_on(living_room.id, clock.now()) == ["Paper Crane"]
    for rests in ({"is_enabled": False}, {"blocked_until": clock.now() + timedelta(hours=1)}):
        row.change(**rests)
        assert silent_on(living_room.id, clock.now()) == [] == ProwlarrIndexer.silent(clock.now())
        row.change(is_enabled=True, blocked_until=None)
    await read(engine, Prowlarr.get())
    assert told_of_indexers() == ["indexer-silent Paper Crane"]

    clock.advance(days=29)
    before = {item.id: item.streak for item in Item.select().where(Item.attempts > 0)}
    Item.update(reason=0, cooldown_until=None).where(Item.id.in_(list(before))).execute()
    Item.delete().where(Item.attempts == 0).execute()
    begun = Run.start(both, clock.now(), trigger="schedule")
    assert begun
    await carry_out(engine, begun)
    again = {item.id: item.streak for item in Item.select().where(Item.attempts > 1)}
    assert again == {each: before[each] for each in again} != {}


async def test_searches_that_all_overlap_do_not_hide_a_silence(
    engine: Engine, both: Queue, indexers: Prowlarr, simulator: DemoProwlarr
) -> None:
    await run(engine, both)
    first, row = Search.get(), ProwlarrIndexer.get(ProwlarrIndexer.number == 1)
    IndexerRequest.delete().execute()
    for number in range(80):
        search = Search.create(**first.__data__ | {"id": None, "link": f"/series/{number}"})
        told = {"kind": "query", "source": "Sonarr", "successful": True, "is_ambiguous": True}
        told |= {"search": search, "at": number * 1000, "results": int(number < 30)}
        IndexerRequest.create(indexer=row, number=number, **told)
    assert silences(indexers) == {row.id: (50, 30_000)}
    assert League.at(engine.clock.now()).places.get(row.id) is None


async def test_an_indexer_that_gives_something_again_is_an_event_too(
    engine: Engine, both: Queue, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    await run(engine, both)
    row = ProwlarrIndexer.get(ProwlarrIndexer.number == 1)
    for _ in range(2):
        note_silences(indexers, {row.id: (44, indexers.its_time(clock.now()))}, clock.now())
    assert told_of_indexers() == ["indexer-silent Paper Crane"]
    note_silences(indexers, {}, clock.now())
    note_silences(indexers, {}, clock.now())
    assert told_of_indexers() == ["indexer-silent Paper Crane", "indexer-well Paper Crane"]


def told_of_indexers() -> list[str]:
    rows = Happening.select().where(Happening.kind.startswith("indexer-")).order_by(Happening.id)
    return [f"{row.kind} {json.loads(row.details)['name']}" for row in rows]


async def test_our_own_requests_are_kept_for_the_table_and_others_for_the_windows(
    engine: Engine, both: Queue, indexers: Prowlarr, simulator: DemoProwlarr, clock: FastClock
) -> None:
    await run(engine, both)
    simulator.ask(1, "query", "cross-seed", simulator.now, 5)
    await read(engine, Prowlarr.get())
    ours = IndexerRequest.select().where(IndexerRequest.search.is_null(False)).count()
    assert IndexerRequest.select().count() == ours + 1
    clock.advance(seconds=KEPT.total_seconds() + 3_600)
    IndexerRequest.sweep(Prowlarr.get(), clock.now())
    assert IndexerRequest.select().count() == ours
    clock.advance(seconds=KEPT_OURS.total_seconds())
    IndexerRequest.sweep(Prowlarr.get(), clock.now())
    assert IndexerRequest.select().count() == 0
