"""The earliest next turn of items: when a queue that takes them runs next."""

import operator
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import NamedTuple

from models.backlog import Item
from models.backlog.eligibility import Reason
from models.batches.coverage import takes, what_it_takes
from models.instances import Instance
from models.queues import Queue


class NextTurn(NamedTuple):
    """The next run of the first queue that takes an item; `at` is None where it has none."""

    queue: Queue
    at: datetime | None


def next_turns(items: Iterable[Item], now: datetime) -> dict[int, NextTurn]:
    """The turns of eligible items that a queue takes, by item id; one short query a queue."""
    free = [item for item in items if item.reason == Reason.ELIGIBLE]
    if not free:
        return {}
    queues = list(Queue.by_name())
    Queue.give_instances(queues, Instance.select())
    found: dict[int, NextTurn] = {}
    asked: dict[tuple[object, ...], set[int]] = {}
    # The soonest first; those without a run come last.
    for queue in sorted(queues, key=lambda each: (each.due_at is None, each.due_at or now)):
        key = frozenset(each.id for each in queue.instances), what_it_takes(queue)
        if key not in asked:
            asked[key] = _taken(queue, free, now)
            for item_id in asked[key]:
                found.setdefault(item_id, NextTurn(queue, queue.due_at))
    return found


def _taken(queue: Queue, items: list[Item], now: datetime) -> set[int]:
    """The ids of those items that the queue takes."""
    there = {item.instance_id for item in items}
    served = [each for each in queue.instances if each.id in there]
    if not served:
        return set()
    ways = [
        reduce(operator.and_, takes(queue, each, now), Item.instance == each) for each in served
    ]
    ids = [item.id for item in items]
    rows = Item.select(Item.id).where(Item.id.in_(ids), reduce(operator.or_, ways))
    return {item_id for (item_id,) in rows.tuples()}
