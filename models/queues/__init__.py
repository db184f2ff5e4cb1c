"""Queues: saved plans of which items to search, in what order, how many a run, and when."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain, count
from typing import Any

from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, ModelSelect, TextField, fn

from models.applications import LISTS, WANTS
from models.backlog import Tally
from models.backlog.eligibility import Reason
from models.database import database
from models.database.fields import Table, UtcField
from models.instances import Instance
from models.people import User
from models.people.names import key_of
from models.queues.filters import Filters
from models.queues.moments import AGREED_AHEAD, BELIEVED, Obstacle, Timed
from models.queues.strategies import STRATEGIES

MOVIE_RELEASES = {
    "usual": "At its digital or physical release; without either, 90 days after cinemas",
    "available": "As soon as Radarr calls it available",
    "home": "Digital or physical release only",
}
WANTS_OF = {
    "missing": ("missing",),
    "cutoff": ("upgrade",),
    "score": ("score",),
    "recent": LISTS,
}

NO_INSTANCE = Obstacle("Its instance was deleted.", "Choose another")


class Queue(Timed, Table):
    """A saved plan of searches.

    `schedule_json` and `filters_json` are a `Schedule` and `Filters` as JSON.
    `key` is the name for comparing.
    `weight` is its part of a budget, against those of other queues.
    `with_scores`: one of upgrades takes what is wanted for its score, too.
    `is_dry`: its runs decide and count everything, and send nothing.
    """

    owner = ForeignKeyField(User, backref="queues", on_delete="RESTRICT")
    name = TextField()
    key = TextField(unique=True)
    strategy = TextField()
    batch_size = IntegerField()
    # "order" itself is a word of SQL and would break rebuilding the table.
    order = TextField(default="least_recent", column_name="item_order")
    packs = TextField(default="never")
    recent_days = IntegerField(default=14)
    movie_release = TextField(default="usual")
    filters_json = TextField(default="{}", column_name="filters")
    weight = IntegerField(default=1)
    with_scores = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
    is_dry = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
    created_at = UtcField()
    started_at = UtcField(null=True)
    paused_at = UtcField(null=True)
    next_run_at = UtcField(null=True, index=True)
    schedule_json = TextField(column_name="schedule")
    last_moment_at = UtcField(null=True)
    retry_at = UtcField(null=True)

    # Its instances, once `give_instances` has read them.
    given: list[Instance] | None = None

    class Meta:
        table_name = "queues"

    @classmethod
    def due(cls, at: datetime) -> ModelSelect:
        """Queues that are due, by their schedule or for a retry."""
        return cls.running().where((cls.next_run_at <= at) | (cls.retry_at <= at))

    @classmethod
    def running(cls) -> ModelSelect:
        """Queues that will run by themselves: not those whose instances are all deleted."""
        timed = cls.next_run_at.is_null(False) | cls.retry_at.is_null(False)
        somewhere = fn.EXISTS(QueueInstance.select(SQL("1")).where(QueueInstance.queue == cls.id))
        return cls.select().where(cls.paused_at.is_null(), timed, somewhere)

    @classmethod
    def started(cls) -> ModelSelect:
        return cls.select().where(cls.started_at.is_null(False))

    @classmethod
    def ahead(cls, at: datetime) -> ModelSelect:
        """Queues whose last moment is more than a day ahead, as the clock was set back since."""
        never = cls.last_moment_at.is_null() & (cls.started_at > at + AGREED_AHEAD)
        return cls.select().where((cls.last_moment_at > at + BELIEVED) | never)

    @classmethod
    def next_due(cls) -> datetime | None:
        """When the next queue runs."""
        (moments,) = cls.running().select(fn.MIN(cls.next_run_at), fn.MIN(cls.retry_at)).tuples()
        return min((moment for moment in moments if moment), default=None)

    @classmethod
    def by_name(cls) -> ModelSelect:
        return cls.select().order_by(cls.key)

    @classmethod
    def free_name(cls, label: str) -> str:
        """The first free name of "Missing", "Missing 2" and so on."""
        taken = {queue.key for queue in cls.select(cls.key)}
        names = chain([label], (f"{label} {number}" for number in count(2)))
        return next(name for name in names if key_of(name) not in taken)

    @property
    def state(self) -> str:
        """Stuck, too, while all its instances are deleted."""
        found = super().state
        return "stuck" if found == "scheduled" and self.nowhere else found

    @property
    def obstacle(self) -> Obstacle | None:
        return (self.nowhere if self.started_at else None) or super().obstacle

    @property
    def nowhere(self) -> Obstacle | None:
        """What to say of a queue whose instances are all deleted, started or not."""
        return None if self.instances else NO_INSTANCE

    @property
    def wants(self) -> tuple[str, ...]:
        if self.strategy == "cutoff" and self.with_scores:
            return ("upgrade", "score")
        own = tuple(want for want in WANTS if want in self.filters.wants)
        return WANTS_OF.get(self.strategy, own)

    @property
    def filters(self) -> Filters:
        """The filters; only a custom queue has any."""
        return Filters.model_validate_json(self.filters_json)

    @property
    def is_early(self) -> bool:
        """Whether it takes movies that are available before they are released."""
        return bool(self.movie_release == "available")

    def is_early_on(self, instance: Instance) -> bool:
        return self.is_early and instance.application.kind.released_at_home

    def waits_for_home_on(self, instance: Instance) -> bool:
        """Whether it takes only movies with a digital or physical release, on this instance."""
        waits = self.movie_release == "home"
        return bool(waits and instance.application.kind.released_at_home)

    @property
    def strategy_words(self) -> str:
        return STRATEGIES[self.strategy]

    @property
    def instances(self) -> list[Instance]:
        """The instances that it searches on, by name."""
        if self.given is not None:
            return self.given
        links = QueueInstance
        return list(Instance.select().join(links).where(links.queue == self).order_by(Instance.key))

    @classmethod
    def give_instances(cls, queues: Iterable["Queue"], instances: Iterable[Instance]) -> None:
        """Reads the instances of many queues at once; `instances` are all that there are."""
        queues = [each for each in queues if each.given is None]
        if not queues:
            return
        links = QueueInstance.select(QueueInstance.queue, QueueInstance.instance)
        pairs = set(links.where(QueueInstance.queue.in_(queues)).tuples())
        by_name = sorted(instances, key=lambda each: each.key)
        for queue in queues:
            queue.given = [each for each in by_name if (queue.id, each.id) in pairs]

    @property
    def demo(self) -> bool:
        return any(instance.demo for instance in self.instances)

    @property
    def runs_no_more(self) -> bool:
        """Whether it was started and is not paused, but can have no run any more."""
        return self.paused_at is None and self.obstacle is not None

    def serve(self, instances: Iterable[Instance | int]) -> None:
        """Replaces the instances that this queue searches on."""
        self.given = None
        with database.atomic():
            QueueInstance.delete().where(QueueInstance.queue == self).execute()
            for instance in instances:
                QueueInstance.create(queue=self, instance=instance)

    def alter(
        self, at: datetime, columns: Mapping[str, Any], instances: Iterable[int] | None = None
    ) -> None:
        """Changes columns and, where given, instances (ids), and plans the next run anew if needed.

        What would have run while all its instances were deleted is not made up for.
        """
        before, nowhere = self.schedule, self.nowhere
        self.change(**columns)
        if instances is not None:
            self.serve(instances)
        if nowhere or self.schedule != before:
            self.reschedule(at)

    def may_be_changed_by(self, user: User) -> bool:
        return user.is_admin or (user.may_change and user.id == self.owner_id)

    def counts(self) -> dict[int, int]:
        """How many items of its instances and wants there are for each reason."""
        return self._counts(each.id for each in self.instances)

    def waiting(self, held: Iterable[int]) -> int:
        """How many eligible items there are on the queue's instances that are `held` (ids)."""
        mine = {instance.id for instance in self.instances}
        return self._counts(mine & set(held)).get(Reason.ELIGIBLE, 0)

    def _counts(self, instances: Iterable[int]) -> dict[int, int]:
        rows = (
            Tally.select(Tally.reason, fn.SUM(Tally.items))
            .where(
                Tally.instance.in_(list(instances)),
                Tally.want.in_(self.wants),
                Tally.reason != Reason.LEFT,
            )
            .group_by(Tally.reason)
        )
        return dict(rows.tuples())


class QueueInstance(Table):
    """An instance that a queue searches on.

    `in_line` is the cost of searches there that wait for a budget; the queue keeps its place in the
    line for that budget until its next run.
    """

    queue = ForeignKeyField(Queue, backref="links", on_delete="CASCADE")
    instance = ForeignKeyField(Instance, backref="links", on_delete="CASCADE")
    in_line = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])

    class Meta:
        table_name = "queue_instances"
        indexes = ((("queue", "instance"), True),)
