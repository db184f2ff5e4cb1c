"""A house on paper: what its instances want as counts, its queues, and its play."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import product
from random import Random
from typing import Any

from models.claims import HOUSE
from models.eligibility import DAY, HOUR, Policy, Reason
from models.planning.contenders import Contender
from models.planning.outlooks import Outlook
from models.planning.play import Play
from models.planning.stock import Odds, Stock
from models.planning.surveys import Group, Kind, Net, Survey
from models.planning.windows import Lane, Limits, Purse

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ALL = Net()
POLICY = Policy(
    7 * DAY, 14 * DAY, (6 * HOUR, 12 * HOUR, 24 * HOUR), 14 * DAY, 60 * DAY, DAY, 6 * HOUR
)
DAYS = 35


def survey(instance: int, *groups: Group, packs: Any = None) -> Survey:
    return Survey(NOW, frozenset({ALL}), list(groups), packs or {})


def items(
    number: int,
    *,
    instance: int = 1,
    want: str = "missing",
    young: bool = False,
    nets: frozenset[Net] = frozenset({ALL}),
    reason: Reason = Reason.ELIGIBLE,
    searched: bool = False,
    ends_in: float | None = None,
) -> Group:
    return Group(Kind(instance, want, nets, young), reason, searched, 0, ends_in, number)


def queue(
    number: int = 1,
    *,
    instances: tuple[int, ...] = (1,),
    batch: int = 5,
    every: float = 2.0,
    begin: float = 0.0,
    wants: tuple[str, ...] = ("missing",),
    **more: Any,
) -> Contender:
    """`every` so many hours from `begin` on."""
    moments = tuple(begin + every * run for run in range(int(DAYS * 24 / every)))
    known = {"net": ALL, "order": "least_recent", "packs": "never", "weight": 1} | more
    return Contender(
        number=number,
        name=str(number),
        wants=wants,
        batch=batch,
        instances=frozenset(instances),
        moments=moments,
        runs_a_day=24 / every,
        **known,
    )


def play(
    surveys: list[Survey],
    *queues: Contender,
    limits: tuple[int, int] = (10, 100),
    house: tuple[int, int] | None = (20, 400),
    days: int = DAYS,
    sent: Iterable[tuple[float, int]] = (),
) -> Play:
    """`sent` are searches before, on instance 1: when, in hours, and at which cost."""
    odds = dict.fromkeys(product(("missing", "upgrade"), (False, True)), Odds())
    stock = Stock(surveys, queues, POLICY, odds, Random(1))
    names = {name for each in queues for name in each.instances}
    lanes = {name: Lane(Purse(name, Limits(*limits)), 45 / 3600) for name in names}
    made = Play(stock, lanes, Purse(HOUSE, Limits(*house)) if house else None, days)
    for at, cost in sent:
        made.spend(None, 1, at, cost)
    made.run()
    return made


def outlooks(*args: Any, **more: Any) -> list[Outlook]:
    """Of the queues, in their order."""
    made = play(*args, **more)
    return [Outlook.of(each, made) for each in made.stock.contenders]
