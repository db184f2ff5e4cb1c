"""Dry runs: what a run would have searched, kept apart from all that was searched."""

from collections.abc import Iterable

from peewee import ForeignKeyField, IntegerField, ModelSelect, TextField

from models.applications import application_named
from models.backlog import Item
from models.batches import Pick
from models.database.fields import NamedField, Table
from models.searches.runs import Run


class DrySearch(Table):
    """A search that a dry run would have sent.

    It is no `Search`, so that no budget, cooldown, yield or history of an item can count it.
    `items` is how many items it would have covered.
    """

    run = ForeignKeyField(Run, backref="dry_searches", on_delete="CASCADE")
    item = ForeignKeyField(Item, null=True, on_delete="SET NULL")
    instance_name = TextField()
    application = NamedField(application_named)
    title = TextField()
    link = TextField(null=True)
    want = TextField()
    items = IntegerField(default=1)
    cost = IntegerField(default=1)

    class Meta:
        table_name = "dry_searches"

    @classmethod
    def of(cls, run: Run) -> ModelSelect:
        """The searches of a run, in the order in which it would have sent them."""
        return cls.select().where(cls.run == run).order_by(cls.id)

    @classmethod
    def keep(cls, run: Run, picks: Iterable[Pick]) -> None:
        for pick in picks:
            first = pick.items[0]
            cls.create(
                run=run,
                item=first,
                instance_name=first.instance.name,
                application=first.instance.application,
                title=pick.label,
                link=first.link,
                want=first.want,
                items=len(pick.items),
                cost=pick.cost,
            )
