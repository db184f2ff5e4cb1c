"""Takes up what people ask for, and carries it out."""

import asyncio
import logging
from functools import partial

from jobs.engine import BROKEN, Engine
from jobs.engine.locks import is_free
from jobs.housekeeping.beginning import Housekeeping
from jobs.prowlarrs import read
from jobs.runs import by_hand, carry_out
from jobs.sync import sync
from jobs.sync.judging import judge_all
from models.backlog import Item
from models.database import database
from models.database.locks import Lock
from models.instances import Instance
from models.jobs import JobReport, JobRun
from models.logs.about import about
from models.prowlarrs import Prowlarr
from models.searches.runs import Run
from models.wishes import LATE, Wish

log = logging.getLogger(__name__)


class Wishes:
    """Takes up wishes: each is taken by one worker, and a late one by none.

    A search is open until it has ended. Everything else has rows of its own that say how it goes,
    so its wish ends when it is taken.
    """

    def __init__(self, engine: Engine, housekeeping: Housekeeping) -> None:
        self.engine = engine
        self.housekeeping = housekeeping

    async def take_all(self) -> None:
        """Takes up what waits; nothing more once the program is stopping."""
        for wish in [] if self.engine.clock.stopping.is_set() else list(Wish.waiting()):
            if not self.engine.leads and _is_for_the_leader(wish):
                continue
            # Together: a run that is taken and belongs to nobody would count as left behind.
            with about(request=wish.request_id), database.atomic():
                self._take(wish)

    async def look(self) -> None:
        """Ends what was left by a worker that is dead, then takes up what waits."""
        for wish in Wish.going_on():
            if wish.taken_by != self.engine.replica:
                if is_free(Lock.REPLICA, wish.taken_by):
                    self._leave(wish)
            elif not self.engine.runs(_name(wish)):
                log.warning("wish %s was left open", wish.id)
                wish.end(self.engine.clock.now(), BROKEN)
        await self.take_all()

    def _take(self, wish: Wish) -> None:
        now = self.engine.clock.now()
        if not wish.take(self.engine.replica, now):
            return
        if wish.is_late(now):
            self._let_go(wish)
        elif wish.kind in by_hand.SEARCHES:
            self._search(wish)
        else:
            self._begin(wish)
            wish.end(now)

    def _let_go(self, wish: Wish) -> None:
        now = self.engine.clock.now()
        if wish.kind == "run" and (run := _active_run(wish)):
            run.finish("interrupted", now, LATE)
        elif wish.kind == "job" and (job_run := _active_job_run(wish)):
            self.housekeeping.finish(job_run, JobReport(LATE, "interrupted"))
        wish.end(now, LATE)

    def _begin(self, wish: Wish) -> None:
        """Begins it in a task of its own, unless it is gone or has ended meanwhile."""
        engine = self.engine
        if wish.kind == "judge":
            engine.spawn("judging", judge_all(engine))
        elif wish.kind == "sync" and (instance := Instance.get_or_none(id=wish.about)):
            engine.spawn(f"asked-sync-{instance.id}", sync(engine, instance))
        elif wish.kind == "prowlarr" and (row := Prowlarr.get_or_none(id=wish.about)):
            engine.spawn(f"prowlarr-{row.id}", read(engine, row, anew=True))
        elif wish.kind == "run" and (run := _active_run(wish)):
            run.change(owner=engine.replica)
            engine.spawn(f"run-{run.id}", carry_out(engine, run))
        elif wish.kind == "job" and (job_run := _active_job_run(wish)):
            self.housekeeping.carry_out(job_run)

    def _search(self, wish: Wish) -> None:
        item = Item.get_or_none(id=wish.about)
        if item is None:
            wish.end(self.engine.clock.now(), by_hand.STOPPED)
            return
        work = by_hand.search(self.engine, item, wish.asked_at, wish.kind)
        task = self.engine.spawn(_name(wish), work)
        task.add_done_callback(partial(self._searched, wish))

    def _leave(self, wish: Wish) -> None:
        is_search = wish.kind in by_hand.SEARCHES
        why = by_hand.why_ended(wish.about, wish.asked_at) if is_search else ""
        wish.end(self.engine.clock.now(), why)

    def _searched(self, wish: Wish, task: "asyncio.Task[str]") -> None:
        """Writes why nothing was sent; an error of the program leaves no search open."""
        now = self.engine.clock.now()
        if task.cancelled():
            self._leave(wish)
        elif task.exception():
            wish.end(now, BROKEN)
            by_hand.give_up(self.engine, wish.about, wish.asked_at)
        else:
            wish.end(now, task.result())


def _active_run(wish: Wish) -> Run | None:
    found: Run | None = Run.active().where(Run.id == wish.about).first()
    return found


def _active_job_run(wish: Wish) -> JobRun | None:
    found: JobRun | None = JobRun.active().where(JobRun.id == wish.about).first()
    return found


def _is_for_the_leader(wish: Wish) -> bool:
    """Housekeeping, and whatever is asked of the demo library, which lives in one process."""
    if wish.kind == "run":
        run = Run.get_or_none(id=wish.about)
        return run is not None and run.queue is not None and run.queue.demo
    if wish.kind in by_hand.SEARCHES:
        item = Item.get_or_none(id=wish.about)
        return item is not None and item.instance.demo
    if wish.kind == "sync":
        return Instance.select().where(Instance.id == wish.about, Instance.demo).exists()
    if wish.kind == "prowlarr":
        return Prowlarr.select().where(Prowlarr.id == wish.about, Prowlarr.demo).exists()
    return wish.kind == "job"


def _name(wish: Wish) -> str:
    return f"wish-{wish.id}"
