"""The card of a queue: its state at a glance."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from models.badges import Badge
from models.budgets import Ledger
from models.budgets.gates import closed
from models.household import Household
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run

UNDONE = ("sending", "sent")
SOON = timedelta(seconds=20)


class Closed(NamedTuple):
    """A closed gate as a page shows it; `instance` is None for a gate of all instances."""

    instance: Instance | None
    sentence: str


class Card(NamedTuple):
    """A queue with its state.

    `last` is the latest run, active or not.
    `marks` are the outcomes of its searches, in order.
    `gates` hold a run now, one for each instance.
    `is_due` is True when the next run begins within seconds.
    `on_hold` is True when everything is on hold.
    """

    queue: Queue
    instances: list[Instance]
    last: Run | None
    marks: list[str]
    gates: list[Closed]
    is_due: bool
    on_hold: bool

    @property
    def is_lively(self) -> bool:
        """Whether the card may change within seconds."""
        return self.is_due or self.active is not None

    @property
    def active(self) -> Run | None:
        return self.last if self.last and self.last.is_active else None

    @property
    def last_was_held(self) -> bool:
        """Whether gates held the latest run of a queue that will run again."""
        return self.last is not None and self.last.state == "held" and self.queue.runs_by_itself

    @property
    def would_be_held(self) -> bool:
        """Whether a run could search nothing now: it goes on without some of its instances."""
        shut = {each.instance.id for each in self.gates if each.instance}
        is_shut = any(each.instance is None for each in self.gates)
        return is_shut or (bool(shut) and len(shut) == len(self.instances))

    @property
    def state(self) -> str:
        """Its state: "active", "held", or the state of the queue."""
        if self.active:
            return "active"
        held = self.last_was_held or (self.on_hold and self.queue.runs_by_itself)
        return "held" if held else self.queue.state

    @property
    def badge(self) -> Badge:
        return Badge(self.state) if self.state in ("active", "held") else self.queue.badge

    @property
    def done(self) -> int:
        """How many searches of the latest run have ended."""
        return sum(mark not in UNDONE for mark in self.marks)

    @property
    def to_come(self) -> int:
        """How many searches of the active run have not begun yet."""
        return max(self.active.planned - len(self.marks), 0) if self.active else 0

    @property
    def is_demo(self) -> bool:
        return any(instance.demo for instance in self.instances)

    @classmethod
    def of(cls, queue: Queue, ledger: Ledger) -> "Card":
        return cls.all([queue], ledger, Instance.select())[0]

    @classmethod
    def all(
        cls, queues: list[Queue], ledger: Ledger, instances: Iterable[Instance]
    ) -> "list[Card]":
        """Cards for the queues, in three queries; `instances` are all instances there are."""
        Queue.give_instances(queues, instances)
        runs = {run.queue_id: run for run in Run.latest_of(queues)}
        marks = Search.marks_of(runs.values())
        return [
            cls(
                queue,
                queue.instances,
                runs.get(queue.id),
                marks.get(runs[queue.id].id, []) if queue.id in runs else [],
                _gates(queue.instances, ledger),
                is_due(queue, ledger.household, ledger.now),
                on_hold=ledger.household.held_at is not None,
            )
            for queue in queues
        ]


def is_due(queue: Queue, household: Household, at: datetime) -> bool:
    """Whether the queue's next run is at most 20 s away, or that much late."""
    if not queue.runs_by_itself or household.held_at:
        return False
    return abs(queue.due_at - at) <= SOON


def _gates(instances: Iterable[Instance], ledger: Ledger) -> list[Closed]:
    if ledger.household.held_at:
        return []
    found = ((each, closed(each, ledger.household, ledger.now, ledger)) for each in instances)
    shown = [Closed(None if gate.is_overall else at, gate.sentence) for at, gate in found if gate]
    return list(dict.fromkeys(shown))
