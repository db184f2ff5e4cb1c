"""What a play came to: for a queue, for an instance, for the house."""

from collections import Counter
from collections.abc import Collection, Sequence
from math import ceil
from typing import NamedTuple, Self

from models.claims import HOUSE
from models.planning.contenders import Contender
from models.planning.play import Play

HOURS = 24
WEEK = 7
# Orders that search some items again before others have had their turn.
UNEVEN = frozenset({"newest", "oldest", "title", "random", "recent", "smart"})
# So much less than its schedule wants is worth a word, as a share of what it wants.
A_LITTLE = 0.05
LONG = 90.0


class Bound(NamedTuple):
    """What keeps a queue from searching more.

    `kind` is schedule, budget, together (it runs with others, and chooses the same), items (there
    is no more to search), or never. Of a budget: `whose`, an instance's id or 0 for the house, and
    its `hours`.
    """

    kind: str
    whose: int = HOUSE
    hours: float = 0


class Outlook(NamedTuple):
    """Of one queue. `a_day` is the mean of the first week, or until all had their turn, and
    `later_a_day` that of the last.

    `days` until all of `waiting` had their turn, None when that never comes; those of `items` that
    do not wait had it. `missed_a_day` grow too old before their turn.
    """

    number: int
    runs_a_day: float
    batch: int
    a_day: float
    later_a_day: float
    items: int
    waiting: int
    days: float | None
    missed_a_day: float
    bound: Bound

    @property
    def wanted_a_day(self) -> float:
        return self.runs_a_day * self.batch

    @property
    def is_long(self) -> bool:
        return self.waiting > 0 and (self.days is None or self.days > LONG)

    @classmethod
    def of(cls, contender: Contender, play: Play) -> Self:
        number, stock = contender.number, play.stock
        daily = [0] * play.days
        for (each, _, day), searches in play.sent.items():
            daily[day] += searches * (each == number)
        days = _days(contender, play)
        # At least as long as from one run to the next.
        span = max(WEEK, ceil(1 / contender.runs_a_day)) if contender.runs_a_day else WEEK
        first_days = daily[: max(min(int(days or span), span), 1)]
        a_day = min(_mean(first_days), contender.runs_a_day * contender.batch)
        return cls(
            number=number,
            runs_a_day=contender.runs_a_day,
            batch=contender.batch,
            a_day=a_day,
            later_a_day=_mean(daily[-WEEK:]),
            items=stock.items[number],
            waiting=play.left[number][0],
            days=days,
            missed_a_day=stock.missed[number] / play.days,
            bound=_bound(contender, play, a_day),
        )


class Share(NamedTuple):
    """Of an instance or the house: what is spent a day, what its queues want, and its budget."""

    a_day: float
    wanted_a_day: float
    queues: int
    hourly: int
    daily: int

    @classmethod
    def of(cls, play: Play, instances: Collection[int], hourly: int, daily: int) -> Self:
        searches, costs_here = Counter[int](), Counter[int]()
        first_week = 0
        for (number, instance, day), cost in play.costs.items():
            searches[number] += play.sent[number, instance, day]
            if instance in instances:
                costs_here[number] += cost
                first_week += cost * (day < WEEK)
        there = [each for each in play.stock.contenders if each.instances & set(instances)]
        wanted = sum(
            each.runs_a_day * each.batch * costs_here[each.number] / max(searches[each.number], 1)
            for each in there
        )
        return cls(first_week / min(WEEK, play.days), wanted, len(there), hourly, daily)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(len(values), 1)


def _days(contender: Contender, play: Play) -> float | None:
    """None where it takes longer than the window is wide: then some grow too old before it."""
    days, window = _until_the_last(contender, play), contender.net.days
    return None if days is None or (window and days > window) else days


def _until_the_last(contender: Contender, play: Play) -> float | None:
    """Played out, or reckoned on."""
    number, left = contender.number, play.left[contender.number]
    if left[0] == 0:
        return 0.0
    if number in play.done_at:
        return play.done_at[number] / HOURS
    last = len(left) - 1
    if contender.order in UNEVEN:
        pace = (left[0] - left[last]) / max(last, 1)
    else:
        # What comes meanwhile has its turn before the last of those that wait.
        pace = play.turns[number] / (play.days - play.half) - play.stock.came[number] / play.days
    return last + left[last] / pace if pace > 0 else None


def _bound(contender: Contender, play: Play, a_day: float) -> Bound:
    wanted = contender.runs_a_day * contender.batch
    if not contender.moments or not contender.instances:
        return Bound("never")
    a_little = max(wanted * A_LITTLE, 0.5)
    held = {key[1:]: count for key, count in play.held.items() if key[0] == contender.number}
    worst = max(held, key=lambda budget: held[budget], default=(HOUSE, 0))
    if a_day >= wanted - a_little:
        return Bound("schedule")
    if sum(held.values()) / play.days > a_little:
        return Bound("budget", *worst)
    doubled = play.doubled[contender.number] / play.days
    return Bound("together" if doubled > wanted * A_LITTLE else "items")
