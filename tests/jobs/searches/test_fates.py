"""Grabs followed to their end, over days, with few questions."""

from datetime import timedelta
from typing import Any

import pytest

from jobs.engine import Engine
from jobs.housekeeping.grabs import follow_grabs
from jobs.runs import carry_out
from jobs.searches.fates import follow_up
from jobs.searches.recovery import recover
from jobs.sync import sync
from models.backlog import Item
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.grabs import Grab
from models.searches.runs import Run
from models.yields import Yield
from models.yields.departures import Departure
from tests.conftest import START
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HISTORY = "/api/v3/history/since"


class Household:
    """One instance, either application, whose searches find what is wanted."""

    def __init__(self, engine: Engine, clock: FastClock, fake: FakeArr, queue: Queue) -> None:
        self.engine, self.clock, self.fake, self.queue = engine, clock, fake, queue
        self.instance: Instance = queue.instances[0]

    async def search(self) -> Search:
        """A run of one item; what the search grabs."""
        run = Run.start(self.queue, self.clock.now(), trigger="schedule")
        assert run
        await carry_out(self.engine, run)
        return Search.select().order_by(Search.id.desc()).get()

    async def let(self, span: timedelta, step: timedelta = 5 * MINUTE) -> int:
        """Lets time pass, with a look every few minutes; how many fates were learnt."""
        learnt, until = 0, self.clock.now() + span
        while self.clock.now() < until:
            self.clock.present += step
            learnt += (await follow_up(self.engine, self.clock.now())).learnt
        return learnt

    def asked(self) -> int:
        """How often the history was asked, since this was asked last."""
        times = sum(seen.path == HISTORY for seen in self.fake.log)
        self.fake.log.clear()
        return times

    def events(self, kind: str) -> list[Any]:
        return [record for record in self.fake.world.history if record.event == kind]


@pytest.fixture(params=["sonarr", "radarr"])
def household(
    request: pytest.FixtureRequest, engine: Engine, clock: FastClock, sonarr: FakeArr,
    radarr: FakeArr, nightly: Queue, cinema: Instance,
) -> Household:  # fmt: skip
    fake = {"sonarr": sonarr, "radarr": radarr}[request.param]
    if fake is radarr:
        nightly.serve([cinema])
    nightly.change(batch_size=1)
    fake.world.luck = lambda item, now: True
    return Household(engine, clock, fake, nightly)


def fate(search: Search) -> str | None:
    found: str | None = Search.get_by_id(search.id).fate
    return found


async def test_a_grab_is_followed_to_its_import(household: Household) -> None:
    household.fake.world.download_seconds = (3 * 3600.0, 3 * 3600.0)
    search = await household.search()
    [grab] = search.grabs
    assert (grab.release, grab.indexer) == (search.release, search.indexer)
    assert grab.download_id == household.events("grabbed")[0].release.download_id
    assert await household.let(2 * HOUR) == 0
    assert fate(search) is None
    assert await household.let(2 * HOUR) == 1
    told = Search.get_by_id(search.id)
    assert told.fate == "imported"
    assert told.fate_at - grab.grabbed_at == pytest.approx(3 * HOUR, abs=timedelta(seconds=2))
    total = Yield.get(dimension="total", period=0)
    assert (total.grabbed, total.imported) == (1, 1)


@pytest.mark.parametrize(("rate", "ended"), [("fail_rate", "failed"), ("ignore_rate", "ignored")])
async def test_a_download_that_came_to_nothing_is_said_to_have(
    rate: str, ended: str, household: Household
) -> None:
    setattr(household.fake.world, rate, 1.0)
    search = await household.search()
    assert await household.let(HOUR) == 1
    assert fate(search) == ended
    item = search.items[0]
    assert item.left_at is None


async def test_questions_are_few_and_end(household: Household) -> None:
    """Never imported: 30 questions on the first day, 4 on each later one, none after two weeks."""
    assert (await household.let(HOUR), household.asked()) == (0, 0)
    household.fake.world.download_seconds = (99 * 86_400.0,) * 2
    search = await household.search()
    await household.let(DAY)
    assert household.asked() == 30
    await household.let(DAY)
    assert household.asked() == 4
    await household.let(12 * DAY, 3 * HOUR)
    assert 44 <= household.asked() <= 48
    await household.let(DAY, 3 * HOUR)
    assert household.asked() == 0
    assert fate(search) is None


