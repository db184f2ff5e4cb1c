"""Reasons end by themselves as time passes: cooldowns are over, episodes have aired."""

from collections import Counter
from datetime import datetime

from peewee import fn

from models.backlog import Item
from models.database import database
from models.eligibility import Policy, decide
from models.fields import to_ms

CHUNK = 100
JUDGE = "UPDATE items SET reason = ?, eligible_at = ? WHERE id = ?"
MOVE = (
    "INSERT INTO tallies (instance_id, want, reason, items) VALUES (?1, ?2, ?3, max(?4, 0)) "
    "ON CONFLICT (instance_id, want, reason) DO UPDATE SET items = max(items + ?4, 0)"
)


def wake(policy: Policy, at: datetime, limit: int = CHUNK) -> int:
    """Asks the rules again for items whose reason ends by itself; how many were looked at.

    The tallies are moved along: to count 20 instances again would take 100 ms.
    """
    due = list(
        Item.select()
        .where(Item.eligible_at.is_null(False), Item.eligible_at <= at)
        .order_by(Item.eligible_at)
        .limit(limit)
    )
    decided = []
    moved: Counter[tuple[int, str, int]] = Counter()
    for item in due:
        reason, until = decide(item.facts(), policy, to_ms(at))
        decided.append((int(reason), until, item.id))
        moved[item.instance_id, item.want, item.reason] -= 1
        moved[item.instance_id, item.want, int(reason)] += 1
    if due:
        with database.atomic():
            database.connection().executemany(JUDGE, decided)
            database.connection().executemany(MOVE, [(*key, by) for key, by in moved.items() if by])
    return len(due)


def next_waking() -> datetime | None:
    """When the next reason ends by itself."""
    return Item.select(fn.MIN(Item.eligible_at)).where(Item.eligible_at.is_null(False)).scalar()
