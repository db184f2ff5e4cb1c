"""Items that left their wanted list, because of our searches or without them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from peewee import EXCLUDED, JOIN, ForeignKeyField, IntegerField, ModelSelect

from models.applications import LISTS
from models.backlog import Item
from models.database.fields import Table
from models.household import Household
from models.instances import Instance, WantedList
from models.searches import Search
from models.searches.fates import Trace, has_brought
from models.searches.grabs import Grab
from models.yields.keys import day_number, household_day


class Departure(Table):
    """How many items left an instance's lists on one day.

    `day` is a number such as 20260504, in the household's zone.
    `ours` counts items that our searches brought, `others` the rest.
    """

    instance = ForeignKeyField(Instance, backref="departures", on_delete="CASCADE", index=False)
    day = IntegerField()
    ours = IntegerField(default=0)
    others = IntegerField(default=0)

    class Meta:
        table_name = "departures"
        indexes = ((("instance", "day"), True),)

    @classmethod
    def add(cls, instance_id: int, left_at: datetime, *, ours: int, others: int) -> None:
        """Adds to the day's figures; negative numbers take back a wrong count."""
        row = {
            "instance": instance_id,
            "day": day_number(household_day(left_at, Household.current())),
        }
        cls.insert(row | {"ours": ours, "others": others}).on_conflict(
            conflict_target=[cls.instance, cls.day],
            update={"ours": cls.ours + EXCLUDED.ours, "others": cls.others + EXCLUDED.others},
        ).execute()


def count(instance: Instance, ids: Sequence[int], left_at: datetime) -> set[int]:
    """Counts items that a sync finds gone; returns the ids of those that we brought.

    Call inside the sync's transaction: until then `synced_at` tells when they were last met.
    """
    brought = {
        item_id
        for item_id, *trace in _traces(ids).tuples()
        if has_brought(Trace(*trace), left_at, instance.synced_at)
    }
    ours = len(brought)
    Departure.add(instance.id, left_at, ours=ours, others=len(ids) - ours)
    return brought


def judge_again(instance_id: int, arr_ids: Iterable[int]) -> None:
    """Corrects departures after a grab or its fate became known later than the departure."""
    gone = (
        Item.select()
        .where(Item.instance == instance_id, Item.arr_id.in_(set(arr_ids)))
        .where(Item.left_at.is_null(False), Item.brought.is_null(False))
    )
    for item in gone:
        traces = [Trace(*trace) for _, *trace in _traces([item.id]).tuples()]
        brought = any(has_brought(trace, item.left_at, None) for trace in traces)
        if brought != item.brought:
            item.change(brought=brought)
            step = 1 if brought else -1
            Departure.add(instance_id, item.left_at, ours=step, others=-step)


def bringer(item: Item) -> Search | None:
    """The search that brought an item that has left: one that was imported, else the latest."""
    if not item.brought:
        return None
    found = (
        Search.select(Search, Grab)
        .join(Grab)
        .where(Grab.instance == item.instance_id, Grab.arr_id == item.arr_id)
        .where(Grab.grabbed_at <= item.left_at)
        .where(Grab.fate.is_null() | (Grab.fate == "imported"))
        .order_by(Grab.fate.is_null(), Grab.grabbed_at.desc())
    )
    return found.first()


def arrivals(items: Iterable[Item]) -> dict[int, datetime]:
    """For each item id, when a grab of ours was imported after the last sync of its list."""
    listed = {
        (each.instance_id, each.arr_id): each
        for each in items
        if each.left_at is None and each.want in LISTS
    }
    if not listed:
        return {}
    instances = {instance_id for instance_id, _ in listed}
    lists = WantedList.select().where(WantedList.instance.in_(instances))
    synced = {(row.instance_id, row.want): row.synced_at for row in lists}
    grabs = Grab.select().where(
        Grab.instance.in_(instances),
        Grab.arr_id.in_([arr_id for _, arr_id in listed]),
        Grab.fate == "imported",
    )
    found: dict[int, datetime] = {}
    for grab in grabs.order_by(Grab.fate_at.asc(nulls="first")):
        item = listed.get((grab.instance_id, grab.arr_id))
        last = synced.get((grab.instance_id, item.want)) if item else None
        if item and (last is None or grab.fate_at > last):
            found[item.id] = grab.fate_at
    return found


def _traces(ids: Sequence[int]) -> ModelSelect:
    """All grabs for these items, as (item id, grabbed_at, fate, fate_at)."""
    theirs = (Grab.instance == Item.instance) & (Grab.arr_id == Item.arr_id)
    return (
        Item.select(Item.id, Grab.grabbed_at, Grab.fate, Grab.fate_at)
        .join(Grab, JOIN.INNER, on=theirs)
        .where(Item.id.in_(list(ids)))
    )
