"""The board of instances: how each one is, in as many queries for twenty as for one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from peewee import fn

from models.backlog import Tally
from models.backlog.eligibility import Reason
from models.backlog.snapshots import Drift, Snapshot
from models.budgets import Allowance, Ledger
from models.budgets.gates import Gate, closed
from models.household import Household
from models.instances import Doubts, Instance, WantedList
from models.instances.health import Answers, Stretch, last_day, mean_ms, whole

# A change or an error that is older is no news.
NEWS = timedelta(days=7)


class InstanceCard(NamedTuple):
    """An instance as the board shows it.

    `health` are its last 48 half hours.
    `gate` is what holds its searches, except a fault and what holds all instances.
    `tally` is its number of items by want and reason.
    `indexers` is how many it searches; None before its first sync.
    `drift` is its latest change of the last week.
    `doubts` are its lists in doubt.
    """

    instance: Instance
    health: list[Stretch]
    budgets: list[Allowance]
    gate: Gate | None
    tally: dict[tuple[str, Reason], int]
    indexers: int | None
    drift: Drift | None
    doubts: Doubts
    now: datetime

    @classmethod
    def all(cls, instances: list[Instance], household: Household, now: datetime) -> list[Self]:
        """Reads them; what holds everything is left out, as every page says it."""
        health, ledger, tallies = (
            last_day(instances, now),
            Ledger(household, now),
            Tally.by_instance(),
        )
        indexers, drifts = _indexers(instances), _drifts(instances, now)
        doubts = WantedList.doubts(instances)
        return [
            cls(
                each,
                health[each.id],
                ledger.of_instance(each),
                _gate(each, ledger),
                tallies.get(each.id, {}),
                indexers.get(each.id, 0) if each.synced_at else None,
                drifts.get(each.id),
                [row for row in doubts if row.instance_id == each.id],
                now,
            )
            for each in instances
        ]

    @property
    def answers(self) -> Answers:
        """The answers of the last day."""
        return whole(self.health)

    @property
    def mean_ms(self) -> int | None:
        """How long an answer took in the last day, in milliseconds; None without answers."""
        return mean_ms(self.answers)

    @property
    def free_at(self) -> datetime | None:
        """When its own budget has room again; None if it has room now."""
        moments = [each.free_at for each in self.budgets if each.free_at]
        return max(moments, default=None)

    @property
    def past_error(self) -> str | None:
        """Its last error of a week, if nothing is wrong now."""
        at = self.instance.last_error_at
        recent = at is not None and at > self.now - NEWS
        return self.instance.last_error if recent and not self.instance.fault else None

    @property
    def state(self) -> str:
        """A word for its place on the board: off, faulty, held, or well."""
        if self.instance.disabled_at:
            return "off"
        return "faulty" if self.instance.fault else "held" if self.gate else "well"


def _gate(instance: Instance, ledger: Ledger) -> Gate | None:
    if instance.disabled_at or instance.fault or ledger.household.held_at:
        return None
    return closed(instance, ledger.household, ledger.now, ledger)


def _indexers(instances: Iterable[Instance]) -> dict[int, int]:
    rows = (
        Snapshot.select(Snapshot.instance, fn.COUNT(Snapshot.id))
        .where(Snapshot.instance.in_([each.id for each in instances]), Snapshot.kind == "indexer")
        .group_by(Snapshot.instance)
    )
    return dict(rows.tuples())


def _drifts(instances: Iterable[Instance], now: datetime) -> dict[int, Drift]:
    """The latest change of each instance within a week."""
    latest = (
        Drift.select(fn.MAX(Drift.id))
        .where(Drift.instance.in_([each.id for each in instances]), Drift.at > now - NEWS)
        .group_by(Drift.instance)
    )
    return {row.instance_id: row for row in Drift.select().where(Drift.id.in_(latest))}
