"""Trials: what the indexers of an instance had for an item when a person asked, and nothing more.

A trial is a search that only looks: its `Search` counts in the budgets and begins a cooldown.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField

from models.backlog import Item
from models.database.fields import Table, UtcField, chunks
from models.searches import Search, SearchItem

# Releases change by the minute; after some hours a list of them says nothing about now.
KEPT = timedelta(hours=6)
# The states of an offer: taken when searched, rejected for some time, rejected.
APPROVED, LATER, REJECTED = "approved", "later", "rejected"
CHUNK = 50


class Offered(NamedTuple):
    """One release that an instance was offered, in its own words.

    `size` is in bytes; `score` is the sum of its custom formats.
    `state` is approved, later (rejected for some time) or rejected.
    `is_taken`: whether a search would probably take this one.
    `rejections` has a reason on each line.
    """

    release: str
    quality: str
    formats: str
    score: int | None
    size: int | None
    age_minutes: int | None
    indexer: str
    seeders: int | None
    state: str
    is_taken: bool
    rejections: str


class Trial(Table):
    """One answer, for all items of its search; `item` is the first of them.

    `total` and `approved` count all its releases, also those that are not kept.
    """

    item = ForeignKeyField(Item, backref="trials", on_delete="CASCADE")
    search = ForeignKeyField(Search, backref="trials", on_delete="CASCADE")
    at = UtcField(index=True)
    total = IntegerField(default=0)
    approved = IntegerField(default=0)

    class Meta:
        table_name = "trials"

    @classmethod
    def keep(
        cls, search: Search, item: Item, at: datetime, offers: Iterable[Offered], counts: "Counts"
    ) -> None:
        """Keeps the answer in place of earlier ones. Call inside a transaction."""
        cls.delete().where(cls.item == item).execute()
        trial = cls.create(search=search, item=item, at=at, **counts._asdict())
        rows = [
            {"trial": trial.id, "place": place, **offer._asdict()}
            for place, offer in enumerate(offers, start=1)
        ]
        for some in chunks(rows, CHUNK):
            Offer.insert_many(some).execute()

    @classmethod
    def of(cls, item: Item, at: datetime) -> "Trial | None":
        """The answer that is kept for the item or its season, unless it is too old by now."""
        mine = cls.select(cls, Search).join(Search).join(SearchItem)
        mine = mine.where(SearchItem.item == item, cls.at > at - KEPT)
        found: Trial | None = mine.order_by(cls.id.desc()).first()
        return found

    @classmethod
    def sweep(cls, at: datetime) -> int:
        """Deletes answers that are too old; returns how many."""
        return cls.delete().where(cls.at < at - KEPT).execute()

    @property
    def shown(self) -> "list[Offer]":
        """The kept releases, in the application's order."""
        return list(Offer.select().where(Offer.trial == self).order_by(Offer.place))


class Counts(NamedTuple):
    """How many releases an answer had, and how many of them the application would take."""

    total: int
    approved: int


class Offer(Table):
    """One release of a trial; the columns are those of `Offered`."""

    trial = ForeignKeyField(Trial, backref="offers", on_delete="CASCADE")
    place = IntegerField()
    release = TextField()
    quality = TextField(default="")
    formats = TextField(default="")
    score = IntegerField(null=True)
    size = BigIntegerField(null=True)
    age_minutes = IntegerField(null=True)
    indexer = TextField(default="")
    seeders = IntegerField(null=True)
    state = TextField()
    is_taken = BooleanField(default=False)
    rejections = TextField(default="")

    class Meta:
        table_name = "offers"
