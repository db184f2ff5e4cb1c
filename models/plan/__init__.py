"""The plan: how long one round of a queue takes, in simple arithmetic that a person can check."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from models.instances import Instance
from models.plan.paces import Common, Pace
from models.plan.rounds import Round, Rounds
from models.queues import Queue
from models.schedules.oftener import oftener
from models.searches import Search, SearchItem

LARGEST_BATCH = 50
OWN_DAYS = 14
WEEKS_FROM = 14
LONGEST = 730
# A round this long, in days, is worth a warning.
LONG = 90


class Help(NamedTuple):
    """A setting that makes a round shorter.

    `kind` is batch_size, schedule or budget.
    `value` is its new value; a schedule's is in words.
    `days` is how long the round takes then.
    """

    kind: str
    value: int | str
    days: float

    @property
    def words(self) -> str:
        return words_of(self.days)


class Outlook(NamedTuple):
    """The outlook of one queue.

    `own_a_day` is how many items it searched a day in its last 14 days; None without these.
    `unread` are instances that were never synced; with any of them nothing is said.
    """

    pace: Pace
    round: Round
    own_a_day: float | None = None
    help: Help | None = None
    unread: Sequence[Instance] = ()

    @property
    def days(self) -> float | None:
        return days_of(self.round, self.pace.a_day)

    @property
    def own_days(self) -> float | None:
        return days_of(self.round, self.own_a_day) if self.own_a_day else None

    @property
    def words(self) -> str:
        """Its time, from its pace and from its last 14 days: "9 days", "3 to 5 weeks", "never"."""
        if not self.own_a_day or self.days is None:
            return words_of(self.days)
        if self.own_days is None:
            return f"{words_of(self.days)} or more"
        first, last = (words_of(each) for each in sorted((self.days, self.own_days)))
        (low, _, unit), (_, _, other) = first.partition(" "), last.partition(" ")
        if first == last:
            return first
        return f"{low if unit.rstrip('s') == other.rstrip('s') else first} to {last}"

    @property
    def is_long(self) -> bool:
        return self.round.items > 0 and (self.days is None or self.days > LONG)


def days_of(one: Round, a_day: float) -> float | None:
    """The days that a round takes; None is never: as many items come as are searched."""
    return one.items / a_day if one.new_a_day < a_day else None


def words_of(days: float | None) -> str:
    """A number of days in words, rounded up to whole days below 14, else to whole weeks."""
    if days is None:
        return "never"
    whole = max(ceil(days - 1e-9), 1)
    if whole > LONGEST:
        return "more than two years"
    count, unit = (whole, "day") if whole < WEEKS_FROM else (ceil(whole / 7), "week")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


async def plan_of(
    queue: Queue,
    instances: list[Instance],
    rounds: Rounds,
    now: datetime,
    common: Common | None = None,
) -> Outlook:
    """The outlook of a queue, saved or not. Pass `common` to read it once for many queues."""
    common = common or Common.now()
    one, own = await rounds.of(queue, instances, common.tallies, now), None
    since = now - timedelta(days=OWN_DAYS)
    has_run = queue.id and queue.started_at and queue.started_at <= since and not queue.is_dry
    if has_run and common.household.history_days >= OWN_DAYS:
        _, own = await rounds.kept(("own", queue.id), now, _own, queue.id, since)
    pace = Pace.of(queue, instances, common, now)
    found = Outlook(pace, one, own, unread=unread(instances))
    return found._replace(help=_help(queue, found, now))


def unread(instances: Iterable[Instance]) -> list[Instance]:
    """Enabled instances that were never synced."""
    return [each for each in instances if not each.synced_at and not each.disabled_at]


def _own(queue: int, since: datetime) -> float:
    mine = (Search.queue == queue) & (Search.created_at > since) & (Search.cost > 0)
    return SearchItem.select().join(Search).where(mine).count() / OWN_DAYS


def _help(queue: Queue, outlook: Outlook, now: datetime) -> Help | None:
    """The setting that shortens the round most, if any does."""
    pace, bound = outlook.pace, outlook.pace.bound
    found: list[tuple[str, int | str, Pace]] = []
    if bound:
        larger = [each._replace(daily=each.daily * (1 + (each == bound))) for each in pace.shares]
        found.append(("budget", bound.daily * 2, pace._replace(shares=larger)))
    else:
        more = min(pace.batch * 2, LARGEST_BATCH)
        found.append(("batch_size", more, pace._replace(batch=more)))
        if schedule := oftener(queue.schedule, now):
            anchor = queue.started_at or now
            runs = schedule.runs_a_day(now, anchor=anchor, salt=queue.id or 0)
            found.append(("schedule", schedule.words, pace._replace(runs_a_day=runs)))
    helps = [
        Help(kind, value, days)
        for kind, value, changed in found
        if (days := days_of(outlook.round, changed.a_day)) is not None
    ]
    best = min(helps, key=lambda each: each.days, default=None)
    return best if best and best.words != words_of(outlook.days) else None
