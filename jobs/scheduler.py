"""Starts what is due: APScheduler wakes a tick, and the rows of the queues say when each is due."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from jobs import prowlarrs
from jobs.care import look_after
from jobs.engine import Engine
from jobs.housekeeping.beginning import Housekeeping
from jobs.notifications.delivery import look as look_for_news
from jobs.runs import carry_out
from jobs.runs.gating import is_still_held
from jobs.searches import recovery
from jobs.wishes import Wishes
from models.backlog.eligibility import Policy
from models.backlog.judging import next_waking, wake
from models.budgets.shares import STAGGER, in_turn, slots
from models.database import database
from models.hooks import Hook
from models.household import Household
from models.household.fixed import fixed
from models.instances import Instance, WantedList
from models.logs import LOG
from models.logs.about import belong_to
from models.queues import Queue, QueueInstance
from models.searches.runs import Run
from models.wishes import Wish

log = logging.getLogger(__name__)

LONGEST_WAIT = timedelta(seconds=15)
# The engine counts as dead when no tick came for so long.
LONGEST_SILENCE = 4 * LONGEST_WAIT
# A queue that is noticed later than this has missed its time: the machine slept, its clock
# jumped, or everything was on hold.
LATEST = timedelta(minutes=10)


class Scheduler:
    """Starts what is due; what changes a schedule notifies of it, for an early tick.

    `ticked_at` is when it last looked for what is due.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.housekeeping = Housekeeping(engine)
        self.wishes = Wishes(engine, self.housekeeping)
        self._clock = AsyncIOScheduler(timezone=UTC)
        self._has_just_started = False
        self._ticks = 0
        self._heard = count()
        self.ticked_at: datetime | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it ticks, and has not been told to stop."""
        if self.ticked_at is None or self.engine.clock.stopping.is_set():
            return False
        return self.engine.clock.now() - self.ticked_at < LONGEST_SILENCE

    @property
    def leads(self) -> bool:
        """Whether it does what only one of all replicas does."""
        return self.engine.leads

    def start(self) -> None:
        self.take_over()
        always = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        seconds = LONGEST_WAIT.total_seconds()
        self._clock.add_job(self.tick, "interval", seconds=seconds, id="tick", **always)
        self._clock.start()
        database.listen(self.hear)
        self.nudge()
        self.engine.spawn("watch", self._watch())

    async def _watch(self) -> None:
        """Nudges a clock that has stopped ticking.

        APScheduler waits for a time of day: if the machine's clock is set back by a year, that time
        is a year away.
        """
        seen = -1
        while await self.engine.clock.sleep(LONGEST_WAIT.total_seconds()):
            if seen == self._ticks:
                self.nudge()
            seen = self._ticks

    def take_over(self) -> None:
        """Takes over from the dead: their runs, their searches and the times missed since."""
        if self.engine.is_alone:
            QueueInstance.update(in_line=0).execute()
        self._has_just_started = self.engine.is_alone
        if self.engine.leads:
            self.lead()
        else:
            recovery.recover(self.engine)

    def lead(self) -> None:
        """Takes over what only one of all replicas does."""
        recovery.recover(self.engine)
        self.housekeeping.take_over()
        self._plan_anew(Queue.started())
        if fixed():
            # They may be others than before, and nobody saved them.
            Wish.ask("judge", 0, self.engine.clock.now())
        self.nudge()

    def pause(self) -> None:
        """Begins nothing any more, at once."""
        database.stop_listening(self.hear)
        if self._clock.running:
            self._clock.shutdown(wait=False)

    def begin_to_stop(self) -> None:
        """Keeps anything new from beginning; what is under way goes on until `stop`."""
        self.engine.clock.stopping.set()
        if self._clock.running:
            self._clock.pause()

    async def stop(self) -> None:
        """Waits for what is under way; runs that do not end in time are marked interrupted."""
        self.begin_to_stop()
        await self.engine.stop()
        self.engine.health.write()
        self.pause()
        at, replica = self.engine.clock.now(), self.engine.replica
        # On a full disk the next start ends them.
        database.if_writable(Run.interrupt_all, at=at, owner=replica)

    def nudge(self) -> None:
        self._wake_at(self.engine.clock.now())

    def hear(self, topic: str) -> None:
        """Acts at once on rows that were written elsewhere; what is not heard waits for the tick.

        A task of its own each time, as one of the same name would be left out.
        """
        belong_to()
        if topic == "wishes":
            self.engine.spawn(f"wishes-{next(self._heard)}", self.wishes.take_all())
        else:
            self.nudge()

    async def tick(self) -> None:
        """Begins due runs, looks after the instances, ends dead runs and wakes items.

        The tick itself only reads. Everything that writes is a task of its own, so that a failure
        of one leaves the others alone. Runs are begun by whichever replica is first; the rest is
        done by the one that leads.
        """
        belong_to()
        self._ticks += 1
        now, household = self.engine.clock.now(), Household.current()
        LOG.choose(household.log_level)
        self.ticked_at = now
        self.engine.spawn("tidying", self._tidy(now))
        self.engine.spawn("health", self._write_health())
        self.engine.spawn("wishes", self.wishes.look())
        self.engine.spawn("notifications", look_for_news(self.engine))
        if self.engine.leads:
            self.engine.spawn("housekeeping", self.housekeeping.look())
            self._plan_anew(Queue.ahead(now))
        if household.held_at is None:
            self._begin_all(now)
        self._has_just_started = False
        self._look_after_all(now)
        self._wake_at(_next_moment(now, household))

    def _look_after_all(self, now: datetime) -> None:
        left, again, hooks = recovery.left_on(), WantedList.due_again(now), Hook.by_instance()
        for instance in Instance.enabled():
            if not instance.fault and instance.id in left:
                recovery.adopt(self.engine, instance)
            if self.engine.leads:
                read_again, hook = instance.id in again, hooks.get(instance.id)
                look_after(self.engine, instance, now, read_again=read_again, hook=hook)
        if self.engine.leads:
            prowlarrs.look_after_all(self.engine)

    def _plan_anew(self, queues: Iterable[Queue]) -> None:
        for queue in queues:
            self.engine.spawn(f"plan-{queue.id}", self._see_to(queue))

    async def _see_to(self, queue: Queue) -> None:
        queue.plan_anew(self.engine.clock.now())

    def _begin_all(self, now: datetime) -> None:
        """Begins what is due now, and makes up for missed runs one by one.

        At a start every due run counts as missed, and waits a little: the instances may be starting
        as well.
        """
        on_time = now if self._has_just_started else now - LATEST
        free = slots(now + STAGGER if self._has_just_started else now)
        for queue in in_turn(Queue.due(now), now):
            missed = queue.due_at <= on_time
            if not self.engine.leads and (missed or queue.demo):
                continue
            work = self._make_up(queue, now, next(free)) if missed else self._begin_due(queue, now)
            self.engine.spawn(f"queue-{queue.id}", work)

    async def _make_up(self, queue: Queue, now: datetime, slot: datetime) -> None:
        queue.make_up(now, slot)
        if queue.retry_at is not None and queue.retry_at <= now:
            await self._begin_due(queue, now)

    async def _tidy(self, now: datetime) -> None:
        recovery.reap(self.engine)
        while self.engine.leads and wake(Policy.current(), now):
            await asyncio.sleep(0.001)

    async def _write_health(self) -> None:
        self.engine.health.write()

    async def _begin_due(self, queue: Queue, now: datetime) -> None:
        with database.atomic():
            run = (
                None if is_still_held(queue, now) else Run.claimed(queue, now, self.engine.replica)
            )
        if run:
            self.engine.spawn(f"run-{run.id}", carry_out(self.engine, run))

    def _wake_at(self, moment: datetime) -> None:
        """`moment` is of the engine's clock, which may be a server's: APScheduler goes by ours."""
        if self._clock.running:
            ours = datetime.now(UTC) + (moment - self.engine.clock.now())
            self._clock.modify_job("tick", next_run_time=ours)


def _next_moment(now: datetime, household: Household) -> datetime:
    """The moment of the next tick: the next queue due or item waking, at most 15 s away."""
    latest = now + LONGEST_WAIT
    due = None if household.held_at else Queue.next_due()
    moments = [latest, next_waking() or latest, due or latest]
    return max(min(moments), now + timedelta(milliseconds=250))
