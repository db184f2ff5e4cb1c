"""The rows that the whole dashboard needs, read once for a page."""

from collections.abc import Collection
from typing import NamedTuple, Self

from models.household import Household
from models.instances import Instance
from models.queues import Queue


def only_demo(instances: Collection[Instance]) -> bool:
    """Whether the demo library is all there is, so that its figures count."""
    return bool(instances) and all(each.demo for each in instances)


class Rows(NamedTuple):
    """All queues and all instances, by name."""

    household: Household
    queues: list[Queue]
    instances: list[Instance]

    @classmethod
    def now(cls) -> Self:
        queues, instances = list(Queue.by_name()), list(Instance.by_name())
        Queue.give_instances(queues, instances)
        return cls(Household.current(), queues, instances)
