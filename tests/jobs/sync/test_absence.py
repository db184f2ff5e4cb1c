"""What a reading did not hold: when it has left, and when the whole list is doubted."""

from datetime import timedelta

import pytest

from jobs.demo.sizes import Size
from jobs.engine import Engine
from jobs.scheduler import Scheduler
from jobs.sync import sync
from models.backlog import Item
from models.batches import Batch
from models.instances import Instance, WantedList
from models.queues import Queue
from models.searches.runs import Run
from tests.asking import People, begin
from tests.conftest import PASSWORD
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.browser import Browser
from tests.fakes.clock import FastClock
from tests.jobs.sync.test_sync import monitor, there


@pytest.fixture
def sonarr(clock: FastClock) -> FakeArr:
    """Forty episodes are missing."""
    return FakeArr("sonarr", now=clock.now, size=Size(40, 10, searched=0.0, history=0))


class Spoilt:
    """Answers for the list of forty missing episodes: some gone, some unreadable, or miscounted."""

    def __init__(self, fake: FakeArr) -> None:
        self.gone: set[int] = set()
        self.bad: list[dict[str, object]] = []
        self.more = 0
        fake.before = self

    def __call__(self, seen: Seen) -> Response | None:
        if not seen.path.endswith("wanted/missing"):
            return None
        facts = {"seriesId": 1, "seasonNumber": 1, "episodeNumber": 1, "monitored": True}
        ids = (arr_id for arr_id in range(5001, 5041) if arr_id not in self.gone)
        records = [*({"id": arr_id, **facts} for arr_id in ids), *self.bad]
        size, total = int(seen.query["pageSize"][0]), len(records) + self.more
        shown = records[:size] if seen.query["page"] == ["1"] else []
        page = {"page": 1, "pageSize": size, "totalRecords": total, "records": shown}
        return Response(200, page)


def missing(instance: Instance) -> set[int]:
    mine = (Item.instance == instance) & (Item.want == "missing") & Item.left_at.is_null()
    return {row.arr_id for row in Item.select(Item.arr_id).where(mine)}


