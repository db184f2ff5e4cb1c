"""The plan of the house, made beside everything else and kept for a while."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from jobs.engine import Engine
from models.database import database
from models.house import House
from models.instances import Instance
from models.planning.changes import Draft, draft_of
from models.planning.outlooks import Outlook
from models.planning.plans import Plan, Served, all_served, nets_of, plan_of
from models.planning.surveys import Net, Survey
from models.queues import Queue

FRESH, OLD = timedelta(minutes=10), timedelta(hours=6)
# Longer, in seconds, nobody waits for a page: it comes without the plan, and asks again.
PATIENCE = 1.0
HOUSE = (
    "hourly_budget",
    "daily_budget",
    "missing_cooldown_days",
    "upgrade_cooldown_days",
    "fresh_days",
    "fresh_first_hours",
    "fresh_second_hours",
    "fresh_later_hours",
    "longest_cooldown_days",
)
BUDGETS = ("hourly_budget", "daily_budget", "spacing_seconds", "synced_at")
SETTINGS = (
    "id",
    "strategy",
    "batch_size",
    "order",
    "packs",
    "recent_days",
    "movie_release",
    "filters",
    "weight",
    "schedule",
)


class Plans:
    """Counts and plans are kept in memory; each is as of the moment that it carries."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._surveys: dict[int, Survey] = {}
        self._plan: Plan | None = None
        self._facts: object = None

    async def of_house(self, now: datetime, patience: float = PATIENCE) -> tuple[Plan | None, bool]:
        """The latest, if there is any, and whether a newer one is being made.

        `patience` is how many seconds that is waited for.
        """
        instances = list(Instance.by_name())
        served = all_served(instances)
        facts = _facts(served, instances)
        if self._plan and self._facts == facts and now - self._plan.at < FRESH:
            return self._plan, False
        task = self.engine.spawn("plan", self._make(served, instances, facts, now))
        if patience:
            await asyncio.wait([task], timeout=patience)
        return self._plan, not task.done()

    async def glance(self, queue: Queue, now: datetime) -> tuple[Plan | None, Outlook | None]:
        """The latest of a queue that runs, without waiting: for pages that ask again and again."""
        if not self._plan or now - self._plan.at > OLD:
            await self.of_house(now, patience=0)
        plan = self._plan
        if plan is None or Served(queue, queue.instances).unread:
            return plan, None
        return plan, plan.outlooks.get(queue.id)

    async def of_one(self, one: Served, now: datetime) -> Draft:
        """With this queue as it is handed in, beside all others; and what changes of it do."""
        instances = list(Instance.by_name())
        others = [each for each in all_served(instances) if each.queue.id != one.queue.id]
        surveys = await self._counted([*others, one], instances, now)
        return await database.apart(draft_of, one, others, surveys, instances, now)

    async def _make(
        self, served: list[Served], instances: list[Instance], facts: object, now: datetime
    ) -> None:
        surveys = await self._counted(served, instances, now)
        self._plan = await database.apart(plan_of, served, surveys, instances, now)
        self._facts = facts

    async def _counted(
        self, served: Iterable[Served], instances: Iterable[Instance], now: datetime
    ) -> dict[int, Survey]:
        """One instance after the other, so that other readers have their turn between."""
        nets, found = nets_of(served), {}
        for instance in instances:
            wanted = nets.get(instance.id, set()) | {Net()}
            survey = self._surveys.get(instance.id)
            if survey is None or not wanted <= survey.nets or _is_old(survey, instance, now):
                survey = await database.aside(Survey.of, instance, wanted, now)
                self._surveys[instance.id] = survey
            found[instance.id] = survey
        return found


def _is_old(survey: Survey, instance: Instance, now: datetime) -> bool:
    read = instance.synced_at
    return now - survey.at > FRESH or (read is not None and read > survey.at)


def _facts(served: Iterable[Served], instances: Iterable[Instance]) -> object:
    """What a plan depends on, but for the backlog, which changes all the time."""
    row = House.current().__data__
    house = {name: row[name] for name in HOUSE}
    budgets = [
        (each.id, each.name, each.disabled_at, *(each.__data__[name] for name in BUDGETS))
        for each in instances
    ]
    queues = [
        ({name: each.queue.__data__[name] for name in SETTINGS}, each.runs) for each in served
    ]
    links = [[instance.id for instance in each.instances] for each in served]
    return house, budgets, queues, links
