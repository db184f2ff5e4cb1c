"""Items that no queue ever searches, and why."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from models.applications import WANTS
from models.backlog.eligibility import Reason
from models.instances import Instance
from models.plan.rounds import SEARCHABLE, Rounds, Tallies, is_plain
from models.queues import Queue

# Why no queue takes searchable items; these stand beside the reasons.
OFF, NO_QUEUE, NOT_TAKEN, FILTERED, ASLEEP = "off", "no_queue", "not_taken", "filtered", "asleep"
DRY = "dry"


class UnreachedItems(NamedTuple):
    """Items of one want on one instance that no queue searches.

    `why` is one of the words above, or a reason's name in lower case.
    `queue` is the id of the queue that would take them if it ran.
    """

    instance: Instance
    want: str
    why: str
    items: int
    queue: int | None = None


async def unreached(
    served: Mapping[int, list[Queue]],
    instances: list[Instance],
    tallies: Tallies,
    rounds: Rounds,
    now: datetime,
) -> list[UnreachedItems]:
    """What no queue searches, most items first, the demo's last.

    `served` maps instance ids to the queues that search there.
    """
    found: list[UnreachedItems] = []
    for instance in instances:
        counts = tallies.get(instance.id, {})
        for want in WANTS:
            items = sum(counts.get((want, reason), 0) for reason in SEARCHABLE)
            if items:
                mine = served.get(instance.id, [])
                found.append(await _of(instance, want, items, mine, rounds, now))
        found += [
            UnreachedItems(instance, want, Reason(reason).name.lower(), items)
            for (want, reason), items in counts.items()
            if reason not in SEARCHABLE
        ]
    some = [each for each in found if each.items]
    return sorted(some, key=lambda each: (each.instance.demo, -each.items))


async def _of(
    instance: Instance, want: str, items: int, mine: list[Queue], rounds: Rounds, now: datetime
) -> UnreachedItems:
    """The part of one list that is not searched; `items` is 0 if running queues take them all."""
    wanting = [each for each in mine if want in each.wants]
    running = [each for each in wanting if each.state == "scheduled" and not each.is_dry]
    if instance.disabled_at:
        return UnreachedItems(instance, want, OFF, items)
    if not wanting:
        return UnreachedItems(instance, want, NOT_TAKEN if mine else NO_QUEUE, items)
    if not running:
        dry = next((each for each in wanting if each.state == "scheduled"), None)
        why, queue = (DRY, dry) if dry else (ASLEEP, wanting[0])
        return UnreachedItems(instance, want, why, items, queue.id)
    if any(is_plain(each) for each in running):
        return UnreachedItems(instance, want, "", 0)
    left = await rounds.left_over(instance, want, running, now)
    return UnreachedItems(instance, want, FILTERED, left)
