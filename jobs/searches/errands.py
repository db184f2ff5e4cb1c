"""A search to make, on the disk: announced before it is sent, and learnt from when it has ended."""

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
from models.database import database
from models.database.fields import moment_or_none, ms_or_none, to_ms
from models.instances import Instance, WantedList
from models.instances.faults import worked
from models.queues import Queue
from models.searches import Search
from models.searches.grabs import Grab
from models.searches.runs import Run
from models.yields import Yield, departures

JUST_SEARCHED = "it was searched just before"
BY_QUEUE = frozenset({Reason.ELIGIBLE})
BY_IMPATIENT_RUN = BY_QUEUE | {Reason.COOLDOWN}
BY_PERSON = BY_IMPATIENT_RUN | {Reason.EXCLUDED}


class Errand(NamedTuple):
    """`permits` are the reasons that do not keep it; `share` decides whose turn it is.

    Without a run it is a person's own. With `asked_at`, a search since then has done it already.
    """

    instance_id: int
    item_ids: tuple[int, ...]
    run: Run | None = None
    permits: frozenset[Reason] = BY_QUEUE
    share: float = 0.0
    asked_at: datetime | None = None

    @property
    def stop_asked(self) -> bool:
        return self.run is not None and self.run.asked_to_stop()

    @property
    def is_early(self) -> bool:
        """Whether its queue does not wait for the releases of movies."""
        queue = Queue.get_or_none(id=self.run.queue_id) if self.run is not None else None
        return queue is not None and queue.is_early

    def tell(self, step: str) -> None:
        if self.run is not None:
            self.run.tell(step)


class Before(NamedTuple):
    """What an item had learnt before a search that was, as it turns out, never begun."""

    searched_at: datetime | None
    cooldown_until: datetime | None
    attempts: int


def items_of(errand: Errand, now: datetime) -> list[Item]:
    """As they are now; [] when one is gone, or kept by its list's doubt or a rule not permitted."""
    found = list(Item.select(Item, Instance).join(Instance).where(Item.id.in_(errand.item_ids)))
    whole = len(found) == len(errand.item_ids)
    if WantedList.doubts([each.instance for each in found], {each.want for each in found}):
        return []
    return found if whole and all(_is_permitted(errand, item, now) for item in found) else []


def leave_out(errand: Errand, found: Mapping[int, str], now: datetime) -> None:
    """Says on the run's row which items keep it from being made, and why.

    `found` has the reasons, by the items' ids, that were learnt when they were asked for.
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


def _is_permitted(errand: Errand, item: Item, now: datetime) -> bool:
    """What is permitted does not hide the rules that are asked after it."""
    if errand.asked_at and item.searched_at and item.searched_at >= errand.asked_at:
        return False
    facts = item.facts()._replace(early=errand.is_early)
    if Reason.EXCLUDED in errand.permits:
        facts = facts._replace(excluded_until=None)
    policy = Policy.current()
    reason, _ = decide(facts, policy, to_ms(now))
    if len(errand.item_ids) > 1 and reason == Reason.COOLDOWN:
        return eligibility.has_rested(facts, policy, to_ms(now))
    return reason in errand.permits


def announce(errand: Errand, items: Sequence[Item], at: datetime) -> tuple[Search, list[Before]]:
    """Durable before anything is sent, with a cooldown as of an unknown outcome."""
    policy, befores = Policy.current(), []
    with database.durable():
        search = Search.begin(items, errand.run, at, packs.cost(items))
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
    Tally.recount(errand.instance_id)
    return search, befores


def settle(engine: Engine, search: Search, items: Sequence[Item], verdict: Verdict) -> None:
    """The outcome on the search's row, and what it teaches on each item's."""
    now, policy = engine.clock.now(), Policy.current()
    kind = "pack" if search.is_pack else "episode"
    with database.atomic():
        items = _as_they_are(items)
        told = {"release": verdict.release, "indexer": verdict.indexer}
        search.end(verdict.outcome, now, message=verdict.message, **told)
        Yield.count_outcome(search)
        _keep_grabs(search, verdict)
        for item in items:
            streak, until = _after(_outcome_for(item, verdict), item, search.arrived_by, policy)
            item.judge(policy, to_ms(now), streak=streak, cooldown_until=moment_or_none(until))
        if items:
            packs.learn(items[0], kind, verdict.outcome)
            Tally.recount(items[0].instance_id)
    if verdict.outcome == "no_indexer" and items:
        note_fault(items[0].instance, "indexers", Fault("no_indexer", verdict.message), now)
    elif verdict.outcome in ("grabbed", "nothing") and items:
        worked(items[0].instance, now, "indexers")


def _keep_grabs(search: Search, verdict: Verdict) -> None:
    """So that they can be followed; what they were for may have left its list meanwhile."""
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
    """It was never begun: it costs nothing, and the items are as they were."""
    now, policy = engine.clock.now(), Policy.current()
    with database.atomic():
        search.end("failed", now, cost=0, message=why)
        learnt = {item.id: before for item, before in zip(items, befores, strict=True)}
        for item in _as_they_are(items):
            item.judge(policy, to_ms(now), **learnt[item.id]._asdict())
        Tally.recount(items[0].instance_id)


def _as_they_are(items: Sequence[Item]) -> list[Item]:
    """A search may last half an hour, and a sync in between knows better; some may be gone."""
    ids = [item.id for item in items]
    return list(Item.select(Item, Instance).join(Instance).where(Item.id.in_(ids)))


def _outcome_for(item: Item, verdict: Verdict) -> str:
    """Of a pack that brought only some of its episodes, the others got nothing."""
    if verdict.outcome == "grabbed" and verdict.grabbed and item.arr_id not in verdict.grabbed:
        return "nothing"
    return verdict.outcome


def _after(
    outcome: str, item: Item, searched_at: datetime, policy: Policy
) -> tuple[int, int | None]:
    return eligibility.after(
        outcome,
        want=item.want,
        aired_at=ms_or_none(item.aired_at),
        searched_at=to_ms(searched_at),
        streak=item.streak,
        policy=policy,
    )
