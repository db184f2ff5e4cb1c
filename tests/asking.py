"""Writes what people ask for as the pages write it, and takes it up at once."""

from jobs.engine import Engine
from jobs.housekeeping.beginning import Housekeeping
from jobs.runs import carry_out
from jobs.runs.by_hand import Asked, Note, ask_for
from jobs.scheduler import Scheduler
from jobs.wishes import Wishes
from models.backlog import Item
from models.jobs import Job, JobRun
from models.queues import Queue
from models.searches.runs import Run


async def begin(
    scheduler: Scheduler, queue: Queue, *, trigger: str = "person", ignores_cooldown: bool = False
) -> Run | None:
    """A run of this queue, begun; None when one is going on."""
    engine = scheduler.engine
    if trigger == "person":
        run = Run.ask(queue, engine.clock.now(), ignores_cooldown=ignores_cooldown)
        await scheduler.wishes.take_all()
        return run
    run = Run.start(queue, engine.clock.now(), trigger=trigger)
    if run:
        queue.claim(engine.clock.now())
        run.change(owner=engine.replica)
        engine.spawn(f"run-{run.id}", carry_out(engine, run))
    return run


async def do_now(housekeeping: Housekeeping, name: str) -> bool:
    """Whether the job was begun, and not running already."""
    at = housekeeping.engine.clock.now()
    asked = JobRun.ask(Job.named(name, at), at)
    await Wishes(housekeeping.engine, housekeeping).take_all()
    return asked


class People:
    """Who asks for searches of single items."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.wishes = Wishes(engine, Housekeeping(engine))

    async def begin(self, item: Item, kind: str = "search") -> str | None:
        """Why it was refused; None where it was taken up."""
        refused = ask_for(item, self.engine.clock.now(), kind)
        await self.wishes.take_all()
        return refused

    def is_waiting(self, item: Item) -> bool:
        return Asked.of(item).is_waiting

    def is_searching(self, item: Item) -> bool:
        return Asked.of(item).is_searching

    def note(self, item: Item) -> Note | None:
        return Asked.of(item).note
