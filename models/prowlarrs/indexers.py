"""Indexers of Prowlarr, and which of an instance's indexers each of them is."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from peewee import SQL, BooleanField, ForeignKeyField, IntegerField, ModelSelect, TextField

from models.database import database
from models.database.fields import Table, UtcField
from models.instances import Instance
from models.prowlarrs import Prowlarr

# Prowlarr names its indexers so in the applications.
SUFFIX = " (prowlarr)"


class LimitedIndexer(NamedTuple):
    """An indexer as its Prowlarr lists it; the fields are columns of `ProwlarrIndexer`."""

    number: int
    name: str
    is_enabled: bool
    query_limit: int | None
    grab_limit: int | None
    is_hourly: bool


class ToldIndexer(Protocol):
    """An indexer as an instance lists it."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def automatic(self) -> bool: ...
    @property
    def place(self) -> str | None: ...
    @property
    def number(self) -> int | None: ...


class ProwlarrIndexer(Table):
    """An indexer of a Prowlarr.

    `number` is its id there.
    `query_limit` and `grab_limit` are of a rolling day, or hour with `is_hourly`; None for none.
    `blocked_until` is until when Prowlarr leaves it alone, by our clock.
    `silent_since` is since when it gives nothing, though it used to; `silent_searches` how often.
    """

    prowlarr = ForeignKeyField(Prowlarr, backref="indexers", on_delete="CASCADE", index=False)
    number = IntegerField()
    name = TextField()
    is_enabled = BooleanField()
    query_limit = IntegerField(null=True)
    grab_limit = IntegerField(null=True)
    is_hourly = BooleanField(default=False)
    blocked_until = UtcField(null=True)
    silent_since = UtcField(null=True)
    silent_searches = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])

    class Meta:
        table_name = "indexers"
        indexes = ((("prowlarr", "number"), True),)

    @classmethod
    def keep(cls, prowlarr: Prowlarr, listed: Iterable[LimitedIndexer]) -> None:
        """Writes the indexers of a Prowlarr, and deletes those that it no longer has."""
        with database.atomic():
            there = {row.number: row for row in cls.select().where(cls.prowlarr == prowlarr)}
            for each in listed:
                told, row = each._asdict(), there.pop(each.number, None)
                if row is None:
                    cls.create(prowlarr=prowlarr, **told)
                elif any(getattr(row, name) != value for name, value in told.items()):
                    row.change(**told)
            for gone in there.values():
                gone.delete_instance()

    @classmethod
    def keep_blocks(cls, prowlarr: Prowlarr, blocks: Mapping[int, datetime]) -> None:
        """Writes until when indexers are left alone, by their numbers."""
        for row in cls.select().where(cls.prowlarr == prowlarr):
            if row.blocked_until != blocks.get(row.number):
                row.change(blocked_until=blocks.get(row.number))

    @classmethod
    def numbers(cls, prowlarr: Prowlarr) -> dict[int, int]:
        """The ids of the rows by their numbers at the Prowlarr."""
        its = cls.select(cls.number, cls.id).where(cls.prowlarr == prowlarr)
        return dict(its.tuples())

    @classmethod
    def silent(cls, at: datetime) -> "list[ProwlarrIndexer]":
        """The indexers that have gone silent, without those that rest now."""
        rows = cls.with_prowlarrs().where(cls.silent_since.is_null(False))
        return [each for each in rows.order_by(cls.id) if not each.rests(at)]

    @classmethod
    def with_prowlarrs(cls) -> ModelSelect:
        return cls.select(cls, Prowlarr).join(Prowlarr)

    def rests(self, at: datetime) -> bool:
        """Whether nobody asks it now: it is off, or Prowlarr leaves it alone."""
        return not self.is_enabled or (self.blocked_until is not None and self.blocked_until > at)


class IndexerLink(Table):
    """An indexer of an instance.

    `automatic` says whether searches by command ask it.
    `place` and `number` are the host and port of a Prowlarr as the instance sees it, and the id of
    the indexer there; None for a direct one.
    """

    instance = ForeignKeyField(Instance, backref="indexers", on_delete="CASCADE", index=False)
    arr_id = IntegerField()
    name = TextField()
    automatic = BooleanField()
    place = TextField(null=True)
    number = IntegerField(null=True)

    class Meta:
        table_name = "indexer_links"
        indexes = ((("instance", "arr_id"), True),)

    @classmethod
    def keep(cls, instance: Instance, told: Iterable[ToldIndexer]) -> None:
        """Writes what the instance said of its indexers, where that differs from before."""
        rows = {
            each.id: (each.name, bool(each.automatic), each.place, each.number) for each in told
        }
        before = {
            row.arr_id: (row.name, bool(row.automatic), row.place, row.number)
            for row in cls.select().where(cls.instance == instance)
        }
        if rows == before:
            return
        with database.atomic():
            cls.delete().where(cls.instance == instance).execute()
            for arr_id, (name, automatic, place, number) in sorted(rows.items()):
                told_of = {"name": name, "automatic": automatic, "place": place, "number": number}
                cls.create(instance=instance, arr_id=arr_id, **told_of)

    @classmethod
    def matches(cls) -> "Matches":
        """Which of all links is which of all indexers."""
        return Matches.of(ProwlarrIndexer.with_prowlarrs().order_by(ProwlarrIndexer.id))

    @classmethod
    def all_of(cls) -> ModelSelect:
        return cls.select(cls, Instance).join(Instance).order_by(Instance.key, cls.name)


class Matches(NamedTuple):
    """Which indexer of an instance is which of a Prowlarr.

    `links` are an instance's indexers by the id of the indexer that they are.
    `direct` are those that no Prowlarr knows, so that their limits are unknown.
    """

    links: dict[int, list[IndexerLink]]
    direct: list[IndexerLink]

    @classmethod
    def of(cls, indexers: Iterable[ProwlarrIndexer]) -> "Matches":
        """Each link goes to one indexer: first by address, then by name.

        An instance may reach a Prowlarr at another address than we do, so the name decides, too.
        """
        known = list(indexers)
        found = cls({each.id: [] for each in known}, [])
        for link in IndexerLink.all_of():
            alike = [each for each in known if each.number == link.number] if link.number else []
            alike = [each for each in alike if each.prowlarr.demo == link.instance.demo]
            named = [each for each in alike if _plain(link.name) == each.name.casefold()]
            there = [each for each in alike if _place(each.prowlarr.url) == link.place]
            if best := (there or named):
                found.links[best[0].id].append(link)
            else:
                found.direct.append(link)
        return found


def _plain(name: str) -> str:
    return name.casefold().removesuffix(SUFFIX)


def _place(url: str) -> str:
    return urlsplit(url).netloc.casefold()
