"""Searches: single commands to an instance, from which history and budgets are read."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from peewee import (
    SQL,
    BigIntegerField,
    BooleanField,
    ForeignKeyField,
    IntegerField,
    ModelSelect,
    TextField,
    fn,
)

from models import happenings
from models.applications import application_named
from models.backlog import Item
from models.backlog.eligibility import is_at_best
from models.database import database
from models.database.fields import NamedField, Table, UtcField
from models.happenings import Details
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches.runs import Run

OUTCOMES = {
    "grabbed": "grabbed",
    "nothing": "nothing found",
    "no_indexer": "no indexer asked",
    "failed": "failed",
    "unknown": "unknown",
}
SEASON = "season"
LOOKING = "Looking"
# What came of a search that only looked, once the instance has answered.
LOOKED = "looked"
# A bound parameter would keep SQLite from using the partial indexes.
UNDONE = SQL("'sending'"), SQL("'sent'")
GRABBED = SQL("'grabbed'")


class Search(Table):
    """One command sent to an instance, and what came of it.

    `state` is sending (the command may or may not have left), sent or done.
    `began_at` is when the command began, in epoch ms of the *instance's* clock, as its history is.
    `queue_name`, `instance_name` and `application` are copies: history outlives its queue.
    `kind` is the kind of the item, or "season".
    `strategy` and `order` are the queue's; "" for a search by hand, None where they were not kept.
    `local_hour` is 0-23 in the household's zone; None where it was not kept.
    `age_days` is the time since the item aired or was released.
    `fate` is what became of the release, for a grabbed search.
    `owner` is the replica that sends it, or that took it over; see `Lock.REPLICA`.
    `counted_...` name the row of the yield that counts it; None for a search that never began.
    `at_best`: it was for the score of a file that was as good as any seen.
    `is_trial`: it only asked what would be found, so the yield does not count it. Its outcome is
    LOOKED; unknown, as for others, means that nobody saw its end.
    """

    run = ForeignKeyField(Run, backref="searches", null=True, on_delete="SET NULL")
    queue = ForeignKeyField(Queue, backref="searches", null=True, on_delete="SET NULL")
    instance = ForeignKeyField(Instance, backref="searches", null=True, on_delete="SET NULL")
    queue_name = TextField()
    instance_name = TextField()
    application = NamedField(application_named, constraints=[SQL("DEFAULT 'sonarr'")])
    demo = BooleanField()
    kind = TextField()
    want = TextField()
    title = TextField()
    link = TextField(null=True)
    cost = IntegerField(default=1)
    attempt = IntegerField()
    age_days = IntegerField(null=True)
    state = TextField(default="sending")
    outcome = TextField(null=True)
    message = TextField(default="")
    release = TextField(null=True)
    indexer = TextField(null=True)
    command_id = IntegerField(null=True)
    created_at = UtcField()
    sent_at = UtcField(null=True)
    began_at = BigIntegerField(null=True)
    finished_at = UtcField(null=True)
    strategy = TextField(null=True)
    order = TextField(null=True, column_name="item_order")
    local_hour = IntegerField(null=True)
    fate = TextField(null=True)
    fate_at = UtcField(null=True)
    counted_day = IntegerField(null=True)
    counted_queue = IntegerField(null=True)
    counted_instance = IntegerField(null=True)
    owner = IntegerField(null=True)
    is_trial = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
    at_best = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])

    # The id of an item that it was for, set by `models.searches.history.shown`.
    item_id: int | None = None

    class Meta:
        table_name = "searches"
        indexes = (
            (("instance", "created_at"), False),
            (("demo", "created_at"), False),
            (("queue", "created_at"), False),
            (("outcome", "created_at"), False),
            (("created_at",), False),
        )

    @classmethod
    def undone(cls) -> ModelSelect:
        return cls.select().where(cls.state.in_(UNDONE))

    @classmethod
    def undone_on(cls, instance: Instance | int) -> ModelSelect:
        return cls.undone().where(cls.instance == instance).order_by(cls.id)

    @classmethod
    def recent(cls) -> ModelSelect:
        return cls.select().order_by(cls.created_at.desc(), cls.id.desc())

    @classmethod
    def of_item(cls, item: Item) -> ModelSelect:
        """Searches for the item or its whole season, latest first."""
        return cls.recent().join(SearchItem).where(SearchItem.item == item)

    @classmethod
    def latest_on(cls, instance_id: int) -> "Search | None":
        """The last search that may have reached the instance."""
        sent = cls.select().where(cls.instance == instance_id, cls.cost > 0)
        return sent.order_by(cls.created_at.desc()).first()

    @classmethod
    def begin(
        cls,
        items: Sequence[Item],
        run: Run | None,
        at: datetime,
        cost: int,
        *,
        owner: int | None = None,
        is_trial: bool = False,
    ) -> "Search":
        """Writes the row before its command is sent. Call inside a durable transaction."""
        first = items[0]
        is_pack = len(items) > 1
        queue = run.queue if run else None
        search = cls.create(
            run=run,
            queue=run and run.queue_id,
            instance=first.instance,
            queue_name=run.queue_name if run else "",
            instance_name=first.instance.name,
            demo=first.instance.demo,
            application=first.instance.application,
            kind=SEASON if is_pack else first.kind.name,
            want=first.want,
            title=first.season_label if is_pack else first.label,
            link=first.link,
            cost=cost,
            attempt=max(item.attempts for item in items) + 1,
            age_days=(at - first.aired_at).days if first.aired_at else None,
            created_at=at,
            strategy=queue.strategy if queue else "",
            order=queue.order if queue else "",
            local_hour=Household.current().hour_of(at),
            owner=owner,
            is_trial=is_trial,
            at_best=is_at_best(first.want, first.gap),
        )
        for item in items:
            SearchItem.create(search=search, item=item)
        return search

    @property
    def arrived_by(self) -> datetime:
        """The latest moment at which the command reached the instance; tries may take a minute."""
        return self.sent_at or self.created_at

    @property
    def mark(self) -> str | None:
        """The word for its state that is not the state's own; None for most."""
        return LOOKING if self.is_trial and self.outcome is None else None

    @property
    def is_pack(self) -> bool:
        """Whether the search was for a whole season."""
        return bool(self.kind == SEASON)

    @property
    def items(self) -> list[Item]:
        links = SearchItem
        found = Item.select(Item, Instance).join(Instance).switch(Item).join(links)
        return list(found.where(links.search == self).order_by(Item.episode.asc(nulls="first")))

    def is_still_to_send(self) -> bool:
        """Whether nobody has sent it or taken it over; it stays so until the transaction ends."""
        waits = (Search.id == self.id) & (Search.state == "sending")
        mine = waits & (Search.owner == self.owner)
        return bool(Search.update(owner=self.owner).where(mine).execute())

    def take_over(self, owner: int) -> bool:
        """Makes it that replica's; False when it has ended. Call with its instance's turn."""
        undone = (Search.id == self.id) & Search.state.in_(UNDONE)
        self.owner = owner
        return bool(Search.update(owner=owner).where(undone).execute())

    def sent(self, command_id: int, began_at: int | None, at: datetime) -> None:
        with database.atomic():
            told = {"command_id": command_id, "began_at": began_at}
            if self.change(state="sent", sent_at=at, **told):
                self.tell("search-sent", at, {"want": self.want})

    def end(self, outcome: str, at: datetime, **told: str | int | None) -> None:
        """Writes the outcome; `told` are further columns. Call inside the caller's transaction."""
        if self.change(state="done", outcome=outcome, finished_at=at, **told):
            ended = {"want": self.want, "outcome": outcome, "release": self.release}
            self.tell("search-ended", at, ended)

    def tell(self, kind: str, at: datetime, details: Details) -> None:
        """Notes an event of this search. Call inside the transaction that writes the fact."""
        about = {"search": self.id, "instance": self.instance_id, "queue": self.queue_id}
        happenings.note(kind, at, {"title": self.title, **details}, **about)

    @classmethod
    def marks_of(cls, runs: Iterable[Run]) -> dict[int, list[str]]:
        """For each run id, the outcomes of its searches in order; for one without, its state."""
        found: dict[int, list[str]] = {}
        rows = (
            cls.select(cls.run, fn.COALESCE(cls.outcome, cls.state))
            .where(cls.run.in_([run.id for run in runs]))
            .order_by(cls.id)
        )
        for run_id, mark in rows.tuples():
            found.setdefault(run_id, []).append(mark)
        return found

    @classmethod
    def outcomes_since(cls, at: datetime, *, demo: bool) -> dict[str, int]:
        """How many searches had each outcome, "" for none yet; those that only looked are none."""
        rows = (
            cls.select(fn.COALESCE(cls.outcome, ""), fn.COUNT(cls.id))
            .where(cls.demo == demo, cls.created_at > at, ~cls.is_trial)
            .group_by(cls.outcome)
        )
        return dict(rows.tuples())


FOR_SCORES = Search.want == SQL("'score'")
PARTIAL_INDEXES = {
    "searches_undone": ((Search.state,), Search.state.in_(UNDONE)),
    "searches_by_fate": (
        (Search.outcome, Search.fate, Search.created_at),
        Search.outcome == GRABBED,
    ),
    "searches_for_scores": ((Search.instance, Search.created_at), FOR_SCORES),
}
for name, (columns, where) in PARTIAL_INDEXES.items():
    Search.add_index(Search.index(*columns, name=name, where=where))
# The last word on what the turns of the instances see to.
Search.add_index(
    Search.index(
        Search.instance,
        name="searches_one_undone",
        unique=True,
        where=Search.state.in_(UNDONE),
    )
)


class SearchItem(Table):
    """An item that a search was for; a search for a season has several."""

    search = ForeignKeyField(Search, backref="links", on_delete="CASCADE")
    item = ForeignKeyField(Item, backref="links", on_delete="CASCADE")

    class Meta:
        table_name = "search_items"
        indexes = ((("search", "item"), True),)
