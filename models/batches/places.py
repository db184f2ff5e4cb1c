"""An item's place in a queue: how many items have their turn before it."""

from datetime import datetime
from typing import Any, NamedTuple

from peewee import SQL, Expression, Ordering, fn

from models.backlog import Item
from models.backlog.eligibility import is_at_best
from models.batches import Batch
from models.batches.ranking import RANKED
from models.batches.scores import Score, score
from models.database.selects import how_many
from models.queues import Queue
from models.queues.orders import OPEN, columns, open_with

NEVER = SQL("(1 = 0)")
ALWAYS = SQL("(1 = 1)")
# Orders that no column holds.
DRAWN = ("random", "smart")


class Place(NamedTuple):
    """A place in a queue.

    `number` counts from 1; None in a random order, beyond the 2,000 items that are ranked, and for
    a file as good as any seen, whose turn comes after 19 others.
    `of` is how many items there are.
    `is_seldom` is True for such a file.
    `score` is set for a smart order.
    """

    number: int | None
    of: int
    score: Score | None = None
    is_seldom: bool = False


def place_in(queue: Queue, item: Item, now: datetime) -> Place:
    """The place of an eligible item that the queue takes. Slow: run it on the reader thread."""
    if is_at_best(item.want, item.gap):
        batch = Batch(queue, now)
        waiting = sum(batch.at_best(each).count() for each in batch.instances)
        return Place(None, waiting, is_seldom=True)
    ahead, of = _count(queue, item, now)
    if queue.strategy == "recent" or queue.order not in DRAWN:
        return Place(ahead + 1, of)
    if queue.order == "random" or ahead >= RANKED:
        return Place(None, of)
    return _ranked(queue, item, now)._replace(of=of)


def _count(queue: Queue, item: Item, now: datetime) -> tuple[int, int]:
    """How many items come before it, and how many there are; smart counts by least recent."""
    batch, ahead, of = Batch(queue, now), 0, 0
    for instance in batch.instances:
        for want in queue.wants:
            query = batch.query(instance, want).order_by().limit(None)
            earlier = how_many(_before(queue, item, want))
            first, both = query.select(earlier, fn.COUNT(Item.id)).tuples()[0]
            ahead, of = ahead + (first or 0), of + both
    return ahead, of


def _before(queue: Queue, item: Item, want: str) -> Any:
    if queue.strategy != "recent":
        return NEVER if queue.order == "random" else _earlier(queue.order, item)
    if want == item.want:
        return _earlier("newest", item)
    return ALWAYS if queue.wants.index(want) < queue.wants.index(item.want) else NEVER


def _earlier(order: str, item: Item) -> Any:
    """A condition for items before this one: a smaller column, or equal ones and then a smaller.

    NULL is the smallest.
    """
    found: Any = NEVER
    for column in reversed(columns(order)):
        is_told = isinstance(column, Ordering)
        field = column.node if is_told else column
        descends = is_told and column.direction == "DESC"
        value = open_with(item) if field is OPEN else getattr(item, field.name)
        same = field.is_null() if value is None else field == value
        found = _smaller(field, value, descends) | (same & found)
    return found


def _smaller(field: Any, value: Any, descends: bool) -> Expression:
    if value is None:
        return field.is_null(False) if descends else field.is_null() & NEVER
    return field > value if descends else field.is_null() | (field < value)


def _ranked(queue: Queue, item: Item, now: datetime) -> Place:
    batch = Batch(queue, now)
    ranking = batch.ranking()
    if item.id not in ranking:
        return Place(None, RANKED)
    own = score(item, now, batch.rates(item.instance))
    return Place(ranking.index(item.id) + 1, RANKED, own)
