"""Exclusions: a person decides never to search something, or not before a date."""

from collections.abc import Iterable
from datetime import datetime

from peewee import (
    JOIN,
    SQL,
    Expression,
    ForeignKeyField,
    IntegerField,
    ModelSelect,
    TextField,
)

from models.applications import Kind
from models.backlog import Item
from models.backlog.eligibility import FOREVER, Policy
from models.backlog.judging import rejudge
from models.database import database
from models.database.fields import Table, UtcField, ms_or_none, to_ms
from models.instances import Instance
from models.people import User


class Exclusion(Table):
    """A decision not to search an item, a season or a series.

    `kind` is item, season or series; series stands for any group of items.
    `arr_id` and `season` are the instance's numbers.
    `until` is None for a decision for ever.
    `decided_by` is the person's name, which stays when the person is deleted.
    `replaced_json` is the exclusion that this one replaced, for an undo; "" without one.
    """

    instance = ForeignKeyField(Instance, backref="exclusions", on_delete="CASCADE")
    user = ForeignKeyField(User, null=True, on_delete="SET NULL")
    kind = TextField()
    arr_id = IntegerField()
    season = IntegerField(null=True)
    title = TextField()
    note = TextField(default="")
    created_at = UtcField()
    until = UtcField(null=True)
    decided_by = TextField(default="")
    replaced_json = TextField(default="", column_name="replaced", constraints=[SQL("DEFAULT ''")])

    class Meta:
        table_name = "exclusions"

    @classmethod
    def decide(
        cls, item: Item, kind: str, *, until: datetime | None, user: User, at: datetime
    ) -> "Exclusion":
        """Excludes the item, its season or its series from now on; replaces an earlier decision."""
        with database.atomic():
            cls.delete().where(cls._about(item, kind)).execute()
            made = cls.of(item, kind)
            made.user, made.decided_by = user, user.name
            made.created_at, made.until = at, until
            made.save()
            apply(made.covered(), item.instance_id, at)
        return made

    @classmethod
    def of(cls, item: Item, kind: str) -> "Exclusion":
        """An exclusion that is not saved."""
        return cls(
            instance=item.instance_id,
            kind=kind,
            arr_id=item.series_id if kind in ("season", "series") else item.arr_id,
            season=item.season if kind == "season" else None,
            title=_title(item, kind),
        )

    @classmethod
    def in_force(cls, at: datetime) -> ModelSelect:
        return cls.select().where(cls.until.is_null() | (cls.until > at))

    @classmethod
    def made(cls, user: User, at: datetime) -> ModelSelect:
        """The items that the user excluded at exactly this moment: all that were marked."""
        mine = (cls.user == user) & (cls.kind == "item")
        return cls.select().where(mine, cls.created_at == at)

    @classmethod
    def sweep(cls, at: datetime) -> int:
        """Deletes exclusions that have ended; their items have been judged without them already."""
        return cls.delete().where(cls.until <= at).execute()

    @classmethod
    def earlier(cls, item: Item, kind: str, at: datetime) -> "Exclusion | None":
        """The exclusion in force that a new one of this kind would replace."""
        return cls.in_force(at).where(cls._about(item, kind)).first()

    @classmethod
    def upon(cls, items: Iterable[Item], at: datetime) -> "dict[int, list[Exclusion]]":
        """For each item id, the exclusions in force that cover it, the one that ends last first."""
        wanted = list(items)
        if not wanted:
            return {}
        ids = {item.arr_id for item in wanted} | {item.series_id for item in wanted}
        rows = (
            cls.in_force(at)
            .select(cls, User)
            .join(User, JOIN.LEFT_OUTER)
            .where(
                cls.instance.in_({item.instance_id for item in wanted}),
                cls.arr_id.in_(ids - {None}),
            )
        )
        latest = sorted(rows, key=lambda row: row.ends, reverse=True)
        return {item.id: [row for row in latest if row.covers(item)] for item in wanted}

    @property
    def ends(self) -> int:
        """The end in epoch ms; FOREVER without one."""
        return FOREVER if self.until is None else to_ms(self.until)

    def covers(self, item: Item) -> bool:
        if self.instance_id != item.instance_id:
            return False
        if self.kind == "item":
            return self.arr_id == item.arr_id
        in_season = self.kind == "series" or self.season == item.season
        return self.arr_id == item.series_id and in_season

    def example(self) -> Item | None:
        """An item that the exclusion covers; None when all of them are deleted."""
        there_first = Item.left_at.asc(nulls="first")
        return Item.select().where(self.covered()).order_by(there_first, Item.id).first()

    def may_be_undone_by(self, user: User) -> bool:
        return user.is_admin or (user.may_change and user.id == self.user_id)

    def undo(self, at: datetime) -> None:
        with database.atomic():
            covered, instance_id = self.covered(), self.instance_id
            self.delete_instance()
            apply(covered, instance_id, at)

    @classmethod
    def _about(cls, item: Item, kind: str) -> Expression:
        """A condition for exclusions of exactly this item, season or series."""
        whole = kind in ("season", "series")
        return (
            (cls.instance == item.instance_id)
            & (cls.kind == kind)
            & (cls.arr_id == (item.series_id if whole else item.arr_id))
            & (cls.season == item.season if kind == "season" else cls.season.is_null())
        )

    def covered(self) -> Expression:
        """A condition for the items that it covers, including items that appear later."""
        mine = Item.instance == self.instance_id
        if self.kind == "item":
            return mine & (Item.arr_id == self.arr_id)
        series = mine & (Item.series_id == self.arr_id)
        return series & (Item.season == self.season) if self.kind == "season" else series


