"""What the queues will come to at their present settings: the house played through."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from random import Random
from typing import NamedTuple

from peewee import ModelSelect, fn

from models.claims import HOUSE
from models.eligibility import Policy
from models.house import House
from models.instances import WANTS, Instance
from models.planning.contenders import HOUR, Contender
from models.planning.outlooks import Outlook, Share
from models.planning.play import Play
from models.planning.stock import Odds, Stock
from models.planning.surveys import Net, Survey
from models.planning.unreached import Unreached, unreached
from models.planning.windows import Lane, Limits, Purse
from models.queues import Queue, QueueInstance
from models.runs import Run
from models.searches import Search
from models.shares import DAY
from models.yields.rates import Rates

DAYS = 35
# A search and its answers, beside the spacing.
SEARCH_SECONDS = 10
JITTER = 1.05
UNKNOWN = 0.02
SEED = 1
LINK = QueueInstance.queue, QueueInstance.instance


class Served(NamedTuple):
    """A queue, which need not be saved, the instances that it searches on, and whether it runs."""

    queue: Queue
    instances: list[Instance]
    runs: bool = True

    @property
    def is_demo(self) -> bool:
        return any(each.demo for each in self.instances)

    @property
    def unread(self) -> list[Instance]:
        """Whose lists were never read to their end: nobody knows yet what there is to search."""
        return [each for each in self.instances if not each.synced_at and not each.disabled_at]


class Plan(NamedTuple):
    """`outlooks` are by the queue's id, 0 for one that is not saved; `shares` by the instance's,
    as are `names`. `at` is when the backlog was counted.
    """

    at: datetime
    outlooks: dict[int, Outlook]
    shares: dict[int, Share]
    house: Share
    unreached: list[Unreached]
    names: dict[int, str]


def all_served(instances: Iterable[Instance]) -> list[Served]:
    """Every queue, by name; `instances` are all that there are."""
    known = {each.id: each for each in instances}
    found: dict[int, list[Instance]] = {}
    for queue, instance in QueueInstance.select(*LINK).tuples():
        found.setdefault(queue, []).append(known[instance])
    return [
        Served(queue, found.get(queue.id, []), queue.state == "scheduled")
        for queue in Queue.by_name()
    ]


def nets_of(served: Iterable[Served]) -> dict[int, set[Net]]:
    """What has to be told apart on each instance."""
    found: dict[int, set[Net]] = {}
    for queue, instances, _ in served:
        for instance in instances:
            found.setdefault(instance.id, set()).add(Net.of(queue))
    return found


def plan_of(
    served: Iterable[Served],
    surveys: Mapping[int, Survey],
    instances: Iterable[Instance],
    now: datetime,
    days: int = DAYS,
) -> Plan:
    """For a thread of its own: some 30 ms a queue, seconds where each searches everywhere.

    Demo and real instances are played apart.
    """
    served, instances = list(served), list(instances)
    plays = [
        play(
            [each for each in served if each.runs and each.is_demo == demo],
            [surveys[each.id] for each in instances if each.demo == demo and each.id in surveys],
            [each for each in instances if each.demo == demo],
            now,
            days,
        )
        for demo in (False, True)
    ]
    house = House.current()
    return Plan(
        at=min((each.at for each in surveys.values()), default=now),
        outlooks={
            each.number: Outlook.of(each, one) for one in plays for each in one.stock.contenders
        },
        shares={
            each.id: Share.of(one, {each.id}, each.hourly_budget, each.daily_budget)
            for one, demo in zip(plays, (False, True), strict=True)
            for each in instances
            if each.demo == demo
        },
        house=Share.of(
            plays[0],
            {each.id for each in instances if not each.demo},
            house.hourly_budget,
            house.daily_budget,
        ),
        unreached=unreached(served, surveys, instances),
        names={each.id: each.name for each in instances},
    )


def play(
    served: Iterable[Served],
    surveys: Iterable[Survey],
    instances: Iterable[Instance],
    now: datetime,
    days: int,
) -> Play:
    """Of the demo or of the rest: a demo instance has only its own budget."""
    house, running = House.current(), [each for each in instances if not each.disabled_at]
    active = {run.queue_id for run in Run.active().select(Run.queue)}
    contenders = [
        Contender.of(each.queue, each.instances, now, days, goes_on=each.queue.id in active)
        for each in served
        if each.instances
    ]
    demo = any(each.demo for each in running)
    rates = Rates.at(now, demo=demo)
    odds = {
        (want, young): Odds(found, 1 - UNKNOWN - found)
        for want in WANTS
        for young in (False, True)
        for found in [rates.of_age(want, young=young)]
    }
    stock = Stock(surveys, contenders, Policy.of(house), odds, Random(SEED))
    limits = Limits(house.hourly_budget, house.daily_budget)
    purse = None if demo else Purse(HOUSE, limits)
    played = Play(stock, {each.id: _lane(each) for each in running}, purse, days)
    for queue, instance, at, cost in _spendings(now, demo=demo):
        played.spend(queue, instance, (at - now) / HOUR, cost)
    played.run()
    return played


def _lane(instance: Instance) -> Lane:
    limits = Limits(instance.hourly_budget, instance.daily_budget)
    seconds = instance.spacing_seconds * JITTER + SEARCH_SECONDS
    return Lane(Purse(instance.id, limits), seconds / 3600)


def _spendings(now: datetime, *, demo: bool) -> ModelSelect:
    """Of the last day: (queue's id, instance's, when, cost)."""
    sent_at = fn.COALESCE(Search.sent_at, Search.created_at)
    found = Search.select(Search.queue, Search.instance, sent_at, Search.cost)
    return found.where(Search.created_at > now - DAY, Search.demo == demo, Search.cost > 0).tuples()
