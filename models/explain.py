"""Why an item is searched or not: the rules one by one, and its place in each queue."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from models.backlog import Item, eligibility
from models.backlog.eligibility import Policy, Reason, decide
from models.backlog.exclusions import Exclusion
from models.batches.apart import Apart, Titles
from models.batches.coverage import refusal
from models.batches.packs import FREE, cover, why_none
from models.batches.places import Place, place_in
from models.database.fields import moment_or_none, to_ms
from models.household import Household
from models.instances import Instance
from models.plan import words_of
from models.plan.paces import Common, Pace
from models.queues import Queue

# The rules that hold for every queue; the other two belong to a queue or a run.
RULES = (
    Reason.LEFT,
    Reason.UNMONITORED,
    Reason.EXCLUDED,
    Reason.UNRELEASED,
    Reason.DOWNLOADING,
    Reason.COOLDOWN,
)


class Turn(NamedTuple):
    """What one queue does with the item.

    `refusal` says why it never takes the item.
    `place` is None also while a rule keeps the item, or its instance is disabled.
    `days` is the time until its turn at the queue's pace; None if that is unknown.
    `together` is how many items the one search for it would cover.
    `no_pack` says why its season is not searched as a pack, if the queue searches packs.
    """

    queue: Queue
    refusal: str | None
    place: Place | None
    days: float | None = None
    together: int = 1
    no_pack: str | None = None

    @property
    def words(self) -> str:
        return words_of(self.days)

    @property
    def is_refused(self) -> bool:
        return self.refusal is not None


class Explanation(NamedTuple):
    """Why an item is searched or not.

    `since` is None if the reason has changed just now.
    `until` is when the reason ends by itself, if known.
    `exclusions` are in force; the one that ends last is first.
    `from_elsewhere` is True if the cooldown comes from a search that was not ours.
    `after_nothing` is the next cooldown in ms, if a search now brought nothing.
    `apart` says why a run now would leave an eligible item out.
    """

    item: Item
    reason: Reason
    since: datetime | None
    until: datetime | None
    exclusions: list[Exclusion]
    turns: list[Turn]
    from_elsewhere: bool
    after_nothing: int
    apart: Apart | None = None

    @property
    def passed(self) -> list[Reason]:
        """The rules that let the item pass, in their order."""
        if self.reason == Reason.ELIGIBLE:
            return list(RULES)
        return list(RULES[: RULES.index(self.reason)])

    @property
    def is_taken_early(self) -> bool:
        """Whether a queue takes the movie before its release."""
        return self.reason == Reason.UNRELEASED and any(turn.place for turn in self.turns)

    @property
    def is_taken(self) -> bool:
        return any(turn.refusal is None for turn in self.turns)


def explain(item: Item, now: datetime, household: Household | None = None) -> Explanation:
    """Explains an item by the rules as they are now.

    It counts places: run it on the reader thread. A caller that has read the household passes it.
    """
    policy, facts = Policy.of(household or Household.current()), item.facts()
    reason, until = decide(facts, policy, to_ms(now))
    theirs = facts._replace(cooldown_until=None)
    queues, common = list(Queue.by_name()), cache(Common.now)
    Queue.give_instances(queues, Instance.select())
    return Explanation(
        item=item,
        reason=reason,
        since=item.reason_at if reason == item.reason else None,
        until=moment_or_none(until),
        exclusions=Exclusion.upon([item], now)[item.id],
        turns=[_turn(queue, item, reason, policy, common, now) for queue in queues],
        from_elsewhere=decide(theirs, policy, to_ms(now)) == (Reason.COOLDOWN, until),
        after_nothing=_after_nothing(item, policy, now),
        apart=Titles(now).apart([item]) if reason == Reason.ELIGIBLE else None,
    )


def _turn(
    queue: Queue,
    item: Item,
    reason: Reason,
    policy: Policy,
    common: Callable[[], Common],
    now: datetime,
) -> Turn:
    why = refusal(queue, item, now)
    if queue.is_early:
        facts = item.facts()._replace(early=True)
        reason, _ = decide(facts, policy, to_ms(now))
    if why:
        return Turn(queue, why, None)
    no_pack = why_none(item, queue.packs, now)
    together = _together(queue, item, reason, now)
    if reason != Reason.ELIGIBLE or item.instance.disabled_at:
        return Turn(queue, None, None, together=together, no_pack=no_pack)
    place = place_in(queue, item, now)
    pace = Pace.of(queue, queue.instances, common(), now).a_day
    days = place.number / pace if place.number and pace else None
    return Turn(queue, None, place, days, together, no_pack)


def _together(queue: Queue, item: Item, reason: Reason, now: datetime) -> int:
    """How many items the one search covers.

    An item in cooldown is searched with its season if an episode of it is eligible.
    """
    covered = cover(item, queue.packs, now) if reason in FREE else []
    mine = [each for each in covered if each.want in queue.wants]
    free = any(each.reason == Reason.ELIGIBLE for each in mine)
    return len(covered) if free else 1


def _after_nothing(item: Item, policy: Policy, now: datetime) -> int:
    at = to_ms(now)
    _, until = eligibility.after(
        "nothing",
        item.facts(),
        searched_at=at,
        streak=item.streak,
        policy=policy,
    )
    return (until or at) - at
