"""The household in figures, for other programs: from kept counters, whatever the size."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple, Self

from models.backlog import Tally
from models.backlog.eligibility import Reason
from models.budgets import Ledger
from models.dashboard.rows import Rows, only_demo
from models.instances import Instance
from models.plan.course import GROUPS
from models.queues import Queue
from models.searches.runs import Run
from models.yields.keys import day_number, household_day
from models.yields.table import OUTCOME_COLUMNS, Yield

WEEK = timedelta(days=6)


class Brought(NamedTuple):
    """What searches brought: today, and on seven days with today."""

    searches_today: int = 0
    searches_week: int = 0
    grabs_week: int = 0
    imports_week: int = 0


class InstanceFigures(NamedTuple):
    """An instance: its items by want and reason, what it was searched for, its latest run."""

    instance: Instance
    tally: Mapping[tuple[str, Reason], int]
    brought: Brought
    last_run_at: datetime | None

    def wanted(self, *wants: str) -> int:
        """How many items it wants so."""
        return sum(number for (want, _), number in self.tally.items() if want in wants)

    def in_group(self, group: str) -> int:
        """How many items are in this group of `models.plan.course.GROUPS`."""
        reasons = GROUPS[group]
        return sum(number for (_, reason), number in self.tally.items() if reason in reasons)


class Figures(NamedTuple):
    """The figures at a moment. Like those of the dashboard, they leave demo instances out.

    `is_demo` is True when there are only demo instances; the figures are theirs then.
    `last_runs` is the latest run of each queue, by its id.
    """

    at: datetime
    rows: Rows
    ledger: Ledger
    instances: list[InstanceFigures]
    brought: Brought
    last_runs: dict[int, Run]
    is_demo: bool

    @property
    def queues(self) -> list[Queue]:
        """The queues that count."""
        return [each for each in self.rows.queues if each.demo == self.is_demo]

    @classmethod
    def now(cls, at: datetime) -> Self:
        """Reads them, in as many queries for a million items as for one."""
        rows = Rows.now()
        is_demo = only_demo(rows.instances)
        runs = {run.queue_id: run for run in Run.latest_of(rows.queues)}
        begun = _last_runs(rows.queues, runs)
        brought = _brought(household_day(at, rows.household), is_demo=is_demo)
        tallies = Tally.by_instance()
        return cls(
            at=at,
            rows=rows,
            ledger=Ledger(rows.household, at),
            instances=[
                InstanceFigures(
                    each,
                    tallies.get(each.id, {}),
                    brought.get(f"#{each.id}", Brought()),
                    begun.get(each.id),
                )
                for each in rows.instances
                if each.demo == is_demo
            ],
            brought=brought.get("all", Brought()),
            last_runs=runs,
            is_demo=is_demo,
        )


def _last_runs(queues: Iterable[Queue], runs: Mapping[int, Run]) -> dict[int, datetime]:
    """When the latest run began that was for this instance, by its id."""
    found: dict[int, datetime] = {}
    for queue in queues:
        for instance in queue.instances if queue.id in runs else ():
            at = runs[queue.id].started_at
            found[instance.id] = max(at, found.get(instance.id, at))
    return found


def _brought(today: date, *, is_demo: bool) -> dict[str, Brought]:
    """What searches of the week brought: in total under "all", and by the key of an instance."""
    columns = [getattr(Yield, column) for column in OUTCOME_COLUMNS]
    rows = Yield.select(Yield.key, Yield.period, Yield.imported, *columns).where(
        Yield.demo == is_demo,
        Yield.dimension.in_(("total", "instance")),
        Yield.period.between(day_number(today - WEEK), day_number(today)),
    )
    found: dict[str, Brought] = {}
    for key, period, imported, grabbed, *others in rows.tuples():
        searches = grabbed + sum(others)
        new = Brought(searches if period == day_number(today) else 0, searches, grabbed, imported)
        known = found.get(key, Brought())
        found[key] = Brought(*(one + more for one, more in zip(known, new, strict=True)))
    return found
