"""The smart order: candidates weighed by a few of their columns, the best first."""

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

# Of those that were searched least recently: it stays fast, and none waits for a place for ever.
RANKED = 2000
# First those of the place by least-recent, last those of a candidate.
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
# A statement of too many parts is refused.
PARTS = 50

Row = tuple[Any, ...]


def ranked(lists: Sequence[ModelSelect], rates: Mapping[int, Rates], now: datetime) -> list[int]:
    """The ids of the first 2,000 by least-recent, in the order in which they have their turn.

    `rates`: by the instance's id. Reads rows as the driver gives them: most of what is weighed is
    out again before anything is made of it.
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
    """The database reads no more of each list, by its index, than is of the first together."""
    parts = (each.select(*COLUMNS).order_by().limit(None) for each in lists)
    return reduce(operator.add, parts).order_by(*PLACE).limit(RANKED)


def _place(row: Row) -> Row:
    return (row[0] is not None, *row[: ID + 1])
