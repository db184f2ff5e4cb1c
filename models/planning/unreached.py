"""What no queue reaches, and why: counted from the surveys."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from models.instances import Instance
from models.planning.surveys import SEARCHABLE, Kind, Net, Survey

if TYPE_CHECKING:
    from models.planning.plans import Served

# Beside the reasons of items: why a queue does not take what could be searched.
OFF, NO_QUEUE, NOT_TAKEN, FILTERED, ASLEEP = "off", "no_queue", "not_taken", "filtered", "asleep"


class Unreached(NamedTuple):
    """So many items of one want on one instance. `why` is one of the words above or a reason's.

    `queue` is the id of the one that would take them if it ran.
    """

    instance: Instance
    want: str
    why: str
    items: int
    queue: int | None = None


def unreached(
    served: "Iterable[Served]", surveys: Mapping[int, Survey], instances: Iterable[Instance]
) -> list[Unreached]:
    """Most first."""
    found: list[Unreached] = []
    for instance in instances:
        mine = [each for each in served if instance in each.instances]
        counts: Counter[tuple[str, str, int | None]] = Counter()
        survey = surveys.get(instance.id)
        for group in survey.groups if survey else []:
            if group.reason in SEARCHABLE:
                why, queue = _why(instance, group.kind, mine)
            else:
                why, queue = group.reason.name.lower(), None
            if why:
                counts[group.kind.want, why, queue] += group.items
        found += [Unreached(instance, *key[:2], items, key[2]) for key, items in counts.items()]
    return sorted(found, key=lambda each: (each.instance.demo, -each.items))


def _why(instance: Instance, kind: Kind, served: "list[Served]") -> tuple[str, int | None]:
    """'' when a running queue takes them."""
    if instance.disabled_at:
        return OFF, None
    if not served:
        return NO_QUEUE, None
    wanting = [each for each in served if kind.want in each.queue.wants]
    if not wanting:
        return NOT_TAKEN, None
    taking = [each for each in wanting if Net.of(each.queue) in kind.nets]
    if not taking:
        return FILTERED, None
    return ("", None) if any(each.runs for each in taking) else (ASLEEP, taking[0].queue.id)
