"""The orders of a queue's items, once for a query and once for items from several queries."""

from typing import Any

from peewee import Case

from models.backlog import Item
from models.database.fields import EPOCH

ORDERS = {
    "least_recent": "Least recently searched first",
    "oldest": "Oldest first",
    "newest": "Newest first",
    "random": "At random",
    "title": "By title",
    "smart": "By smart score",
}
KEYS = 2**31


def columns(order: str, pivot: int = 0) -> list[Any]:
    """The terms that sort a query; NULL is the smallest, as databases differ where it is not said.

    A random order begins at `pivot` and comes round to it again.
    """
    if order == "oldest":
        return [Item.aired_at.asc(nulls="first"), Item.id]
    if order == "newest":
        return [Item.aired_at.desc(nulls="last"), Item.id]
    if order == "title":
        numbers = (each.asc(nulls="first") for each in (Item.season, Item.episode))
        return [Item.sort_title, *numbers, Item.id]
    if order == "random":
        return [Case(None, [(Item.random_key >= pivot, 0)], 1), Item.random_key, Item.id]
    return [Item.searched_at.asc(nulls="first"), Item.random_key, Item.id]


def place(order: str, item: Item, pivot: int = 0) -> tuple[Any, ...]:
    """The sort key of one item in the same order; a smaller one comes first."""
    aired = item.aired_at
    if order == "oldest":
        return (aired is not None, aired or EPOCH, item.id)
    if order == "newest":
        return (aired is None, EPOCH - (aired or EPOCH), item.id)
    if order == "title":
        numbers = (-1 if number is None else number for number in (item.season, item.episode))
        return (item.sort_title, *numbers, item.id)
    if order == "random":
        return ((item.random_key - pivot) % KEYS, item.id)
    searched = item.searched_at
    return (searched is not None, searched or EPOCH, item.random_key, item.id)
