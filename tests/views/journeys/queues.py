"""Journeys to the queues, their runs and their plan."""

from models.backlog.snapshots import Snapshot
from models.dry_runs import DrySearch
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.views.journeys.home import Home
from tests.views.journeys.person import Person

TYPED = {"name": "Evening", "batch_size": "3", "every": "3", "unit": "hours"}
ANSWER = "/queues/preview?queue="
PICK = "/queues/filters?queue="


async def _form(home: Home) -> Person:
    me = await (await home.stocked()).open("/queues")
    return await me.follow("/queues/new")


async def _made(home: Home) -> Person:
    """The preview of a new queue."""
    me = await _form(home)
    await me.submit("/queues", instances=["1"], **TYPED)
    assert me.path == "/queues/2/preview"
    return me


async def make(home: Home) -> None:
    await _made(home)
    made = Queue.get_by_id(2)
    assert (made.name, made.batch_size, made.state) == ("Evening", 3, "waiting")


async def see_what_it_leads_to(home: Home) -> None:
    me = await _form(home)
    await me.submit("/queues", at=ANSWER, instances=["1"], **TYPED)
    assert "Begins with" in me.html and 'value="Evening"' in me.html
    assert Queue.select().count() == 1


async def choose_another_preset(home: Home) -> None:
    me = await _form(home)
    await me.submit("/queues", at="/queues/new?strategy=upgrades", **TYPED)
    await me.submit("/queues", instances=["1"])
    made = Queue.get_by_id(2)
    assert (made.name, made.strategy, made.batch_size) == ("Evening", "cutoff", 3)


async def pick_a_tag(home: Home) -> None:
    me = await home.stocked()
    Snapshot.create(instance=1, kind="tag", arr_id=77, name="anime", fingerprint="")
    await me.open("/queues/new?strategy=custom")
    await me.submit("/queues", at=PICK, tags_all=["anime"], **TYPED)
    await me.submit("/queues", instances=["1"])
    assert "anime" in (Queue.get_by_id(2).filters_json or "")


async def start_now(home: Home) -> None:
    me = await _made(home)
    await me.submit("/queues/2/consent", start="now")
    await home.settled()
    assert Queue.get_by_id(2).started_at and me.path == "/"


async def start_at_night(home: Home) -> None:
    me = await _made(home)
    await me.submit("/queues/2/consent", start="night")
    started = Queue.get_by_id(2)
    assert started.started_at and started.next_run_at


async def pause(home: Home) -> None:
    me = await (await home.stocked()).open("/queues")
    await me.submit("/queues/1/pause")
    assert Queue.get().state == "paused"


async def resume(home: Home) -> None:
    me = await (await home.stocked()).open("/queues")
    await me.submit("/queues/1/pause")
    await (await me.open("/queues")).submit("/queues/1/pause", _method="DELETE")
    assert Queue.get().state == "scheduled"


async def edit(home: Home) -> None:
    me = await (await home.stocked()).open("/queues/1")
    await me.follow("/queues/1/edit")
    await me.submit("/queues/1", name="Weekly", batch_size="2", kind="daily", times="04:00")
    changed = Queue.get()
    assert (changed.name, changed.batch_size) == ("Weekly", 2)
    assert "04:00" in changed.schedule_json


async def make_it_a_dry_run(home: Home) -> None:
    me = await (await home.stocked()).open("/queues/1/edit")
    await me.submit("/queues/1", is_dry="1")
    await (await me.open("/queues")).submit("/queues/1/runs")
    await home.settled()
    assert DrySearch.select().count() == 5
    assert not Search.select().exists()


async def run_now(home: Home) -> None:
    me = await (await home.stocked()).open("/queues")
    await me.submit("/queues/1/runs")
    await home.settled()
    assert Search.select().count() == 5
    assert (Run.get().state, Run.get().trigger) == ("finished", "person")


async def cancel_a_run(home: Home) -> None:
    me = await home.stocked()
    queue = Queue.get()
    run = Run.start(queue, home.engine.clock.now(), trigger="person", by=queue.owner)
    assert run is not None
    await (await me.open(f"/runs/{run.id}")).submit(f"/runs/{run.id}")
    await home.settled()
    assert Run.get().stop_asked_at or Run.get().state == "cancelled"


async def delete(home: Home) -> None:
    me = await (await home.stocked()).open("/queues/1/edit")
    await (await me.follow("/queues/1/deletion")).submit("/queues/1")
    assert not Queue.select().exists()


async def look_at_the_next_runs(home: Home) -> None:
    me = await (await home.stocked()).open("/queues/1")
    await me.follow("/schedules/preview?queue=1")
    assert "Every 2 hours" in me.html


async def look_at_the_preview(home: Home) -> None:
    me = await (await home.stocked()).open("/queues/1")
    await me.follow("/queues/1/preview")
    assert me.html.count('id="pick-') == 5


async def look_at_a_run(home: Home) -> None:
    me = await (await home.searched()).open("/runs")
    await me.follow("/runs/1")
    assert "5 of 5" in me.html
