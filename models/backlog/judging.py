"""Judges many items at once, and writes only what has changed."""

from collections import Counter
from datetime import datetime
from typing import Any

from peewee import Expression, fn

from models.backlog import Item, Tally
from models.backlog.eligibility import LOOKED_AT, Facts, Policy, Reason, decide, early_at
from models.database import database
from models.database.fields import to_ms

# More rows than this would block the loop too long when their commit meets a checkpoint.
CHUNK = 100
MOVE = (
    "INSERT INTO tallies (instance_id, want, reason, items) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (instance_id, want, reason) DO UPDATE SET "
    "items = CASE WHEN tallies.items + ? > 0 THEN tallies.items + ? ELSE 0 END"
)
UPDATE = (
    "UPDATE items SET reason = ?, reason_at = COALESCE(?, reason_at), eligible_at = ?, "
    "early_at = ? WHERE id = ?"
)
# The columns that the answer is compared with; they come first.
OWN = ("id", "instance", "reason", "eligible_at", "early_at")
WANT = len(OWN) + LOOKED_AT.index("want")
ASKED = tuple(getattr(Item, name) for name in (*OWN, *LOOKED_AT))


def rejudge(which: Expression, policy: Policy, at: datetime, limit: int | None = None) -> int:
    """Judges these items again in one transaction; returns how many there were.

    The tallies are adjusted by the difference: counting 20 instances again would take 100 ms.
    """
    now = to_ms(at)
    query = Item.select(*ASKED).where(which).limit(limit)
    rows = database.execute(query).fetchall()
    changes, moved = [], Counter[tuple[int, str, int]]()
    for row in rows:
        if change := _change(row, policy, now):
            changes.append(change)
            moved[row[1], row[WANT], row[2]] -= 1
            moved[row[1], row[WANT], change[0]] += 1
    with database.atomic():
        database.many(UPDATE, changes)
        Tally.hold(*{instance_id for instance_id, _, _ in moved})
        database.many(MOVE, [(*key, max(by, 0), by, by) for key, by in moved.items() if by])
    return len(rows)


def wake(policy: Policy, at: datetime, limit: int = CHUNK) -> int:
    """Judges some of the items whose reason has ended by itself; returns how many there were."""
    due = Item.eligible_at.is_null(False) & (Item.eligible_at <= at)
    return rejudge(due, policy, at, limit)


def next_waking() -> datetime | None:
    """The moment when the next reason ends by itself."""
    return Item.select(fn.MIN(Item.eligible_at)).where(Item.eligible_at.is_null(False)).scalar()


def _change(row: tuple[Any, ...], policy: Policy, now: int) -> tuple[Any, ...] | None:
    """The values for UPDATE; None when nothing has changed."""
    item_id, _, before, until_before, early_before, *rest = row
    known = Facts.of(dict(zip(LOOKED_AT, rest, strict=True)))
    (reason, until), early = decide(known, policy, now), early_at(known, policy, now)
    if (reason, until, early) == (before, until_before, early_before):
        return None
    since = now if reason != before else None
    return int(reason), since, until, early, item_id


def every(instance_id: int) -> Expression:
    """A condition for all items that the instance wants now."""
    return (Item.instance == instance_id) & (Item.reason != Reason.LEFT)
