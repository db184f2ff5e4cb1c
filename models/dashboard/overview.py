"""The figures of the dashboard; those of the demo library are never added to real ones."""

from datetime import datetime, timedelta
from typing import NamedTuple

from models.backlog import Tally
from models.backlog.eligibility import Reason
from models.budgets import Allowance, Ledger
from models.budgets.gates import held
from models.dashboard.cards import Card
from models.dashboard.rows import Rows
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.history import shown

DAY = timedelta(days=1)
LATEST = 8


class Overview(NamedTuple):
    """What the dashboard shows.

    `is_demo` is True when there are only demo instances; the figures are theirs, and marked so.
    `held` are the ids of instances that have a closed gate now.
    """

    cards: list[Card]
    instances: list[Instance]
    searches: list[Search]
    outcomes: dict[str, int]
    budgets: list[Allowance]
    tallies: dict[int, dict[tuple[str, Reason], int]]
    is_demo: bool
    held: set[int]

    @classmethod
    def at(cls, now: datetime, rows: Rows | None = None) -> "Overview":
        household, queues, instances = rows or Rows.now()
        is_demo = bool(instances) and all(instance.demo for instance in instances)
        ledger = Ledger(household, now)
        return cls(
            cards=Card.all(queues, ledger, instances),
            instances=instances,
            searches=shown(Search.recent().limit(LATEST)),
            outcomes=Search.outcomes_since(now - DAY, demo=is_demo),
            budgets=[] if is_demo else ledger.overall(),
            tallies=Tally.by_instance(),
            is_demo=is_demo,
            held=held(instances, ledger),
        )

    @property
    def active(self) -> bool:
        return any(card.is_lively for card in self.cards) or any(
            instance.syncing_since for instance in self.instances
        )

    @property
    def next_queue(self) -> Queue | None:
        """The queue that runs next."""
        scheduled = [card.queue for card in self.cards if card.queue.runs_by_itself]
        return min(scheduled, key=lambda queue: queue.due_at, default=None)

    @property
    def stuck(self) -> list[Queue]:
        """Started queues that have no next run."""
        queues = [card.queue for card in self.cards]
        return [queue for queue in queues if queue.obstacle and not queue.paused_at]

    @property
    def searched(self) -> int:
        return sum(self.outcomes.values())

    @property
    def leaves_demo_out(self) -> bool:
        """Whether there are demo instances that the figures do not count."""
        return not self.is_demo and any(instance.demo for instance in self.instances)

    @property
    def unread(self) -> list[Instance]:
        """Instances that were never synced: how many items they want is unknown, not 0."""
        return [each for each in self._counted_instances() if not each.synced_at]

    @property
    def wanted(self) -> int:
        return sum(self._counted(set(Reason)))

    @property
    def eligible(self) -> int:
        return sum(self._counted({Reason.ELIGIBLE}))

    @property
    def waiting(self) -> int:
        """Eligible items on instances that have a closed gate now."""
        return sum(self._counted({Reason.ELIGIBLE}, within=self.held))

    def _counted(self, reasons: set[Reason], within: set[int] | None = None) -> list[int]:
        mine = {instance.id for instance in self._counted_instances()}
        mine &= mine if within is None else within
        return [
            items
            for instance_id, tally in self.tallies.items()
            if instance_id in mine
            for (_, reason), items in tally.items()
            if reason in reasons
        ]

    def _counted_instances(self) -> list[Instance]:
        return [instance for instance in self.instances if instance.demo == self.is_demo]