def kinds_of(item: Item) -> tuple[str, ...]:
    """The kinds of exclusion that a person can choose for this item."""
    if not item.has_group:
        return ("item",)
    return ("item", "season", "series") if item.has_season else ("item", "series")


def scope(kind: str, of: Kind) -> str:
    """What an exclusion covers, in words such as "This episode"; `of` is the kind of its items."""
    if kind == "series":
        return f"The whole {of.group}"
    return "The whole season" if kind == "season" else f"This {of.name}"


def scopes_of(item: Item) -> list[tuple[str, str]]:
    """The form's choices, each a kind and its words, with the season's number."""
    season = "The specials" if item.season == 0 else f"Season {item.season}"
    return [
        (kind, season if kind == "season" else scope(kind, item.kind)) for kind in kinds_of(item)
    ]


class Exclusions:
    """All exclusions of one instance, as a look-up."""

    def __init__(self, instance_id: int) -> None:
        self._until: dict[tuple[str, int | None, int | None], int] = {}
        for row in Exclusion.select().where(Exclusion.instance == instance_id):
            until = ms_or_none(row.until)
            self._until[row.kind, row.arr_id, row.season] = FOREVER if until is None else until

    def until(self, arr_id: int, series_id: int | None, season: int | None) -> int | None:
        """The latest end of the exclusions that cover the item, in epoch ms; None without any."""
        if not self._until:
            return None
        keys = (
            ("item", arr_id, None),
            ("series", series_id, None),
            ("season", series_id, season),
        )
        return max((self._until[key] for key in keys if key in self._until), default=None)


def apply(covered: Expression, instance_id: int, at: datetime) -> None:
    """Writes on each item until when it is excluded, and judges it again."""
    known = Exclusions(instance_id)
    rows = Item.select(Item.id, Item.arr_id, Item.series_id, Item.season).where(covered).tuples()
    changes = [(known.until(*facts), item_id) for item_id, *facts in rows]
    update = "UPDATE items SET excluded_until = ? WHERE id = ?"
    database.many(update, changes)
    rejudge(covered, Policy.current(), at)


def _title(item: Item, kind: str) -> str:
    if kind == "series":
        return item.series_name
    if kind == "season":
        return item.season_label
    return item.label
