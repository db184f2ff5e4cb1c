"""A month with a Prowlarr whose indexers everybody asks: no limit is passed by our searches."""

from collections import Counter
from datetime import timedelta

import pytest

from jobs.demo import Size
from jobs.engine import Engine
from jobs.prowlarrs import read
from jobs.runs import carry_out
from models.database import database
from models.household import Household
from models.instances import Instance
from models.prowlarrs import Prowlarr
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock
from tests.fakes.indexers import BusyProwlarr, most_used, refused

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

DAYS = 29.5
EVERY = timedelta(hours=4)
SIZE = Size(missing=700, upgrade=0, searched=0.0, history=0)


@pytest.fixture
def busy(clock: FastClock) -> BusyProwlarr:
    return BusyProwlarr(clock.now, seed=1)


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


def _no_window_was_passed(busy: BusyProwlarr) -> None:
    ours = {key: many for key, many in refused(busy).items() if key[1] in ("Sonarr", "Radarr")}
    assert ours == {}
    for number, limit in busy.limits.items():
        if limit.queries is not None:
            assert most_used(busy, number) <= limit.queries
    assert most_used(busy, 1) > 0.85 * (busy.limits[1].queries or 0)
