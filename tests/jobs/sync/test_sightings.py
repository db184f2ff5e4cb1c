"""An item whose list is old, or was read with faults, is asked for before it is searched."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from statistics import median

import pytest

from jobs.demo.world import World
from jobs.engine import Engine
from jobs.searches import run_errand
from jobs.searches.errands import Errand
from jobs.sync import sync
from jobs.sync.sightings import DOWNLOADING, GONE, HAS_FILE, SEARCHED, UNMONITORED
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.instances import Instance, WantedList
from models.instances.faults import InstanceFault
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.asking import People
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock
from tests.jobs.faults.acting import run

Change = Callable[[World, int], None]


def deleted(world: World, arr_id: int) -> None:
    del world.items[arr_id]


def imported(world: World, arr_id: int) -> None:
    item = world.items[arr_id]
    item.file = next(each.file for each in world.items.values() if each.file)


def unmonitored(world: World, arr_id: int) -> None:
    world.items[arr_id].monitored = False


def unmonitored_series(world: World, arr_id: int) -> None:
    world.items[arr_id].series.monitored = False  # type: ignore[union-attr]


def searched(world: World, arr_id: int) -> None:
    world.items[arr_id].searched = int(world.now()) - 60


CHANGES: dict[str, tuple[Change, str, Reason]] = {
    "gone": (deleted, GONE.format(application="Sonarr"), Reason.LEFT),
    "imported": (imported, HAS_FILE, Reason.LEFT),
    "unmonitored": (unmonitored, UNMONITORED, Reason.UNMONITORED),
    "its series unmonitored": (unmonitored_series, UNMONITORED, Reason.UNMONITORED),
    "searched by another tool": (searched, SEARCHED, Reason.COOLDOWN),
}


@pytest.fixture
async def stale(
    engine: Engine, nightly: Queue, living_room: Instance, clock: FastClock, sonarr: FakeArr
) -> Queue:
    """Its lists were read 31 minutes ago, and are as long as they were."""
    nightly.change(batch_size=1)
    await sync(engine, living_room)
    clock.advance(minutes=31)
    living_room.change(looked_at=clock.now())
    sonarr.log.clear()
    return nightly


async def first_pick(engine: Engine, queue: Queue) -> Item:
    """What the queue would search next."""
    rows = Item.select().where(Item.want == "missing", Item.reason == Reason.ELIGIBLE)
    return rows.order_by(Item.searched_at, Item.random_key, Item.id).get()


def of_items(sonarr: FakeArr) -> list[Seen]:
    """The questions about single episodes, before the first command."""
    posts = [number for number, seen in enumerate(sonarr.log) if seen.method == "POST"]
    before = sonarr.log[: posts[0]] if posts else sonarr.log
    return [seen for seen in before if "/episode" in seen.path]


@pytest.mark.parametrize("kind", CHANGES)
async def test_what_the_list_does_not_know_yet_is_not_searched_and_said(
    engine: Engine, stale: Queue, sonarr: FakeArr, kind: str
) -> None:
    change, words, reason = CHANGES[kind]
    item = await first_pick(engine, stale)
    change(sonarr.world, item.arr_id)
    ended = await run(engine, stale)
    assert sonarr.commands == [] and not Search.select().exists()
    assert ended.left_out == f"{item.label}: {words}.\n"
    after = Item.get_by_id(item.id)
    assert (after.reason, after.searched_at) == (reason, None)


async def test_what_is_downloading_meanwhile_is_not_searched(
    engine: Engine, stale: Queue, sonarr: FakeArr, clock: FastClock, living_room: Instance
) -> None:
    """The download queue was last read six minutes ago."""
    item = await first_pick(engine, stale)
    living_room.change(conditions_at=clock.now() - timedelta(minutes=6))
    world = sonarr.world
    world.grab([world.items[item.arr_id]], world.now(), source="Rss")
    started = Run.start(stale, clock.now(), trigger="schedule")
    await run_errand(engine, Errand(living_room.id, (item.id,), started))
    episode, queue = sonarr.log
    assert (episode.path, queue.path) == (
        f"/api/v3/episode/{item.arr_id}",
        "/api/v3/queue/details",
    )
    assert queue.query == {"episodeIds": [str(item.arr_id)]}
    assert Run.get().left_out == f"{item.label}: {DOWNLOADING}.\n"
    assert Item.get_by_id(item.id).reason == Reason.DOWNLOADING


async def test_what_is_as_the_list_says_is_searched_after_one_question(
    engine: Engine, stale: Queue, sonarr: FakeArr
) -> None:
    item = await first_pick(engine, stale)
    await run(engine, stale)
    assert [seen.path for seen in of_items(sonarr)] == [f"/api/v3/episode/{item.arr_id}"]
    assert sonarr.commands == [{"name": "EpisodeSearch", "episodeIds": [item.arr_id]}]


async def test_a_list_that_was_just_read_wholly_is_believed(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(batch_size=1)
    await run(engine, nightly)
    assert of_items(sonarr) == [] and len(sonarr.commands) == 1


async def test_a_list_that_was_read_with_faults_is_not(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    nightly.change(batch_size=1)
    await sync(engine, living_room)
    sonarr.log.clear()
    WantedList.update(whole=False).execute()
    await run(engine, nightly)
    assert len(of_items(sonarr)) == 1


STRANGE = {
    "an error": Response(500, {"message": "database is locked", "description": ""}),
    "a page": Response(200, b"<!doctype html><p>Welcome"),
    "a stranger's 404": Response(404, b"404 page not found", {"Content-Type": "text/plain"}),
    "a wrong key": Response(401, b"", {"Content-Type": ""}),
    "garbage": Response(200, b"{", {"Content-Type": "application/json"}),
}


@pytest.mark.parametrize("kind", STRANGE)
async def test_a_question_that_fails_holds_the_run_and_nothing_is_sent_unseen(
    engine: Engine, stale: Queue, sonarr: FakeArr, living_room: Instance, kind: str
) -> None:
    item = await first_pick(engine, stale)
    sonarr.before = lambda seen: STRANGE[kind] if "/episode/" in seen.path else None
    held = await run(engine, stale)
    assert (held.state, sonarr.commands) == ("held", [])
    assert InstanceFault.of(living_room, "items") is not None
    assert held.note == Instance.get().fault
    assert Item.get_by_id(item.id).reason == Reason.ELIGIBLE


async def settled(engine: Engine) -> None:
    while engine.busy:
        await engine.clock.rest(0)


async def test_a_person_who_searches_now_asks_too(
    engine: Engine, stale: Queue, sonarr: FakeArr
) -> None:
    item, people = await first_pick(engine, stale), People(engine)
    imported(sonarr.world, item.arr_id)
    assert await people.begin(item) is None
    await settled(engine)
    note = people.note(item)
    assert sonarr.commands == []
    assert note is not None and "no longer wanted" in note.sentence


async def test_a_person_is_not_kept_by_a_search_of_another_tool(
    engine: Engine, stale: Queue, sonarr: FakeArr
) -> None:
    item, people = await first_pick(engine, stale), People(engine)
    searched(sonarr.world, item.arr_id)
    assert await people.begin(item) is None
    await settled(engine)
    assert len(sonarr.commands) == 1


async def test_an_upgrade_whose_file_is_good_enough_now_is_left_out(
    engine: Engine, cinema: Instance, nightly: Queue, radarr: FakeArr, clock: FastClock
) -> None:
    nightly.change(strategy="cutoff", batch_size=1)
    nightly.serve([cinema])
    await sync(engine, cinema)
    clock.advance(minutes=31)
    cinema.change(looked_at=clock.now())
    good = {
        "id": 1,
        "monitored": True,
        "hasFile": True,
        "movieFile": {"qualityCutoffNotMet": False},
    }
    radarr.before = lambda seen: (
        Response(200, good | {"id": int(seen.path.rpartition("/")[2])})
        if "/movie/" in seen.path
        else None
    )
    ended = await run(engine, nightly)
    assert radarr.commands == []
    assert ended.left_out.endswith(": its file is good enough now.\n")


async def test_a_season_is_asked_for_with_one_question(
    engine: Engine, stale: Queue, sonarr: FakeArr
) -> None:
    # By title, episodes of a season stand side by side.
    stale.change(packs="always", batch_size=10, order="title")
    await run(engine, stale)
    seasons = [seen for seen in of_items(sonarr) if seen.path.endswith("/episode")]
    assert seasons and {"seriesId", "seasonNumber"} <= seasons[0].query.keys()
    assert any(each["name"] == "SeasonSearch" for each in sonarr.commands)


async def test_one_unmonitored_episode_keeps_its_season_from_being_searched_whole(
    engine: Engine, stale: Queue, sonarr: FakeArr
) -> None:
    stale.change(packs="always", batch_size=10)
    for item in Item.select().where(Item.episode == 1):
        if item.arr_id in sonarr.world.items:
            unmonitored(sonarr.world, item.arr_id)
    await run(engine, stale)
    packs = {(s["seriesId"], s["seasonNumber"]) for s in sonarr.commands if "seriesId" in s}
    firsts = Item.select().where(Item.episode == 1, Item.want == "missing")
    assert packs.isdisjoint({(item.series_id, item.season) for item in firsts})
    assert UNMONITORED in Run.get().left_out


async def test_with_the_question_a_search_still_takes_few_requests(
    engine: Engine, stale: Queue, sonarr: FakeArr
) -> None:
    """Median 5 at the most."""
    stale.change(batch_size=8)
    await run(engine, stale)
    firsts: dict[str, int] = {}
    for number, seen in enumerate(sonarr.log):
        if "/episode/" in seen.path:
            firsts.setdefault(seen.path, number)
    counts = [later - first for first, later in pairwise([*firsts.values(), len(sonarr.log)])]
    assert len(counts) == len(sonarr.commands) == 8
    assert median(counts) <= 5
