"""Dry runs: everything is decided, counted and shown, and nothing is sent."""

import asyncio

from jobs.engine import Engine
from jobs.housekeeping.beginning import Housekeeping
from jobs.runs import carry_out
from jobs.searches import run_errand
from jobs.searches.errands import Errand
from jobs.wishes import Wishes
from models.backlog import Item
from models.batches import Batch
from models.budgets import Ledger
from models.budgets.shares import BudgetLine, owed, share
from models.dry_runs import DrySearch
from models.instances import Instance
from models.plan.paces import Common
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from models.yields import Yield
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock


async def run(engine: Engine, queue: Queue) -> Run:
    started = Run.start(queue, engine.clock.now(), trigger="schedule")
    assert started
    await carry_out(engine, started)
    return Run.get_by_id(started.id)


def learnt() -> list[tuple[object, ...]]:
    """What a search changes on the items."""
    facts = (Item.id, Item.searched_at, Item.cooldown_until, Item.attempts, Item.streak)
    return list(Item.select(*facts, Item.reason).order_by(Item.id).tuples())


async def test_a_dry_run_decides_and_sends_nothing(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(is_dry=True)
    finished = await run(engine, nightly)
    assert (finished.is_dry, finished.state, finished.planned) == (True, "finished", 0)
    assert finished.note == "Dry run: it would have made 5 searches; nothing was sent."
    assert sonarr.commands == []
    assert not [seen for seen in sonarr.log if seen.method != "GET"]


async def test_it_keeps_what_a_run_would_search_in_that_order(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    nightly.change(is_dry=True)
    finished = await run(engine, nightly)
    kept = [each.title for each in DrySearch.of(finished)]
    assert kept == [pick.label for pick in Batch(nightly, engine.clock.now()).picks()]
    nightly.change(is_dry=False)
    real = await run(engine, nightly)
    assert [search.title for search in Search.select().order_by(Search.id)] == kept
    assert (real.is_dry, len(sonarr.commands)) == (False, 5)


async def test_nothing_counts_as_searched(engine: Engine, nightly: Queue, sonarr: FakeArr) -> None:
    nightly.change(is_dry=True)
    await run(engine, nightly)
    before = learnt()
    first, second = await run(engine, nightly), await run(engine, nightly)
    titles = [[each.title for each in DrySearch.of(each)] for each in (first, second)]
    assert titles[0] == titles[1]
    assert learnt() == before
    assert (Search.select().count(), Yield.select().count()) == (0, 0)
    now = engine.clock.now()
    assert all(each.spent == 0 for each in Ledger.at(now).overall())
    assert (share(nightly, now), owed(nightly)) == (0, 5)


async def test_it_stops_where_a_budget_would_have_stopped_it(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    living_room.change(hourly_budget=3)
    nightly.change(is_dry=True)
    finished = await run(engine, nightly)
    assert DrySearch.of(finished).count() == 3
    assert finished.note.endswith("2 more would have waited for room in a budget or at an indexer.")


async def test_a_closed_gate_holds_a_dry_run_too(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    nightly.change(is_dry=True)
    living_room.change(disabled_at=engine.clock.now())
    finished = await run(engine, nightly)
    assert (finished.state, finished.note) == ("held", "Living room is switched off.")
    assert (nightly.links.get().in_line, DrySearch.select().count()) == (0, 0)


async def test_a_queue_that_becomes_dry_sends_nothing_of_the_run_under_way(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    def switch(seen: Seen) -> Response | None:
        if seen.method == "POST":
            nightly.change(is_dry=True)
        return None

    sonarr.before = switch
    finished = await run(engine, nightly)
    assert len(sonarr.commands) == 1
    assert finished.state == "held"
    assert finished.note == "The queue is a dry run now, so the rest was not sent."
    assert Queue.get_by_id(nightly.id).retry_at is None


async def test_no_search_of_a_dry_run_is_sent_whoever_asks_for_it(
    engine: Engine, nightly: Queue, sonarr: FakeArr, living_room: Instance
) -> None:
    """The last safeguard stands where a search is announced."""
    await run(engine, nightly)
    sent = len(sonarr.commands)
    dry = Run.start(nightly, engine.clock.now(), trigger="schedule")
    assert dry
    dry.change(is_dry=True)
    item = Batch(nightly, engine.clock.now()).picks()[0].items[0]
    gate = await run_errand(engine, Errand(living_room.id, (item.id,), dry))
    assert gate and gate.code == "dry"
    assert len(sonarr.commands) == sent


async def test_a_run_that_waits_while_its_queue_becomes_dry_is_dry(
    engine: Engine, nightly: Queue, sonarr: FakeArr
) -> None:
    asked = Run.ask(nightly, engine.clock.now())
    nightly.change(is_dry=True)
    await Wishes(engine, Housekeeping(engine)).take_all()
    while tasks := list(engine._tasks.values()):
        await asyncio.gather(*tasks)
    assert asked and Run.get_by_id(asked.id).is_dry
    assert sonarr.commands == []


async def test_a_dry_run_takes_nothing_from_the_other_queues(
    engine: Engine, nightly: Queue, sonarr: FakeArr, clock: FastClock
) -> None:
    nightly.change(is_dry=True)
    nightly.start(clock.now())
    other = Queue.create(
        owner=nightly.owner,
        name="Other",
        key="other",
        strategy="missing",
        batch_size=5,
        schedule_json=nightly.schedule_json,
        created_at=clock.now(),
    )
    other.serve(nightly.instances)
    active = Run.start(nightly, clock.now(), trigger="schedule")
    assert active
    active.change(planned=5)
    nightly.links.get().change(in_line=5)
    assert BudgetLine(other, clock.now()).ahead(nightly.instances[0].id) == 0
    assert Common.now().weights == {}