async def test_what_is_known_is_not_asked_for_again(household: Household) -> None:
    await household.search()
    await household.let(HOUR)
    household.asked()
    await household.let(DAY)
    assert household.asked() == 0


async def test_each_question_is_about_what_came_since_the_last(household: Household) -> None:
    household.fake.world.download_seconds = (7 * 86_400.0,) * 2
    search = await household.search()
    await household.let(HOUR)
    asked = [seen for seen in household.fake.log if seen.path == HISTORY]
    dates = [seen.query["date"][0] for seen in asked]
    assert dates == sorted(dates) and len(set(dates)) == len(dates)
    grabbed_at = search.grabs[0].grabbed_at
    assert dates[0] <= f"{grabbed_at:%Y-%m-%dT%H:%M:%SZ}" < dates[1]


async def test_grabs_of_feeds_and_of_the_application_itself_are_nobodys_business(
    household: Household,
) -> None:
    """A failed download makes the application search again by itself: that find is not ours."""
    world = household.fake.world
    world.fail_rate = 1.0
    search = await household.search()
    item = world.items[search.items[0].arr_id]
    household.clock.advance(minutes=5)
    world.now()
    world.fail_rate = 0.0
    world.grab([item], world.now(), source="Search")
    household.fake.fill_queue(3)
    await household.let(HOUR)
    assert len(household.events("downloadFolderImported")) == 4
    assert fate(search) == "failed"
    assert Grab.select().count() == 1
    await sync(household.engine, household.instance)
    gone = Item.select().where(Item.left_at.is_null(False))
    assert gone.count() > 0
    assert {left.brought for left in gone} == {False}


async def test_an_instance_without_open_grabs_switched_off_or_faulty_is_not_asked(
    household: Household,
) -> None:
    household.fake.world.download_seconds = (7 * 86_400.0,) * 2
    await household.search()
    household.asked()
    household.instance.change(fault="It does not answer.")
    await household.let(HOUR)
    assert household.asked() == 0
    household.instance.change(fault=None, disabled_at=START)
    await household.let(HOUR)
    assert household.asked() == 0
    household.instance.change(disabled_at=None)
    await household.let(5 * MINUTE)
    assert household.asked() == 1


@pytest.mark.parametrize(("status", "noted"), [(401, True), (404, False), (500, False)])
async def test_a_history_that_cannot_be_read_is_tried_again_at_the_next_look(
    status: int, noted: bool, household: Household
) -> None:
    """Only what is wrong with the instance as a whole closes its gate."""
    search = await household.search()
    household.fake.fail_next(HISTORY, status=status, body={"message": "no"})
    await household.let(10 * MINUTE)
    instance = Instance.get_by_id(household.instance.id)
    assert (instance.fault is not None) is noted
    assert household.asked() == 1
    instance.change(fault=None)
    await household.let(10 * MINUTE)
    assert household.asked() == 1
    assert fate(search) == "imported"


async def test_a_history_that_is_never_told_is_seen_as_a_job_that_fails(
    household: Household,
) -> None:
    await household.search()
    household.fake.fail_next(HISTORY, status=500, body={"message": "no"}, times=99)
    household.clock.advance(minutes=20)
    report = await follow_grabs(household.engine)
    assert report.outcome == "failed"
    assert report.sentence.startswith("Nothing new. ") and "500" in report.sentence


async def test_a_download_without_an_id_is_known_by_its_release(household: Household) -> None:
    search = await _anonymous(household)
    assert search.grabs[0].download_id is None
    await household.let(HOUR)
    assert fate(search) == "imported"


async def _anonymous(household: Household) -> Search:
    """A search whose grab, and its end, are told without a download's id."""
    world, record = household.fake.world, household.fake.world._record

    def nameless(item: Any, event: str, at: float, release: Any, source: str) -> None:
        record(item, event, at, release._replace(download_id=""), source)

    world._record = nameless  # type: ignore[method-assign]
    return await household.search()


async def test_a_grab_that_the_history_did_not_tell_of_is_ours_all_the_same(
    household: Household,
) -> None:
    """What it was stays unknown, and so does its fate; but its item did not leave by itself."""
    household.fake.fail_next("/api/v3/history", status=404, body={"message": "no"}, times=3)
    search = await household.search()
    assert (search.outcome, search.release) == ("grabbed", None)
    await household.let(HOUR)
    await sync(household.engine, household.instance)
    assert fate(search) is None
    assert Item.get_by_id(search.items[0].id).brought is True


