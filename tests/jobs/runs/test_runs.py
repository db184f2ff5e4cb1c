"""Runs, from the claim to the last outcome, against a whole fake server."""

import itertools
from datetime import datetime, timedelta

import pytest

from jobs.engine import Engine
from jobs.runs import carry_out
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.database import database
from models.database.fields import to_ms
from models.happenings import Happening
from models.household import Household
from models.instances import Instance
from models.instances.faults import failed
from models.queues import Queue
from models.schedules import Schedule
from models.searches import Search
from models.searches.holds import LONGEST, MOST, times_held
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock


async def run(engine: Engine, queue: Queue, trigger: str = "schedule") -> Run:
    started = Run.start(queue, engine.clock.now(), trigger=trigger)
    assert started
    await carry_out(engine, started)
    return Run.get_by_id(started.id)


async def test_a_run_searches_its_batch_one_item_a_command(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    finished = await run(engine, nightly)
    assert (finished.state, finished.planned) == ("finished", 5)
    assert len(sonarr.commands) == 5
    assert {len(command["episodeIds"]) for command in sonarr.commands} == {1}
    assert len({command["episodeIds"][0] for command in sonarr.commands}) == 5
    assert [search.outcome for search in Search.select()] == ["nothing"] * 5


async def test_the_row_is_there_before_the_command(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    states: list[list[str]] = []

    def note(seen: Seen) -> Response | None:
        if seen.method == "POST":
            states.append([search.state for search in Search.undone()])
        return None

    sonarr.before = note
    await run(engine, nightly)
    assert states == [["sending"]] * 5


async def test_searches_on_an_instance_keep_their_spacing(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    await run(engine, nightly)
    times = [seen.at for seen in sonarr.log if seen.method == "POST"]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert min(gaps) >= timedelta(seconds=living_room.spacing_seconds)


async def test_the_spacing_holds_from_one_run_to_the_next(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(batch_size=1)
    await run(engine, nightly)
    await run(engine, nightly)
    first, second = (seen.at for seen in sonarr.log if seen.method == "POST")
    assert second - first >= timedelta(seconds=30)


async def test_the_spacing_counts_from_when_a_command_arrived(
    engine: Engine, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    """The instance took its time over the first one."""
    nightly.change(batch_size=2)
    taken: list[datetime] = []

    def slow(seen: Seen) -> None:
        if seen.method == "POST":
            clock.advance(seconds=50)
            taken.append(clock.now())

    sonarr.before = slow
    await run(engine, nightly)
    assert taken[1] - timedelta(seconds=50) - taken[0] >= timedelta(seconds=30)


async def test_a_run_that_was_held_is_gone_on_with_and_not_begun_anew(
    engine: Engine, nightly: Queue, clock: FastClock, living_room: Instance
) -> None:
    """Five a run: whatever was in the way, five come of a moment, and the next one is the next."""
    living_room.change(hourly_budget=3)
    nightly.start(START)
    assert await due_runs(engine, nightly, hours=2) > 1
    assert Search.select().count() == 5
    gone_on = Run.get()
    assert (gone_on.state, gone_on.planned, gone_on.started_at) == ("finished", 5, START)
    assert gone_on.held_since is None
    sent = _sent(gone_on)
    first, *others = times_held(gone_on.holds_json, sent, gone_on.finished_at)
    assert "budget is spent" in first.sentence
    assert sent[2] < first.since < sent[3] == first.until
    assert all(sent[3] < each.since < sent[4] == each.until for each in others)


def _sent(run: Run) -> list[datetime]:
    return sorted(search.created_at for search in run.searches)


async def test_a_run_keeps_each_time_it_was_held_and_by_which_gates(
    engine: Engine, nightly: Queue, clock: FastClock, living_room: Instance
) -> None:
    """An attempt that meets the same gate is the same hold; another gate begins another one."""
    living_room.change(hourly_budget=0)
    nightly.start(START)
    await due_runs(engine, nightly, hours=0.6)
    living_room.change(hourly_budget=100, disabled_at=clock.now())
    nightly.try_again(clock.now() + timedelta(minutes=5))
    await due_runs(engine, nightly, hours=1)
    living_room.change(disabled_at=None)
    nightly.try_again(clock.now() + timedelta(minutes=20))
    await due_runs(engine, nightly, hours=1.9)
    run = Run.get()
    first, second = times_held(run.holds_json, _sent(run), run.finished_at)
    assert (run.state, first.until) == ("finished", second.since)
    assert "budget" in first.sentence and "switched off" in second.sentence
    assert second.until == _sent(run)[0]


def test_a_run_keeps_the_latest_of_many_holds(nightly: Queue) -> None:
    run = Run.start(nightly, START, trigger="schedule")
    assert run is not None
    for number in range(MOST + 5):
        at = START + timedelta(hours=number)
        run.finish("held", at, "x" * 2 * LONGEST, f"budget:{number}")
    holds = times_held(Run.get().holds_json, [], None)
    assert (len(holds), holds[-1].since, holds[-1].until) == (MOST, at, None)
    assert len(holds[0].sentence) == LONGEST


async def due_runs(engine: Engine, queue: Queue, hours: float) -> int:
    """Carries out what is due before so many hours are over; returns how often."""
    clock, times = engine.clock, 0
    assert isinstance(clock, FastClock)
    while (due := Queue.get_by_id(queue.id)).due_at < START + timedelta(hours=hours):
        clock.present = max(clock.now(), due.due_at)
        with database.atomic():
            begun = Run.claimed(due, clock.now())
        assert begun
        await carry_out(engine, begun)
        times += 1
    return times


@pytest.mark.parametrize(
    "closed",
    [
        {"hourly_budget": 0},
        {"download_limit": 0},
        {"fault": "It is down."},
    ],
    ids=["budget", "condition", "fault"],
)
async def test_a_held_run_stands_once_however_often_it_is_tried(
    closed: dict[str, object],
    engine: Engine,
    nightly: Queue,
    clock: FastClock,
    living_room: Instance,
    sonarr: FakeArr,
) -> None:
    """It keeps since when it is held, and the next moment of the schedule has a run of its own."""
    living_room.change(**closed)
    if "fault" in closed:
        down = {"code": "refused", "sentence": "It is down.", "at": START, "retry_at": START}
        failed(living_room, "status", **down)
        sonarr.before = lambda _: Response(503)
    nightly.change(
        schedule_json=Schedule(kind="every", every_minutes=180, time_zone="UTC").model_dump_json()
    )
    nightly.start(START)
    assert await due_runs(engine, nightly, hours=2.9) > 2
    held = Run.get()
    assert (held.state, held.started_at) == ("held", START)
    assert held.held_since < START + timedelta(minutes=5) < held.finished_at
    kinds = [row.kind for row in Happening.select() if row.kind.startswith("run-")]
    assert kinds == ["run-began", "run-held"]
    await due_runs(engine, nightly, hours=3.1)
    assert Run.select().count() == 2
    assert clock.now() > START


async def test_a_run_that_a_person_begins_is_a_whole_one(
    engine: Engine, nightly: Queue, clock: FastClock
) -> None:
    nightly.start(START)
    assert nightly.claim(START)
    await run(engine, nightly)
    clock.advance(minutes=10)
    assert (await run(engine, nightly, trigger="person")).planned == 5
    assert Search.select().count() == 10


async def test_no_item_is_searched_twice_within_its_cooldown(
    engine: Engine, nightly: Queue, sonarr: FakeArr, clock: FastClock, living_room: Instance
) -> None:
    living_room.change(hourly_budget=100, daily_budget=1000)
    Household.current().change(hourly_budget=100, daily_budget=1000)
    nightly.change(batch_size=50)
    await run(engine, nightly)
    clock.advance(hours=1)
    again = await run(engine, nightly)
    searched = [command["episodeIds"][0] for command in sonarr.commands]
    assert len(searched) == len(set(searched))
    assert again.state == "finished"
    assert again.note.startswith("Nothing to do: ")
    assert "in cooldown" in again.note


async def test_items_that_a_queue_does_not_take_are_told_as_such(
    engine: Engine, nightly: Queue
) -> None:
    nightly.change(batch_size=1)
    await run(engine, nightly)
    Item.update(aired_at=to_ms(START - timedelta(days=99))).execute()
    many = Item.select().where(Item.reason == Reason.ELIGIBLE, Item.want == "missing").count()
    nightly.change(strategy="custom", filters_json='{"wants":["missing"],"year_to":1900}')
    ended = await run(engine, nightly)
    assert ended.note == f"Nothing to do: this queue takes none of the {many} eligible items."
    nightly.change(strategy="recent", filters_json="{}")
    note = (await run(engine, nightly)).note
    assert note.endswith("eligible items came out in the last 14 days.")


async def test_a_grab_is_seen_with_its_release(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    sonarr.find(*sonarr.world.items)
    nightly.change(batch_size=1)
    await run(engine, nightly)
    search = Search.get()
    assert search.outcome == "grabbed"
    assert search.release
    assert search.indexer


async def test_a_search_that_reached_no_indexer_is_told_apart_and_burns_no_cooldown(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    sonarr.world.active_indexers = 0
    sonarr.before = lambda seen: Response(200, []) if seen.path.endswith("health") else None
    held = await run(engine, nightly)
    search = Search.get()
    assert search.outcome == "no_indexer"
    assert search.items[0].cooldown_until is None
    assert held.state == "held"
    assert len(sonarr.commands) == 1


async def test_the_hourly_budget_holds_the_run_and_says_when_it_goes_on(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    living_room.change(hourly_budget=2)
    nightly.start(START)
    nightly.claim(START)
    held = await run(engine, nightly)
    assert len(sonarr.commands) == 2
    assert held.state == "held"
    assert "2 searches in one hour" in held.note
    first = Search.select().order_by(Search.id).first()
    queue = Queue.get_by_id(nightly.id)
    assert queue.due_at == queue.retry_at == first.created_at + timedelta(hours=1)
    assert queue.next_run_at == START + timedelta(hours=2)


async def test_who_has_nothing_to_search_waits_for_no_budget(
    engine: Engine, nightly: Queue, living_room: Instance
) -> None:
    living_room.change(hourly_budget=2)
    assert (await run(engine, nightly)).state == "held"
    Item.update(reason=Reason.UNMONITORED).execute()
    later = await run(engine, nightly)
    assert later.state == "finished"
    assert later.note.startswith("Nothing to do: ")


async def test_who_does_not_know_what_is_wanted_waits_for_the_budget(
    engine: Engine, nightly: Queue, living_room: Instance
) -> None:
    living_room.change(hourly_budget=2)
    await run(engine, nightly)
    Item.update(reason=Reason.UNMONITORED).execute()
    living_room.change(synced_at=None)
    assert (await run(engine, nightly)).state == "held"


async def test_any_rolling_hour_keeps_the_budget(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance, clock: FastClock
) -> None:
    living_room.change(hourly_budget=3)
    for _ in range(12):
        await run(engine, nightly)
        clock.advance(minutes=13)
    times = [seen.at for seen in sonarr.log if seen.method == "POST"]
    assert len(times) > 6
    for start in times:
        inside = [at for at in times if start <= at < start + timedelta(hours=1)]
        assert len(inside) <= 3


async def test_deleting_an_instance_gives_the_household_no_budget_back(
    engine: Engine, nightly: Queue, living_room: Instance
) -> None:
    await run(engine, nightly)
    living_room.delete_instance()
    assert Search.select().where(~Search.demo).count() == 5


async def test_everything_on_hold_sends_nothing(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    Household.current().change(held_at=START)
    held = await run(engine, nightly)
    assert (held.state, held.note) == ("held", "Everything is on hold.")
    assert sonarr.log == []


async def test_holding_everything_stops_a_run_before_its_next_search(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    def hold(seen: Seen) -> Response | None:
        if seen.method == "POST":
            Household.current().change(held_at=START)
        return None

    sonarr.before = hold
    held = await run(engine, nightly)
    assert held.state == "held"
    assert len(sonarr.commands) == 1
    assert Search.get().outcome == "nothing"


async def test_cancelling_stops_before_the_next_search(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    def cancel(seen: Seen) -> Response | None:
        if seen.method == "POST":
            Run.get().ask_to_stop(START)
        return None

    sonarr.before = cancel
    cancelled = await run(engine, nightly)
    assert cancelled.state == "cancelled"
    assert len(sonarr.commands) == 1


async def test_a_queue_has_one_active_run(nightly: Queue) -> None:
    assert Run.start(nightly, START, trigger="schedule")
    assert Run.start(nightly, START, trigger="person") is None


async def test_several_instances_are_searched_in_one_run(
    engine: Engine,
    nightly: Queue,
    living_room: Instance,
    cinema: Instance,
    sonarr: FakeArr,
    radarr: FakeArr,
) -> None:
    nightly.serve([living_room, cinema])
    nightly.change(batch_size=20)
    Household.current().change(hourly_budget=100)
    await run(engine, nightly)
    assert sonarr.commands
    assert radarr.commands
    assert all("movieIds" in command for command in radarr.commands)


async def test_a_gate_holds_only_its_instances_share(
    engine: Engine, nightly: Queue, living_room: Instance, cinema: Instance, radarr: FakeArr
) -> None:
    nightly.serve([living_room, cinema])
    living_room.change(disabled_at=START)
    finished = await run(engine, nightly)
    assert len(radarr.commands) == 5
    assert finished.state == "finished"
    assert "Living room is switched off." in finished.note


async def test_a_disabled_instance_alone_holds_the_run(
    engine: Engine, nightly: Queue, living_room: Instance
) -> None:
    living_room.change(disabled_at=START)
    held = await run(engine, nightly)
    assert (held.state, held.note) == ("held", "Living room is switched off.")


async def test_an_unexpected_error_ends_the_run_with_a_sentence(
    engine: Engine, nightly: Queue, sonarr: FakeArr, caplog: pytest.LogCaptureFixture
) -> None:
    def break_it(seen: Seen) -> Response | None:
        if seen.method == "POST":
            Search.drop_table(cascade=True)
        return None

    sonarr.before = break_it
    broken = await run(engine, nightly)
    assert broken.state == "interrupted"
    assert "its log says what" in broken.note
    assert "run 1 failed" in caplog.text


async def test_unreleased_items_wait_for_their_grace(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(batch_size=50)
    await run(engine, nightly)
    waiting = Item.select().where(Item.reason == Reason.UNRELEASED)
    searched = {command["episodeIds"][0] for command in sonarr.commands}
    assert all(item.arr_id not in searched for item in waiting)


async def test_deleting_the_instance_or_the_demo_ends_a_run_in_peace(
    engine: Engine, nightly: Queue, sonarr: FakeArr, caplog: pytest.LogCaptureFixture
) -> None:
    def delete(seen: Seen) -> Response | None:
        if seen.method == "POST":
            Instance.delete().execute()
        return None

    sonarr.before = delete
    ended = await run(engine, nightly)
    assert ended.state == "finished"
    assert len(sonarr.commands) == 1
    assert caplog.text == ""
    assert Search.get().instance_name == "Living room"


async def test_an_instance_whose_health_says_no_indexer_is_not_searched(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    sonarr.world.active_indexers = 0
    held = await run(engine, nightly)
    assert sonarr.commands == []
    assert held.state == "held"
    assert held.note.startswith("Living room has no indexer to search: ")


@pytest.mark.parametrize("what", ["indexers", "downloads", "disk"])
async def test_a_gate_opens_when_the_instance_tells_otherwise(
    engine: Engine,
    nightly: Queue,
    sonarr: FakeArr,
    clock: FastClock,
    living_room: Instance,
    what: str,
) -> None:
    world, free = sonarr.world, sonarr.world.free_space
    if what == "indexers":
        world.active_indexers = 0
    elif what == "disk":
        world.free_space = 1
    else:
        living_room.change(download_limit=1)
        sonarr.fill_queue(1)
    assert (await run(engine, nightly)).state == "held"
    world.active_indexers, world.free_space = 3, free
    clock.advance(minutes=16)
    assert (await run(engine, nightly)).state == "finished"
    assert Search.select().count() == 5


async def test_too_many_downloads_hold_the_run_and_stuck_ones_do_not_count(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    living_room.change(download_limit=3)
    stuck = {"status": "completed", "trackedDownloadState": "importBlocked", "downloadId": "S"}
    going = [{"status": "downloading", "downloadId": f"D{number}"} for number in range(3)]
    queue = [stuck, *going, going[0]]
    sonarr.before = lambda seen: Response(200, queue) if "queue" in seen.path else None
    held = await run(engine, nightly)
    assert sonarr.commands == []
    assert held.note == "Living room has 3 active downloads; the limit is 3."


async def test_a_full_disk_holds_the_run(engine: Engine, nightly: Queue, sonarr: FakeArr) -> None:
    sonarr.world.free_space = 9_000_000_000
    held = await run(engine, nightly)
    assert sonarr.commands == []
    assert "Less than 10 GB are free on " in held.note


async def test_what_is_downloading_already_is_not_searched(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(batch_size=50)
    sonarr.fill_queue(4)
    await run(engine, nightly)
    downloading = {each.arr_id for each in Item.select().where(Item.downloading)}
    searched = {command["episodeIds"][0] for command in sonarr.commands}
    assert downloading
    assert not downloading & searched
    assert Item.select().where(Item.reason == Reason.DOWNLOADING).exists()


async def test_a_person_may_ask_for_a_run_that_ignores_cooldowns(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(batch_size=3)
    await run(engine, nightly)
    Item.update(reason=Reason.UNMONITORED, monitored=False).where(
        Item.reason == Reason.ELIGIBLE
    ).execute()
    started = Run.start(nightly, engine.clock.now(), trigger="person", ignores_cooldown=True)
    assert started
    await carry_out(engine, started)
    searched = [command["episodeIds"][0] for command in sonarr.commands]
    assert len(searched) == 6
    assert set(searched[3:]) == set(searched[:3])
