"""What the rules say of many items at once, written where it has changed."""

from datetime import datetime
from typing import Any

from peewee import Expression, fn

from models.backlog import Item, Tally
from models.database import database
from models.eligibility import Facts, Policy, Reason, decide
from models.fields import to_ms

CHUNK = 500
UPDATE = (
    "UPDATE items SET reason = ?, reason_at = COALESCE(?, reason_at), eligible_at = ? WHERE id = ?"
)
ASKED = (
    Item.id,
    Item.instance,
    Item.reason,
    Item.eligible_at,
    Item.want,
    Item.left_at,
    Item.monitored,
    Item.available,
    Item.aired_at,
    Item.searched_at,
    Item.arr_searched_at,
    Item.cooldown_until,
    Item.excluded_until,
    Item.downloading,
)


def rejudge(which: Expression, policy: Policy, at: datetime, limit: int | None = None) -> int:
    """Asks the rules again for these items, in one transaction; how many there were."""
    now = to_ms(at)
    query = Item.select(*ASKED).where(which).limit(limit)
    rows = database.execute_sql(*query.sql()).fetchall()
    changed = [change for row in rows if (change := _change(row, policy, now))]
    with database.atomic():
        database.connection().executemany(UPDATE, [change[1:] for change in changed])
        for instance_id in {change[0] for change in changed}:
            Tally.recount(instance_id)
    return len(rows)


def wake(policy: Policy, at: datetime) -> int:
    """A chunk of the items whose reason ended by itself; how many there were."""
    due = Item.eligible_at.is_null(False) & (Item.eligible_at <= at)
    return rejudge(due, policy, at, CHUNK)


def next_waking() -> datetime | None:
    """When the next reason ends by itself."""
    return Item.select(fn.MIN(Item.eligible_at)).where(Item.eligible_at.is_null(False)).scalar()


def _change(row: tuple[Any, ...], policy: Policy, now: int) -> tuple[Any, ...] | None:
    """The instance's id and the values of UPDATE; None when the rules say what they said."""
    item_id, instance_id, before, until_before, want, left_at, *facts = row
    monitored, available, aired, searched, elsewhere, cooldown, excluded, downloading = facts
    reason, until = decide(
        Facts(
            want=want,
            left=left_at is not None,
            monitored=bool(monitored),
            available=bool(available),
            aired_at=aired,
            searched_at=searched,
            arr_searched_at=elsewhere,
            cooldown_until=cooldown,
            excluded_until=excluded,
            downloading=bool(downloading),
        ),
        policy,
        now,
    )
    if (reason, until) == (before, until_before):
        return None
    since = now if reason != before else None
    return instance_id, int(reason), since, until, item_id


def every(instance_id: int) -> Expression:
    """The items that an instance wants."""
    return (Item.instance == instance_id) & (Item.reason != Reason.LEFT)