async def test_a_history_that_could_not_tell_at_once_is_asked_again(household: Household) -> None:
    household.fake.fail_next("/api/v3/history", status=404, body={"message": "no"}, times=2)
    search = await household.search()
    assert search.outcome == "grabbed" and search.release
    await household.let(HOUR)
    assert fate(search) == "imported"


async def test_ids_of_downloads_are_the_same_in_any_case_of_letters(household: Household) -> None:
    search = await household.search()
    Grab.update(download_id=search.grabs[0].download_id.lower()).execute()
    await household.let(HOUR)
    assert fate(search) == "imported"


async def test_a_history_that_was_cleared_leaves_the_fate_unknown(household: Household) -> None:
    search = await household.search()
    household.clock.advance(minutes=5)
    household.fake.world.now()
    household.fake.world.history.clear()
    await household.let(15 * DAY, 6 * HOUR)
    assert fate(search) is None
    household.asked()
    await household.let(DAY, 3 * HOUR)
    assert household.asked() == 0


async def test_an_end_that_came_while_we_were_down_is_read_after_the_start(
    household: Household, sonarr: FakeArr, radarr: FakeArr
) -> None:
    search = await household.search()
    await household.engine.stop()
    household.clock.advance(days=3)
    household.clock.stopping.clear()
    again = Engine(clock=household.clock, demo={"sonarr": sonarr, "radarr": radarr})
    recover(again)
    assert (await follow_up(again, household.clock.now())).learnt == 1
    assert fate(search) == "imported"
    await again.stop()


async def test_a_search_that_ends_late_sets_the_reading_back(household: Household) -> None:
    """Its grab becomes known only after a look has read past its import."""
    first = await household.search()
    household.fake.world.download_seconds = (86_400.0,) * 2
    await household.search()
    await household.let(HOUR)
    read_to = Instance.get_by_id(household.instance.id).history_at
    [grab] = first.grabs
    assert read_to > grab.grabbed_at
    at = int((grab.grabbed_at.timestamp()) * 1000)
    grab.delete_instance()
    first.change(fate=None)
    kept = Grab.keep(
        first, Instance.get_by_id(household.instance.id), arr_id=grab.arr_id,
        download_id=grab.download_id, release=grab.release, indexer=grab.indexer, at=at,
    )  # fmt: skip
    assert Instance.get_by_id(household.instance.id).history_at == kept.grabbed_at
    await household.let(15 * MINUTE)
    assert fate(first) == "imported"


async def test_moments_are_set_from_the_clock_of_the_instance_to_ours(household: Household) -> None:
    clock = household.clock
    household.fake._now = lambda: clock.now() - 5 * HOUR
    household.fake.world.present -= 6 * 3600
    search = await household.search()
    await household.let(HOUR)
    told = Search.get_by_id(search.id)
    assert told.fate == "imported"
    assert told.created_at <= told.fate_at <= told.created_at + 5 * MINUTE


async def test_a_clock_that_is_set_back_hides_no_event(household: Household) -> None:
    household.fake.world.download_seconds = (3600.0,) * 2
    search = await household.search()
    await household.let(20 * MINUTE)
    clock, world = household.clock, household.fake.world
    household.fake._now = lambda: clock.now() - 5 * HOUR
    moved = [(at - 5 * 3600, number, happen) for at, number, happen in world._events]
    world._events[:], world.present = moved, world.present - 5 * 3600
    await sync(household.engine, household.instance)
    await household.let(2 * HOUR)
    assert fate(search) == "imported"


async def test_what_came_with_our_search_is_told_from_what_came_without(
    household: Household,
) -> None:
    search = await household.search()
    household.fake.fill_queue(1)
    await household.let(HOUR)
    await sync(household.engine, household.instance)
    gone = Item.select().where(Item.left_at.is_null(False))
    told = {item.id: item.brought for item in gone}
    assert told.pop(search.items[0].id) is True
    assert all(brought is False for brought in told.values())
    day = Departure.get()
    assert (day.ours, day.others) == (1, len(told))


async def test_an_item_that_comes_back_is_not_said_to_have_been_brought(
    household: Household,
) -> None:
    search = await household.search()
    await household.let(HOUR)
    await sync(household.engine, household.instance)
    item = search.items[0]
    assert item.brought is True
    household.fake.world.items[item.arr_id].file = None
    household.fake.world.changed()
    await sync(household.engine, household.instance)
    back = Item.get_by_id(item.id)
    assert (back.left_at, back.brought) == (None, None)
