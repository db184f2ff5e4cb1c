"""The rows that the whole dashboard needs, read once for a page."""

from typing import NamedTuple, Self

from models.household import Household
from models.instances import Instance
from models.queues import Queue


class Rows(NamedTuple):
    """All queues and all instances, by name."""

    household: Household
    queues: list[Queue]
    instances: list[Instance]

    @classmethod
    def now(cls) -> Self:
        return cls(Household.current(), list(Queue.by_name()), list(Instance.by_name()))
