"""The figures of the dashboard; those of the demo library are never added to real ones."""

from datetime import datetime, timedelta
from typing import NamedTuple

from models.backlog import Tally
from models.backlog.eligibility import Reason
from models.budgets import Allowance, Ledger
from models.budgets.gates import held
from models.dashboard.cards import Card
from models.dashboard.rows import Rows, only_demo
from models.instances import Instance
from models.plan.course import grouped
from models.queues import Queue
from models.searches import Search
from models.searches.history import latest_grabs

DAY = timedelta(days=1)
LATEST = 6


class Overview(NamedTuple):
    """What the dashboard shows.

    `is_demo` is True when there are only demo instances; the figures are theirs, and marked so.
    `held` are the ids of instances that have a closed gate now.
    """

    cards: list[Card]
    instances: list[Instance]
    grabs: list[Search]
    outcomes: dict[str, int]
    budgets: list[Allowance]
    tallies: dict[int, dict[tuple[str, Reason], int]]
    is_demo: bool
    held: set[int]
    ledger: Ledger

    @classmethod
    def at(cls, now: datetime, rows: Rows | None = None) -> "Overview":
        household, queues, instances = rows or Rows.now()
        is_demo = only_demo(instances)
        ledger = Ledger(household, now)
        return cls(
            cards=Card.all(queues, ledger, instances),
            instances=instances,
            grabs=latest_grabs(LATEST),
            outcomes=Search.outcomes_since(now - DAY, demo=is_demo),
            budgets=[] if is_demo else ledger.overall(),
            tallies=Tally.by_instance(),
            is_demo=is_demo,
            held=held(instances, ledger),
            ledger=ledger,
        )

    @property
    def active(self) -> bool:
        return any(card.is_lively for card in self.cards) or any(
            instance.syncing_since for instance in self.instances
        )

    @property
    def stuck(self) -> list[Queue]:
        """Started queues that have no next run, or nowhere to search."""
        return [card.queue for card in self.cards if card.queue.runs_no_more]

    @property
    def leaves_demo_out(self) -> bool:
        """Whether there are demo instances that the figures do not count."""
        return not self.is_demo and any(instance.demo for instance in self.instances)

    @property
    def unread(self) -> list[Instance]:
        """Instances that were never synced: how many items they want is unknown, not 0."""
        return [each for each in self._counted_instances() if not each.synced_at]

    @property
    def groups(self) -> dict[str, int]:
        """The wanted items by group.

        `waiting` are eligible items on instances that have a closed gate now; the other groups are
        those of `models.plan.course.GROUPS`.
        """
        mine = {each.id for each in self._counted_instances()}
        found = grouped(self.tallies, mine)
        waiting = grouped(self.tallies, mine & self.held)["eligible"]
        return {**found, "eligible": found["eligible"] - waiting, "waiting": waiting}

    @property
    def spent(self) -> list[Allowance]:
        """The spent budgets of single instances, each with the moment when it has room again."""
        return [
            each
            for instance in self._counted_instances()
            for each in self.ledger.of_instance(instance)
            if each.free_at
        ]

    @property
    def busiest(self) -> Instance | None:
        """The instance whose budget was used most today; None without an instance."""
        return max(
            self._counted_instances(),
            key=lambda each: self.ledger.of_instance(each)[1].spent,
            default=None,
        )

    def _counted_instances(self) -> list[Instance]:
        return [instance for instance in self.instances if instance.demo == self.is_demo]
