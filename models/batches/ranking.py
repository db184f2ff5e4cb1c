"""The smart order: candidates weighed by a few of their columns, the best first."""

from collections.abc import Iterable
from datetime import datetime
from heapq import nsmallest
from typing import Any

from peewee import ModelSelect

from models.backlog import Item
from models.batches.scores import Candidate, weigh
from models.database import database
from models.database.fields import from_ms, moment_or_none
from models.yields.rates import Rates

# Of those that were searched least recently: it stays fast, and none waits for a place for ever.
RANKED = 2000
# First those of the place by least-recent.
COLUMNS = (
    Item.searched_at,
    Item.random_key,
    Item.id,
    Item.want,
    Item.aired_at,
    Item.attempts,
    Item.streak,
    Item.reason,
    Item.reason_at,
)
ID = 2

Row = tuple[Any, ...]


def ranked(queries: Iterable[tuple[ModelSelect, Rates]], now: datetime) -> list[int]:
    """The ids of the first 2,000 by least-recent, in the order in which they have their turn.

    Reads rows as they are: of many instances most are out again before anything is made of them.
    """
    found = [
        (row, rates)
        for query, rates in queries
        for row in database.execute(query.select(*COLUMNS)).fetchall()
    ]
    first = nsmallest(RANKED, found, key=lambda each: (each[0][0] or 0, *each[0][1 : ID + 1]))
    points = {row[ID]: weigh(_candidate(row), now, rates).total for row, rates in first}
    return sorted(points, key=lambda number: -points[number])


def _candidate(row: Row) -> Candidate:
    want, aired_at, attempts, streak, reason, reason_at = row[ID + 1 :]
    return Candidate(want, moment_or_none(aired_at), attempts, streak, reason, from_ms(reason_at))