async def test_a_bad_record_with_an_id_delays_nobody_elses_leaving(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    spoilt = Spoilt(sonarr)
    await sync(engine, living_room)
    spoilt.bad, spoilt.gone = [{"id": 9001, "title": ["no"]}], {5001, 5002}
    await sync(engine, living_room)
    assert len(missing(living_room)) == 38
    said = "1 record of the wanted lists could not be read and was left out."
    assert living_room.sync_note == said


async def test_an_item_whose_record_cannot_be_read_has_not_left(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    spoilt = Spoilt(sonarr)
    await sync(engine, living_room)
    spoilt.gone, spoilt.bad = {5001}, [{"id": 5001, "title": ["no"]}]
    for _ in range(3):
        await sync(engine, living_room)
        clock.advance(minutes=11)
    assert 5001 in missing(living_room)


@pytest.mark.parametrize(("bad", "more"), [([{"title": ["no id"]}], 0), ([], 7), ([], -3)])
async def test_where_the_count_is_off_two_readings_ten_minutes_apart_settle_it(
    engine: Engine,
    living_room: Instance,
    sonarr: FakeArr,
    clock: FastClock,
    bad: list[dict[str, object]],
    more: int,
) -> None:
    spoilt = Spoilt(sonarr)
    await sync(engine, living_room)
    spoilt.bad, spoilt.more, spoilt.gone = bad, more, {5001, 5002}
    await sync(engine, living_room)
    assert not WantedList.of(living_room, "missing").whole
    clock.advance(minutes=9)
    await sync(engine, living_room)
    assert len(missing(living_room)) == 40
    clock.advance(minutes=2)
    await sync(engine, living_room)
    assert len(missing(living_room)) == 38


async def test_what_comes_back_in_between_begins_anew(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    spoilt = Spoilt(sonarr)
    await sync(engine, living_room)
    spoilt.more = 5
    for gone in ({5001}, set[int](), {5001}):
        spoilt.gone = gone
        await sync(engine, living_room)
        clock.advance(minutes=11)
    assert 5001 in missing(living_room)


@pytest.fixture
async def doubted(engine: Engine, living_room: Instance, sonarr: FakeArr) -> WantedList:
    """The living room lost 30 of its 40 missing episodes at once."""
    await sync(engine, living_room)
    for arr_id in sorted(missing(living_room))[:30]:
        monitor(sonarr, arr_id, False)
    await sync(engine, living_room)
    (row,) = WantedList.doubted()
    return row


async def test_a_list_that_lost_most_of_itself_is_doubted_until_a_second_reading_agrees(
    engine: Engine, living_room: Instance, doubted: WantedList, clock: FastClock
) -> None:
    assert len(missing(living_room)) == 40
    assert doubted.doubt == (
        "Living room's list of missing episodes fell from 40 to 10."
        " None of its items is searched until a second sync agrees."
    )
    assert doubted.again_at - doubted.doubted_at == timedelta(minutes=10)
    clock.advance(minutes=10)
    await sync(engine, living_room)
    assert WantedList.doubted() == []
    assert len(missing(living_room)) == 10


async def test_the_second_reading_comes_by_itself(
    engine: Engine, living_room: Instance, doubted: WantedList, clock: FastClock
) -> None:
    scheduler = Scheduler(engine)
    clock.advance(minutes=9)
    await scheduler.tick()
    assert not engine.runs(f"care-{living_room.id}")
    clock.advance(minutes=1)
    await scheduler.tick()
    assert engine.runs(f"care-{living_room.id}")


async def test_a_list_that_is_itself_again_was_doubted_for_nothing(
    engine: Engine, living_room: Instance, sonarr: FakeArr, doubted: WantedList, clock: FastClock
) -> None:
    for arr_id in missing(living_room):
        monitor(sonarr, arr_id, True)
    clock.advance(minutes=10)
    await sync(engine, living_room)
    assert WantedList.doubted() == []
    assert len(missing(living_room)) == 40
    assert not Item.select().where(Item.unseen_at.is_null(False)).exists()


async def test_nothing_of_a_list_in_doubt_is_searched(
    engine: Engine, nightly: Queue, doubted: WantedList, sonarr: FakeArr, clock: FastClock
) -> None:
    assert Batch(nightly, clock.now()).picks() == []
    nightly.change(strategy="recent", recent_days=90, order="smart", batch_size=20)
    assert all(pick.items[0].want == "upgrade" for pick in Batch(nightly, clock.now()).picks())
    nightly.change(strategy="missing")
    nightly.start(clock.now())
    run = await begin(Scheduler(engine), nightly, trigger="schedule")
    assert run is not None
    while engine.runs(f"run-{run.id}"):
        await engine.clock.rest(0.1)
    run = Run.get()
    assert (run.state, run.note) == ("held", doubted.doubt)
    assert Queue.get().retry_at >= doubted.again_at
    assert sonarr.commands == []


async def test_not_even_by_hand(engine: Engine, doubted: WantedList) -> None:
    by_hand = People(engine)
    assert await by_hand.begin(Item.get(Item.want == "missing")) == doubted.doubt
    assert await by_hand.begin(Item.get(Item.want == "upgrade")) is None


async def test_every_page_about_it_says_what_is_doubted(
    browser: Browser, nightly: Queue, doubted: WantedList
) -> None:
    await browser.sign_in("alice", PASSWORD)
    for page in ("/instances/1", "/queues/1", "/items/1"):
        assert doubted.doubt in (await browser.get(page)).text.replace("&#39;", "'"), page


async def test_half_of_a_list_may_leave_at_once(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    for arr_id in sorted(missing(living_room))[:20]:
        monitor(sonarr, arr_id, False)
    await sync(engine, living_room)
    assert WantedList.doubted() == []
    assert len(missing(living_room)) == 20
    assert len(there(living_room)) == 30
