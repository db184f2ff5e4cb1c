"""A search to make: written before it is sent, and learnt from when it has ended."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from jobs.arr import Fault
from jobs.engine import Engine
from jobs.engine.retries import note_fault
from jobs.searches.outcomes import Verdict
from models.backlog import Item, Tally, eligibility
from models.backlog.eligibility import WORDS, Policy, Reason, decide
from models.batches import packs
from models.batches.apart import Titles
from models.database import database
from models.database.fields import moment_or_none, to_ms
from models.instances import Instance, WantedList
from models.instances.faults import worked
from models.prowlarrs.silences import silent_on
from models.queues import Queue
from models.searches import Search
from models.searches.grabs import Grab
from models.searches.runs import Run
from models.yields import Yield, departures

JUST_SEARCHED = "it was searched just now"
BY_QUEUE = frozenset({Reason.ELIGIBLE})
BY_IMPATIENT_RUN = BY_QUEUE | {Reason.COOLDOWN}
BY_PERSON = BY_IMPATIENT_RUN | {Reason.EXCLUDED}


class Errand(NamedTuple):
    """A search to make, for a run or for a person.

    `run` is None for a person's own search.
    `permits` are the reasons that do not keep an item from being searched.
    `share` decides whose turn it is; the smallest goes first.
    `asked_at`, if set, drops the search when an item was searched since.
    `is_trial`: it only asks what would be found.
    """

    instance_id: int
    item_ids: tuple[int, ...]
    run: Run | None = None
    permits: frozenset[Reason] = BY_QUEUE
    share: float = 0.0
    asked_at: datetime | None = None
    is_trial: bool = False

    @property
    def stop_asked(self) -> bool:
        return self.run is not None and self.run.asked_to_stop()

    @property
    def is_early(self) -> bool:
        """Whether the queue searches movies before their release."""
        queue = Queue.get_or_none(id=self.run.queue_id) if self.run is not None else None
        return queue is not None and queue.is_early

    def tell(self, step: str) -> None:
        if self.run is not None:
            self.run.tell(step)


class Before(NamedTuple):
    """What an item's row said before a search; put back if the search never began."""

    searched_at: datetime | None
    cooldown_until: datetime | None
    attempts: int


def items_of(errand: Errand, now: datetime) -> list[Item]:
    """The items as they are now; [] when the search must not be made.

    That is when an item is gone, its list is in doubt, or a rule that is not permitted keeps it.
    """
    found = list(Item.select(Item, Instance).join(Instance).where(Item.id.in_(errand.item_ids)))
    whole = len(found) == len(errand.item_ids)
    if WantedList.doubts([each.instance for each in found], {each.want for each in found}):
        return []
    return found if whole and all(_is_permitted(errand, item, now) for item in found) else []


def leave_out(errand: Errand, found: Mapping[int, str], now: datetime) -> None:
    """Writes on the run's row which items kept the search from being made, and why.

    `found` maps item ids to the reasons learnt when the instance was asked about them.
    """
    if errand.run is None:
        return
    policy = Policy.current()
    for item in Item.select(Item, Instance).join(Instance).where(Item.id.in_(errand.item_ids)):
        if not _is_permitted(errand, item, now):
            facts = item.facts()._replace(early=errand.is_early)
            reason, _ = decide(facts, policy, to_ms(now))
            kept = JUST_SEARCHED if reason == Reason.ELIGIBLE else f"it is {WORDS[reason]}"
            why = found.get(item.id) or kept
            errand.run.leave_out(f"{item.label}: {why}.")


def kept_apart(errand: Errand, items: Sequence[Item], now: datetime) -> bool:
    """Whether another instance has just searched one of the titles; written on the run's row.

    A person's own search does not wait for that.
    """
    apart = Titles(now).apart(items) if errand.run is not None else None
    if errand.run is None or apart is None:
        return False
    label = items[0].label if len(items) == 1 else items[0].season_label
    errand.run.leave_out(f"{label}: {apart.sentence}.")
    return True


def _is_permitted(errand: Errand, item: Item, now: datetime) -> bool:
    """Whether the item may be searched; a permitted reason does not hide later rules."""
    if errand.asked_at and item.searched_at and item.searched_at >= errand.asked_at:
        return False
    facts = item.facts()._replace(early=errand.is_early)
    if Reason.EXCLUDED in errand.permits:
        facts = facts._replace(excluded_until=None)
    policy = Policy.current()
    reason, _ = decide(facts, policy, to_ms(now))
    if len(errand.item_ids) > 1 and reason == Reason.COOLDOWN and not errand.is_trial:
        return eligibility.has_rested(facts, policy, to_ms(now))
    return reason in errand.permits


