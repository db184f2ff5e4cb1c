"""Runs of queues: each queue has at most one active run."""

from collections.abc import Iterable
from datetime import datetime

from peewee import (
    SQL,
    BooleanField,
    ForeignKeyField,
    IntegerField,
    IntegrityError,
    ModelSelect,
    TextField,
)

from models import happenings
from models.database import database
from models.database.fields import Table, UtcField, to_ms
from models.people import User
from models.queues import Queue
from models.searches.holds import LONGEST, Hold, with_hold
from models.wishes import Wish

ACTIVE = "active"
# The run that a person agreed to when the queue was started.
FIRST = "first"
SCHEDULE = "schedule"
AGAIN = "again"
STOPPED = "The program stopped while this run was going on."


class Run(Table):
    """One execution of a queue.

    `trigger` is person, first, schedule, or again for one that goes on where a held one ended.
    `note` is one sentence: why it was held, or why there was nothing to do.
    `left_out` has one line for each item that was chosen but not searched, with the reason.
    `step` is what it is doing now, for the pages.
    `planned` is how many searches were chosen.
    `held_since` is when it was held; later attempts that send nothing leave it as it is.
    `holds_json` are the times it was held, also those that are over; see `models.searches.holds`.
    `is_dry`: it sends nothing; what it would have searched are `DrySearch` rows.
    `owner` is the replica that carries it out; see `Lock.REPLICA`.
    """

    queue = ForeignKeyField(Queue, backref="runs", null=True, on_delete="SET NULL")
    queue_name = TextField()
    trigger = TextField()
    started_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
    ignores_cooldown = BooleanField(default=False)
    is_dry = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
    state = TextField(default=ACTIVE)
    step = TextField(default="")
    note = TextField(default="")
    left_out = TextField(default="", constraints=[SQL("DEFAULT ''")])
    planned = IntegerField(default=0)
    started_at = UtcField(index=True)
    next_search_at = UtcField(null=True)
    finished_at = UtcField(null=True)
    held_since = UtcField(null=True)
    holds_json = TextField(default="[]", column_name="holds", constraints=[SQL("DEFAULT '[]'")])
    stop_asked_at = UtcField(null=True)
    started_by_name = TextField(default="")
    owner = IntegerField(null=True)

    class Meta:
        table_name = "runs"

    @classmethod
    def start(
        cls,
        queue: Queue,
        at: datetime,
        *,
        trigger: str,
        by: User | None = None,
        ignores_cooldown: bool = False,
        owner: int | None = None,
    ) -> "Run | None":
        """Writes a new active run; None when the queue has one already."""
        try:
            # Its own savepoint: a refusal may end the transaction around it.
            with database.atomic():
                run = cls.create(
                    queue=queue,
                    queue_name=queue.name,
                    trigger=trigger,
                    started_by=by,
                    started_by_name=by.name if by else "",
                    ignores_cooldown=ignores_cooldown,
                    is_dry=queue.is_dry,
                    started_at=at,
                    owner=owner,
                )
                told = {"run": run.id, "trigger": trigger}
                happenings.note("run-began", at, told, queue=queue.id, person=by)
        except IntegrityError:
            return None
        return run

    @classmethod
    def ask(
        cls, queue: Queue, at: datetime, *, by: User | None = None, ignores_cooldown: bool = False
    ) -> "Run | None":
        """The active run that a person wants now, which a worker carries out; None as `start`."""
        with database.atomic():
            run = cls.start(queue, at, trigger="person", by=by, ignores_cooldown=ignores_cooldown)
            if run:
                queue.claim(at)
                Wish.ask("run", run.id, at)
        return run

    @classmethod
    def claimed(cls, queue: Queue, at: datetime, owner: int | None = None) -> "Run | None":
        """The due run, by schedule or as agreed; only one caller gets it, the others get None.

        A retry goes on with the run that was held, so that one moment of the schedule has one run.
        Call inside a transaction.
        """
        first, held = queue.awaits_first, cls._held_before(queue, at)
        if not queue.claim(at):
            return None
        if held and held._may_go_on(queue):
            return held._go_on(owner)
        trigger = FIRST if first else AGAIN if held else SCHEDULE
        return cls.start(queue, at, trigger=trigger, owner=owner)

    @classmethod
    def _held_before(cls, queue: Queue, at: datetime) -> "Run | None":
        """The held run that a retry at that moment is for; None at a moment of the schedule."""
        last: Run | None = cls.recent().where(cls.queue == queue).first()
        is_moment = queue.next_run_at is not None and queue.next_run_at <= at
        return last if last is not None and last.state == "held" and not is_moment else None

    def _may_go_on(self, queue: Queue) -> bool:
        """Whether the run itself goes on; one that a person began is left as it ended."""
        made_up = queue.last_moment_at is not None and self.started_at < queue.last_moment_at
        return self.trigger != "person" and not made_up and self.is_dry == queue.is_dry

    @classmethod
    def active(cls) -> ModelSelect:
        # A bound parameter would keep SQLite from using the partial index.
        return cls.select().where(cls.state == SQL("'active'"))

    @classmethod
    def stop_for_pause(cls, queue: Queue, at: datetime) -> bool:
        """Asks the active run to stop after the search in flight; False when there is none."""
        under_way = cls.active().where(cls.queue == queue).first()
        if under_way:
            under_way.ask_to_stop(at)
        return under_way is not None

    @classmethod
    def recent(cls) -> ModelSelect:
        return cls.select().order_by(cls.started_at.desc(), cls.id.desc())

    @classmethod
    def interrupt_all(cls, at: datetime, owner: int) -> int:
        """Ends the runs that this replica has not ended; returns how many."""
        left = list(cls.active().where(cls.owner == owner))
        return sum(run.interrupt(at, STOPPED) for run in left)

    @classmethod
    def latest_of(cls, queues: Iterable[Queue]) -> ModelSelect:
        """The last run of each queue, read from the index once for each queue."""
        newest = cls.select(cls.id).where(cls.queue == Queue.id).order_by(cls.id.desc()).limit(1)
        return cls.select().where(cls.id.in_(Queue.select(newest).where(Queue.id.in_(queues))))

    @property
    def is_active(self) -> bool:
        return self.state == ACTIVE

    def may_be_cancelled_by(self, user: User) -> bool:
        return self.is_active and self.queue is not None and self.queue.may_be_changed_by(user)

    @property
    def how(self) -> str:
        """What began the run, in words."""
        if self.trigger == "person":
            return f"by {self.started_by_name}" if self.started_by_name else "by hand"
        told = {FIRST: "first run", AGAIN: "after the held run"}
        return told.get(self.trigger, "on schedule")

    def tell(self, step: str) -> None:
        """Writes what the run is doing, for the pages that watch it."""
        self.change(step=step, next_search_at=None)

    def leave_out(self, line: str) -> None:
        self.change(left_out=f"{self.left_out}{' '.join(line.split())}\n")

    def wait(self, until: datetime) -> None:
        self.change(step="", next_search_at=until)

    def finish(self, state: str, at: datetime, note: str = "", gates: str = "") -> None:
        """Ends it with a note; that it is held is an event once, however often it is tried.

        `gates` are those that were closed, as code:instance.
        """
        is_held = state == "held"
        goes_on = is_held and self.held_since is not None and not self._sent_since(self.held_since)
        since = self.held_since if goes_on else at if is_held else None
        told = {"run": self.id, "note": note} | ({} if is_held else {"state": state})
        told |= {"gates": gates} if gates else {}
        ended = {"state": state, "finished_at": at, "note": note, "held_since": since}
        if is_held:
            now_held = Hold(since=to_ms(at), gates=gates, sentence=note[:LONGEST])
            ended["holds_json"] = with_hold(self.holds_json, now_held, goes_on=goes_on)
        with database.atomic():
            if self.change(**ended, step="", next_search_at=None) and not goes_on:
                kind = "run-held" if is_held else "run-ended"
                happenings.note(kind, at, told, queue=self.queue_id)

    def _sent_since(self, moment: datetime) -> bool:
        return any(search.created_at >= moment for search in self.searches)

    def _go_on(self, owner: int | None) -> "Run | None":
        """Makes a held run active again; None when another one of the queue is."""
        held = (Run.id == self.id) & (Run.state == "held")
        again = {"state": ACTIVE, "owner": owner, "finished_at": None, "stop_asked_at": None}
        try:
            with database.atomic():
                if not Run.update(again).where(held).execute():
                    return None
        except IntegrityError:
            return None
        return Run.get_by_id(self.id)

    def interrupt(self, at: datetime, note: str) -> bool:
        """False if another replica has ended it, or has taken it up, meanwhile."""
        unowned = Run.owner.is_null()
        with database.atomic():
            going = (Run.id == self.id) & (Run.state == ACTIVE)
            going &= unowned if self.owner is None else Run.owner == self.owner
            if not Run.update(step="").where(going).execute():
                return False
            self.finish("interrupted", at, note)
        return True

    def ask_to_stop(self, at: datetime) -> None:
        self.change(stop_asked_at=self.stop_asked_at or at)

    def asked_to_stop(self) -> bool:
        """Whether the row in the database says so now."""
        found = Run.select(Run.id).where(Run.id == self.id, Run.stop_asked_at.is_null(False))
        return found.exists()


# Runs that were held, or chose nothing to search; in words that SQLite finds the index by.
Run.IDLE = (Run.planned == SQL("0")) | (Run.state == SQL("'held'"))
Run.add_index(Run.index(Run.started_at, name="runs_idle", where=Run.IDLE))
Run.add_index(
    Run.index(Run.queue, name="runs_one_active", unique=True, where=Run.state == SQL("'active'"))
)
