"""A month with a Prowlarr whose indexers everybody asks, and one of them dies.

No limit is passed by our searches, the dead one is named, and the league table is what was.
Nothing is read between two runs: what the last searches of a run asked is found hours later.
"""

import json
from collections import Counter
from datetime import timedelta

import pytest

from jobs.demo.sizes import Size
from jobs.engine import Engine
from jobs.prowlarrs import read
from jobs.runs import carry_out
from models.database import database
from models.happenings import Happening
from models.household import Household
from models.instances import Instance
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import ProwlarrIndexer
from models.prowlarrs.league import League
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock
from tests.fakes.indexers import BusyProwlarr, most_used, refused

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

DAYS, DIES_AFTER = 29.5, 18.0
DEAD = 3
EVERY = timedelta(hours=4)
SIZE = Size(missing=700, upgrade=0, searched=0.0, history=0)


@pytest.fixture
def busy(clock: FastClock) -> BusyProwlarr:
    return BusyProwlarr(clock.now, seed=1, dead=DEAD, dies_after=DIES_AFTER)


@pytest.fixture
def queues(nightly: Queue, living_room: Instance, cinema: Instance) -> list[Queue]:
    """Each wants four searches every four hours, which is more than the indexers have left."""
    Household.current().change(hourly_budget=100, daily_budget=1000)
    films = Queue.create(**nightly.__data__ | {"id": None, "name": "Films", "key": "films"})
    for queue, instance in ((nightly, living_room), (films, cinema)):
        queue.change(batch_size=4)
        queue.serve([instance])
    return [nightly, films]


async def test_a_month_whose_foreign_queries_eat_the_budget(
    queues: list[Queue], indexers: Prowlarr, busy: BusyProwlarr, clock: FastClock
) -> None:
    apps = {name: FakeArr(name, now=clock.now, size=SIZE, seed=5) for name in ("sonarr", "radarr")}
    for app in apps.values():
        app.world.told = busy.hear
    engine = Engine(clock=clock, demo={**apps, "prowlarr": busy})
    began, states = clock.now(), Counter[str]()
    while clock.now() < began + timedelta(days=DAYS):
        queues.reverse()
        for queue in queues:
            with database.atomic():
                run = Run.start(queue, clock.now(), trigger="schedule")
            assert run
            await carry_out(engine, run)
            states[run.state] += 1
        clock.present = max(clock.now(), began + EVERY * sum(states.values()) / len(queues))
    clock.advance(minutes=10)
    await read(engine, Prowlarr.get())
    await engine.stop()

    assert states["held"] > 100, states
    assert Search.select().where(Search.cost > 0).count() > 300
    _no_window_was_passed(busy)
    _the_dead_one_was_named(busy)
    _the_league_is_the_audit(busy, clock)


def _no_window_was_passed(busy: BusyProwlarr) -> None:
    ours = {key: many for key, many in refused(busy).items() if key[1] in ("Sonarr", "Radarr")}
    assert ours == {}
    for number, limit in busy.limits.items():
        if limit.queries is not None:
            assert most_used(busy, number) <= limit.queries
    assert most_used(busy, 1) > 0.85 * (busy.limits[1].queries or 0)


def _the_dead_one_was_named(busy: BusyProwlarr) -> None:
    """Within 50 searches that it was asked for, and no other one, nor itself before it died."""
    rows = Happening.select().where(Happening.kind == "indexer-silent")
    (told,) = [(row.at.timestamp(), json.loads(row.details)) for row in rows]
    at, details = told
    name = ProwlarrIndexer.get(ProwlarrIndexer.number == DEAD).name
    assert details["name"] == name
    assert at > busy.dies_at - busy.skew
    assert 0 < sum(each <= at + busy.skew for each in busy.unheard) <= 50


def _the_league_is_the_audit(busy: BusyProwlarr, clock: FastClock) -> None:
    league, table = League.at(clock.now()), Counter[tuple[int, str, str]]()
    numbers = {row.id: row.number for row in ProwlarrIndexer.select()}
    for indexer, places in league.places.items():
        for place in places:
            source = league.instances[place.instance].label
            for column in ("asked", "answered", "had", "waited_ms"):
                table[numbers[indexer], source, column] += getattr(place, column)
    assert league.ambiguous == {}
    assert +table == busy.audit
