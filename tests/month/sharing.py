"""Whether queues that want more than their instance may have are served by their weights."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.month.household import Place, Plan
from tests.month.oracle import DAY, Sent
from tests.month.server import Server

# By then each of them still has something to search; the first day has the start in it.
BEGINS, ENDS = 1 * DAY, 8 * DAY
# How much more by its weight one may have had than another.
MOST = 1.15
WANTS = {"missing": "missing", "cutoff": "upgrade"}


class Shared(NamedTuple):
    """How the queues of one instance shared it in some days: weight and searches of each."""

    instance: str
    queues: dict[str, tuple[int, int]]

    def faults(self) -> Iterator[str]:
        served = [searches / weight for weight, searches in self.queues.values()]
        if max(served) > max(min(served), 1) * MOST:
            had = ", ".join(f"{name} {n} with weight {w}" for name, (w, n) in self.queues.items())
            yield f"{self.instance}: its queues were not served by their weights: {had}."


def shared(
    places: Sequence[Place],
    plans: Sequence[Plan],
    servers: Mapping[str, Server],
    days: float,
) -> Iterator[Shared]:
    """By the servers' logs, which tell queues of one instance apart by what they want."""
    for place in places:
        mine = [plan for plan in plans if plan.places == (place.name,) and plan.strategy in WANTS]
        if len({plan.strategy for plan in mine}) > 1 and _all_want_more(place, mine):
            sent = servers[place.host].sent()
            yield Shared(place.name, {each.name: _had(each, sent, days) for each in mine})


def _all_want_more(place: Place, plans: Sequence[Plan]) -> bool:
    weights = sum(_weight(each) for each in plans)
    daily = place.settings.get("daily_budget", 100)
    return all(
        plan.schedule.kind == "every"
        and DAY / 60 / plan.schedule.every_minutes * plan.batch > daily * _weight(plan) / weights
        for plan in plans
    )


def _had(plan: Plan, sent: Sequence[Sent], days: float) -> tuple[int, int]:
    ends = min(ENDS, days * DAY)
    mine = [
        each for each in sent if BEGINS <= each.at < ends and WANTS[plan.strategy] in _wants(each)
    ]
    return _weight(plan), len(mine)


def _wants(sent: Sent) -> set[str]:
    return set(sent.wants.values())


def _weight(plan: Plan) -> int:
    return int(plan.more.get("weight", 1))
