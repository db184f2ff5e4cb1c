"""Saved plans: which items, in what order, how many a run, and when."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from peewee import ForeignKeyField, IntegerField, ModelSelect, TextField, fn

from models.backlog import Tally
from models.database import database
from models.eligibility import Reason
from models.fields import Table, UtcField
from models.filters import Filters
from models.instances import WANTS, Instance
from models.users import User

STRATEGIES = {
    "missing": "What is missing",
    "cutoff": "What could be had in better quality",
    "recent": "What came out lately",
    "custom": "A choice of your own",
}
WANTS_OF = {"missing": ("missing",), "cutoff": ("upgrade",), "recent": WANTS}


class Queue(Table):
    """`next_run_at` is the only schedule there is; None until a person has said *start*."""

    owner = ForeignKeyField(User, backref="queues", on_delete="RESTRICT")
    name = TextField()
    key = TextField(unique=True)
    strategy = TextField()
    batch_size = IntegerField()
    # The word itself is SQL's, and would break the rebuilding of the table.
    order = TextField(default="least_recent", column_name="item_order")
    packs = TextField(default="never")
    recent_days = IntegerField(default=14)
    filters = TextField(default="{}")
    weight = IntegerField(default=1)
    every_minutes = IntegerField()
    created_at = UtcField()
    started_at = UtcField(null=True)
    paused_at = UtcField(null=True)
    next_run_at = UtcField(null=True, index=True)

    class Meta:
        table_name = "queues"

    @classmethod
    def due(cls, at: datetime) -> ModelSelect:
        return cls.running().where(cls.next_run_at <= at).order_by(cls.next_run_at)

    @classmethod
    def running(cls) -> ModelSelect:
        return cls.select().where(cls.paused_at.is_null(), cls.next_run_at.is_null(False))

    @classmethod
    def by_name(cls) -> ModelSelect:
        return cls.select().order_by(cls.key)

    @property
    def wants(self) -> tuple[str, ...]:
        own = tuple(want for want in WANTS if want in self.sieve.wants)
        return WANTS_OF.get(self.strategy, own)

    @property
    def sieve(self) -> Filters:
        """Only a custom queue has any."""
        return Filters.model_validate_json(self.filters)

    @property
    def strategy_words(self) -> str:
        return STRATEGIES[self.strategy]

    @property
    def instances(self) -> list[Instance]:
        links = QueueInstance
        return list(Instance.select().join(links).where(links.queue == self).order_by(Instance.key))

    @property
    def demo(self) -> bool:
        return any(instance.demo for instance in self.instances)

    @property
    def state(self) -> str:
        if self.paused_at:
            return "paused"
        return "scheduled" if self.next_run_at else "waiting"

    def serve(self, instances: Iterable[Instance | int]) -> None:
        """Replaces the instances that this queue searches on."""
        with database.atomic():
            QueueInstance.delete().where(QueueInstance.queue == self).execute()
            for instance in instances:
                QueueInstance.create(queue=self, instance=instance)

    def may_be_changed_by(self, user: User) -> bool:
        return user.is_admin or (user.may_change and user.id == self.owner_id)

    def start(self, at: datetime) -> None:
        """A person has seen the preview and agreed: the first run is due at `at`."""
        self.change(started_at=self.started_at or at, next_run_at=at, paused_at=None)

    def pause(self, at: datetime) -> None:
        self.change(paused_at=self.paused_at or at)

    def resume(self, at: datetime) -> None:
        """Moments that passed while it was paused are gone."""
        following = self.next_run_at
        if following and following <= at:
            following = self.following(at)
        self.change(paused_at=None, next_run_at=following)

    def reschedule(self, at: datetime) -> None:
        """After a change of `every_minutes`: never later than one period from `at`."""
        if self.next_run_at is not None:
            soonest = at + timedelta(minutes=self.every_minutes)
            self.change(next_run_at=min(self.next_run_at, soonest))

    def following(self, at: datetime) -> datetime:
        """The first moment after `at`, in step with the present schedule."""
        period = timedelta(minutes=max(self.every_minutes, 1))
        if self.next_run_at is None or self.next_run_at > at + period:
            return at + period
        missed = (at - self.next_run_at) // period
        return self.next_run_at + (missed + 1) * period

    def claim(self, at: datetime) -> bool:
        """Moves a due moment on; False when it was no longer there to be taken."""
        seen = self.next_run_at
        following = self.following(at)
        taken = (
            Queue.update(next_run_at=following)
            .where(Queue.id == self.id, Queue.next_run_at == seen, Queue.paused_at.is_null())
            .execute()
        )
        if taken:
            self.next_run_at = following
        return bool(taken)

    def try_again(self, at: datetime) -> None:
        """An earlier moment than the schedule's, after a run was held."""
        Queue.update(next_run_at=at).where(Queue.id == self.id, Queue.next_run_at > at).execute()

    def counts(self) -> dict[int, int]:
        """How many of the items that it serves there are for each reason."""
        rows = (
            Tally.select(Tally.reason, fn.SUM(Tally.items))
            .where(
                Tally.instance.in_([instance.id for instance in self.instances]),
                Tally.want.in_(self.wants),
                Tally.reason != Reason.LEFT,
            )
            .group_by(Tally.reason)
        )
        return dict(rows.tuples())

    def days_for(self, items: int) -> float:
        """How long it takes at the least until so many items have had their turn."""
        runs = -(-items // max(self.batch_size, 1))
        by_schedule = runs * self.every_minutes / (24 * 60)
        daily = sum(each.daily_budget for each in self.instances if not each.disabled_at)
        return max(by_schedule, items / daily if daily else 0)


class QueueInstance(Table):
    """Which instances a queue searches on."""

    queue = ForeignKeyField(Queue, backref="links", on_delete="CASCADE")
    instance = ForeignKeyField(Instance, backref="links", on_delete="CASCADE")

    class Meta:
        table_name = "queue_instances"
        indexes = ((("queue", "instance"), True),)
