"""A month with a backlog of whole seasons whose episodes were searched one by one before."""

from datetime import datetime, timedelta
from random import Random

import pytest

from jobs.demo.library import DemoSeries, Episode, Library
from jobs.engine import Engine
from jobs.runs import carry_out
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Policy
from models.backlog.judging import every, rejudge, wake
from models.instances import Instance
from models.queues import Queue
from models.searches.runs import Run
from tests.fakes.arr import FakeArr, Seen
from tests.fakes.clock import FastClock

pytestmark = pytest.mark.long

DAY = timedelta(days=1)
SEASONS, EPISODES, DAYS = 8, 8, 30
PACKS_AT_LEAST = 4


def _library(began: datetime) -> Library:
    library, number = Library(), 0
    for series_id in range(1, SEASONS + 1):
        series = DemoSeries(
            id=series_id, title=f"Series {series_id}", sort_title=f"series {series_id:02}",
            status="ended", type="standard", year=2019, network="", genres=[], profile_id=4,
            root="/data/tv", tags=[], runtime=45, added=0, tvdb_id=series_id,
        )  # fmt: skip
        library.series[series_id] = series
        for episode in range(1, EPISODES + 1):
            number += 1
            airs = int((began - 900 * DAY).timestamp()) + episode * 7 * 86_400
            made = Episode(
                id=number, title="It", series=series, season=1, number=episode, airs=airs
            )
            series.episodes.append(made)
            library.items[number] = made
    return library


@pytest.fixture
async def searched_singly(
    engine: Engine, sonarr: FakeArr, living_room: Instance, nightly: Queue, clock: FastClock
) -> Queue:
    """Each episode was searched once, twice or three times in vain, last within 60 days."""
    library = _library(clock.now())
    world = sonarr.world
    world.library, world.items, world._any = library, library.items, list(library.items.values())
    world.changed()
    await sync(engine, living_room)
    rng, policy = Random(3), Policy.current()
    for item in Item.select():
        streak, ago = rng.randint(1, 3), timedelta(days=rng.uniform(0, 60))
        rest = timedelta(milliseconds=policy.doubled(policy.missing, streak))
        at = clock.now() - ago
        item.change(searched_at=at, streak=streak, attempts=streak, cooldown_until=at + rest)
        library.items[item.arr_id].searched = int(at.timestamp())
    rejudge(every(living_room.id), policy, clock.now())
    nightly.change(packs="when", batch_size=10)
    return nightly


async def _live(engine: Engine, queue: Queue, clock: FastClock) -> None:
    """A run every eight hours, as scheduled."""
    began = clock.now()
    for number in range(DAYS * 3):
        clock.present = max(clock.now(), began + timedelta(hours=8 * number))
        while wake(Policy.current(), clock.now()):
            pass
        run = Run.start(queue, clock.now(), trigger="schedule")
        assert run
        await carry_out(engine, run)


def _covered(seen: Seen, library: Library) -> list[int]:
    """The ids of the episodes that a command of the server's log searches."""
    if seen.body["name"] == "SeasonSearch":
        return [each.id for each in library.series[seen.body["seriesId"]].episodes]
    return list(seen.body["episodeIds"])


async def test_whole_seasons_are_searched_as_packs_and_none_within_its_base_cooldown(
    engine: Engine, searched_singly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    last = {item.arr_id: item.searched_at for item in Item.select()}
    await _live(engine, searched_singly, clock)
    sent = [seen for seen in sonarr.log if seen.method == "POST"]
    packs = [seen for seen in sent if seen.body["name"] == "SeasonSearch"]
    soonest = 60 * DAY
    for seen in sent:
        for arr_id in _covered(seen, sonarr.world.library):
            soonest = min(soonest, seen.at - last[arr_id])
            last[arr_id] = seen.at
    assert soonest >= 7 * DAY
    assert len(packs) >= PACKS_AT_LEAST, f"{len(packs)} packs among {len(sent)} searches"