class Announced(NamedTuple):
    """A search that is written and not sent yet.

    `proved_at` is a moment of the monotonic clock, before the commit that made it ours.
    """

    search: Search
    items: Sequence[Item]
    befores: Sequence[Before]
    proved_at: float


def announce(errand: Errand, items: Sequence[Item], at: datetime, owner: int) -> Announced:
    """Writes the search before it is sent, with the cooldown of an unknown outcome.

    Call inside a durable transaction.
    """
    policy, befores, proved_at = Policy.current(), [], time.monotonic()
    search = Search.begin(
        items, errand.run, at, packs.cost(items), owner=owner, is_trial=errand.is_trial
    )
    for item in items:
        befores.append(Before(item.searched_at, item.cooldown_until, item.attempts))
        _, until = _after("unknown", item, at, policy)
        item.judge(
            policy,
            to_ms(at),
            searched_at=at,
            cooldown_until=moment_or_none(until),
            attempts=item.attempts + 1,
        )
    return Announced(search, items, befores, proved_at)


def settle(engine: Engine, search: Search, items: Sequence[Item], verdict: Verdict) -> None:
    """Writes the outcome on the search, and what it teaches on each item.

    A trial teaches nothing beyond its cooldown: it may ask other indexers than a search does.
    """
    now, policy = engine.clock.now(), Policy.current()
    kind = "pack" if search.is_pack else "episode"
    with database.atomic():
        items = _as_they_are(items)
        told = {"release": verdict.release, "indexer": verdict.indexer}
        search.end(verdict.outcome, now, message=verdict.message, **told)
        Yield.count_outcome(search)
        _keep_grabs(search, verdict)
        silent = verdict.outcome in ("nothing", "grabbed") and silent_on(search.instance_id, now)
        for item in items:
            outcome = _outcome_for(item, verdict)
            if outcome == "nothing" and silent:
                # Nothing found by an indexer that says nothing tells nothing of the item.
                outcome = "unknown"
            streak, until = _after(outcome, item, search.arrived_by, policy)
            item.judge(policy, to_ms(now), streak=streak, cooldown_until=moment_or_none(until))
        if items and not search.is_trial:
            packs.learn(items[0], kind, verdict.outcome)
        if items:
            Tally.recount(items[0].instance_id)
    if search.is_trial:
        return
    if verdict.outcome == "no_indexer" and items:
        note_fault(items[0].instance, "indexers", Fault("no_indexer", verdict.message), now)
    elif verdict.outcome in ("grabbed", "nothing") and items:
        worked(items[0].instance, now, "indexers")


def _keep_grabs(search: Search, verdict: Verdict) -> None:
    """Keeps the grabs to follow them, and judges again items that left their list meanwhile."""
    instance = Instance.get_or_none(id=search.instance_id)
    if instance is None:
        return
    for taken in verdict.grabs:
        Grab.keep(
            search,
            instance,
            arr_id=taken.arr_id,
            download_id=taken.download_id,
            release=taken.title,
            indexer=taken.indexer,
            at=taken.at,
        )
    departures.judge_again(instance.id, verdict.grabbed)


def withdraw(
    engine: Engine, search: Search, items: Sequence[Item], befores: Sequence[Before], why: str
) -> None:
    """Ends a search that never began: it costs nothing, and its items are as they were.

    Nothing happens if another replica has taken it over.
    """
    now, policy = engine.clock.now(), Policy.current()
    with database.atomic():
        if not search.is_still_to_send():
            return
        search.end("failed", now, cost=0, message=why)
        learnt = {item.id: before for item, before in zip(items, befores, strict=True)}
        for item in _as_they_are(items):
            item.judge(policy, to_ms(now), **learnt[item.id]._asdict())
        Tally.recount(items[0].instance_id)


def _as_they_are(items: Sequence[Item]) -> list[Item]:
    """The items as they are now: half an hour and a sync may have passed, and some may be gone."""
    ids = [item.id for item in items]
    return list(Item.select(Item, Instance).join(Instance).where(Item.id.in_(ids)))


def _outcome_for(item: Item, verdict: Verdict) -> str:
    """The outcome for one item: in a pack that brought some episodes, the others got nothing."""
    if verdict.outcome == "grabbed" and verdict.grabbed and item.arr_id not in verdict.grabbed:
        return "nothing"
    return verdict.outcome


def _after(
    outcome: str, item: Item, searched_at: datetime, policy: Policy
) -> tuple[int, int | None]:
    return eligibility.after(
        outcome,
        item.facts(),
        searched_at=to_ms(searched_at),
        streak=item.streak,
        policy=policy,
    )
