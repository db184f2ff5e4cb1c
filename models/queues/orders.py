"""The orders of a queue's items, once for a query and once for items from several queries."""

from typing import Any

from peewee import JOIN, SQL, Case, ModelSelect, fn

from models.backlog import Item
from models.backlog.eligibility import Reason
from models.database.fields import EPOCH
from models.instances import Instance

ORDERS = {
    "least_recent": "Least recently searched first",
    "oldest": "Oldest first",
    "newest": "Newest first",
    "random": "At random",
    "title": "By title",
    "smart": "By smart score",
    "farthest": "Farthest below the best score first",
    "begun": "Finish what is begun",
}
KEYS = 2**31
# The number that a movie has in place of a series' wanted items, so that movies come last.
NO_SERIES = 2**31 - 1
# A bound parameter would keep SQLite from using the partial index.
NOT_LEFT = Item.reason != SQL(str(int(Reason.LEFT)))
# How many items of the same want the item's series has; only a query of `with_begun` knows it.
OPEN = fn.COALESCE(SQL('"begun"."open"'), SQL(str(NO_SERIES)))


def columns(order: str, pivot: int = 0) -> list[Any]:
    """The terms that sort a query; NULL is the smallest, as databases differ where it is not said.

    A random order begins at `pivot` and comes round to it again.
    """
    if order == "oldest":
        return [Item.aired_at.asc(nulls="first"), Item.id]
    if order == "newest":
        return [Item.aired_at.desc(nulls="last"), Item.id]
    if order == "farthest":
        searched = Item.searched_at.asc(nulls="first")
        return [Item.gap.desc(nulls="last"), searched, Item.id]
    if order == "title":
        numbers = (each.asc(nulls="first") for each in (Item.season, Item.episode))
        return [Item.sort_title, *numbers, Item.id]
    if order == "begun":
        places = (Item.series_id, Item.season, Item.episode)
        numbers = (each.asc(nulls="first") for each in places)
        return [OPEN, Item.sort_title, *numbers, Item.id]
    if order == "random":
        return [Case(None, [(Item.random_key >= pivot, 0)], 1), Item.random_key, Item.id]
    return [Item.searched_at.asc(nulls="first"), Item.random_key, Item.id]


def place(order: str, item: Item, pivot: int = 0) -> tuple[Any, ...]:
    """The sort key of one item in the same order; a smaller one comes first."""
    aired, searched = item.aired_at, item.searched_at
    if order == "oldest":
        return (aired is not None, aired or EPOCH, item.id)
    if order == "newest":
        return (aired is None, EPOCH - (aired or EPOCH), item.id)
    if order == "farthest":
        return (
            item.gap is None,
            -(item.gap or 0),
            searched is not None,
            searched or EPOCH,
            item.id,
        )
    if order == "title":
        numbers = (-1 if number is None else number for number in (item.season, item.episode))
        return (item.sort_title, *numbers, item.id)
    if order == "begun":
        places = (item.series_id, item.season, item.episode)
        numbers = (-1 if number is None else number for number in places)
        return (item.open, item.sort_title, *numbers, item.id)
    if order == "random":
        return ((item.random_key - pivot) % KEYS, item.id)
    return (searched is not None, searched or EPOCH, item.random_key, item.id)


def with_begun(found: ModelSelect, instance: Instance, want: str) -> ModelSelect:
    """The query, with the number that the order "begun" sorts by as each item's `open`.

    The count is made anew each time, from the index items_of_series.
    """
    series = (
        Item.select(Item.series_id, fn.COUNT(SQL("*")).alias("open"))
        .where(Item.instance == instance, Item.want == want, NOT_LEFT)
        .where(Item.series_id.is_null(False))
        .group_by(Item.series_id)
        .alias("begun")
    )
    joined = found.join(series, JOIN.LEFT_OUTER, on=(series.c.series_id == Item.series_id))
    return joined.select_extend(OPEN.alias("open")).objects()


def open_with(item: Item) -> int:
    """How many items of the same want the item's series has, itself included."""
    if not item.kind.has_seasons:
        return NO_SERIES
    same = (Item.want == item.want) & (Item.series_id == item.series_id)
    return Item.select().where(Item.instance == item.instance_id, same, NOT_LEFT).count()
