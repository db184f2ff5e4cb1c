"""The smart order: candidates sorted by points, best first."""

import operator
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from heapq import merge
from itertools import islice
from typing import Any

from peewee import SQL, ModelSelect

from models.backlog import Item
from models.batches.scores import Candidate, weigh
from models.database import database
from models.database.fields import chunks, to_ms
from models.yields.rates import Rates

# The least recently searched items that are ranked. The limit keeps ranking fast, and lets
# every item be ranked in time.
RANKED = 2000
# The columns of the least-recent order come first, those of a candidate last.
COLUMNS = (
    Item.searched_at,
    Item.random_key,
    Item.id,
    Item.instance,
    Item.want,
    Item.aired_at,
    Item.attempts,
    Item.streak,
    Item.reason,
    Item.reason_at,
)
PLACE = SQL("searched_at").asc(nulls="first"), SQL("random_key"), SQL("id")
ID, INSTANCE, CANDIDATE = 2, 3, 4
# SQLite refuses a statement of too many parts.
PARTS = 50

Row = tuple[Any, ...]


def ranked(lists: Sequence[ModelSelect], rates: Mapping[int, Rates], now: datetime) -> list[int]:
    """The ids of the 2,000 least recently searched items, in smart order.

    `rates` is by instance id. Rows are read as the driver gives them, as most of them are dropped
    again.
    """
    at = to_ms(now)
    points = {
        row[ID]: weigh(Candidate._make(row[CANDIDATE:]), at, rates[row[INSTANCE]]).total
        for row in _least_recent(lists)
    }
    return sorted(points, key=points.__getitem__, reverse=True)


def _least_recent(lists: Sequence[ModelSelect]) -> Iterable[Row]:
    found = (database.execute(_merged(part)).fetchall() for part in chunks(list(lists), PARTS))
    return islice(merge(*found, key=_place), RANKED)


def _merged(lists: Iterable[ModelSelect]) -> Any:
    """One query for several lists; the index lets the database read no more than it needs."""
    parts = (each.select(*COLUMNS).order_by().limit(None) for each in lists)
    return reduce(operator.add, parts).order_by(*PLACE).limit(RANKED)


def _place(row: Row) -> Row:
    return (row[0] is not None, *row[: ID + 1])
