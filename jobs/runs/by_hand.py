"""Searches that a person asked for: one item, now, without a run; or only what it would find."""

from datetime import datetime
from typing import NamedTuple

from jobs.engine import BROKEN, Engine
from jobs.runs.gating import try_again
from jobs.searches import run_errand
from jobs.searches.errands import BY_PERSON, Errand, settle
from jobs.searches.outcomes import Verdict
from jobs.sync.conditions import ask
from models.backlog import Item
from models.backlog.eligibility import WORDS, Policy, Reason, decide
from models.batches import packs
from models.budgets.gates import TOLD, closed
from models.database.fields import from_ms, to_ms
from models.household import Household
from models.instances import Instance, WantedList
from models.searches import Search, SearchItem
from models.wishes import Wish

GOING_ON = "It is being searched already."
STOPPED = "The program was stopped before it was searched."
DONE_SINCE = "A queue has searched it meanwhile."
# These gates depend on nothing that the instance tells, so they are believed without asking it.
OUR_OWN = frozenset({"held", "disabled", "budget"})
# The kinds of wishes for one item: a search, and what a search would find.
TRIALS = ("trial", "season-trial")
SEARCHES = ("search", *TRIALS)


class Note(NamedTuple):
    """Why nothing was sent."""

    sentence: str
    at: datetime


class Asked(NamedTuple):
    """How far the search is that was asked for last.

    `is_waiting` until its command is sent. `is_searching` until it has ended, for a queue too.
    `is_trial`: it only asks what would be found.
    """

    is_waiting: bool
    is_searching: bool
    note: Note | None
    is_trial: bool = False

    @classmethod
    def of(cls, item: Item) -> "Asked":
        wish, undone = Wish.latest(SEARCHES, item.id), _undone(item.id)
        is_open = wish is not None and wish.is_open
        note = Note(wish.sentence, wish.ended_at) if wish and wish.sentence else None
        is_trial = undone[0].is_trial if undone else wish is not None and wish.kind in TRIALS
        return cls(is_open and not undone, is_open or bool(undone), note, is_trial)


def ask_for(item: Item, at: datetime, kind: str = "search") -> str | None:
    """Asks for a search in its instance's turn; else returns the sentence that says why not.

    `kind` is one of SEARCHES.
    """
    at = from_ms(to_ms(at))
    if Asked.of(item).is_searching:
        return GOING_ON
    gate = closed(item.instance, Household.current(), at)
    if gate and gate.code in OUR_OWN:
        return gate.sentence
    if kept := _kept(item, at):
        return kept
    return None if Wish.ask(kind, item.id, at, instead_of=SEARCHES) else GOING_ON


def season_of(item: Item, at: datetime) -> list[Item]:
    """What asking for releases of the item's season covers; [] where it covers no other item."""
    if not item.has_season or item.season == packs.SPECIALS:
        return []
    wanted = packs.wanted_of(item)
    if len(wanted) > packs.MOST:
        return []
    policy = Policy.current()
    found = [each for each in wanted if _reason(each, at, policy) is Reason.ELIGIBLE]
    return found if len(found) > 1 and item in found else []


async def search(engine: Engine, item: Item, asked_at: datetime, kind: str = "search") -> str:
    """Searches the item, or only asks for releases; returns why nothing was sent, or "".

    `kind` is one of SEARCHES.
    """
    async with engine.asking(item.instance_id):
        await _ask_again(engine, item.instance_id, asked_at)
    whole = season_of(item, engine.clock.now()) if kind == "season-trial" else []
    ids = tuple(each.id for each in whole or [item])
    errand = Errand(
        item.instance_id, ids, None, BY_PERSON, asked_at=asked_at, is_trial=kind in TRIALS
    )
    gate = await run_errand(engine, errand)
    if gate:
        return gate.sentence
    return "" if _begun(item.id, asked_at) else _why_not(engine, item.id, asked_at)


def why_ended(item_id: int, asked_at: datetime) -> str:
    """The sentence for a search whose worker has stopped: "" where its command was announced."""
    return "" if _begun(item_id, asked_at) else STOPPED


def give_up(engine: Engine, item_id: int, asked_at: datetime) -> None:
    """Gives the undone searches of a failed task the outcome unknown."""
    for search in _undone(item_id):
        if search.run_id is None and search.created_at >= asked_at:
            settle(engine, search, search.items, Verdict("unknown", BROKEN))


def _why_not(engine: Engine, item_id: int, asked_at: datetime) -> str:
    """The sentence for an item that was not searched although no gate was closed."""
    item = Item.get_or_none(id=item_id)
    if item is None or engine.clock.stopping.is_set():
        return STOPPED
    if item.searched_at and item.searched_at >= asked_at:
        return DONE_SINCE
    return _kept(item, engine.clock.now()) or STOPPED


async def _ask_again(engine: Engine, instance_id: int, asked_at: datetime) -> None:
    """Asks the instance again, as its fault may be over; the answers are written on its row.

    A fault that came after `asked_at` is as new as an answer would be.
    """
    instance = Instance.get_or_none(id=instance_id)
    if instance is None:
        return
    if instance.fault and not (instance.faulty_since and instance.faulty_since > asked_at):
        await try_again(engine, instance, at_once=True)
    if not instance.fault:
        gate = closed(instance, Household.current(), engine.clock.now())
        await ask(engine, instance, anew=gate is not None and gate.code in TOLD)


def _kept(item: Item, now: datetime) -> str | None:
    """The sentence of the rule that keeps the item from being searched even by a person, if any."""
    for doubted in WantedList.doubts([item.instance], {item.want}):
        return doubted.doubt
    reason = _reason(item, now, Policy.current())
    return None if reason is Reason.ELIGIBLE else f"Not searched: it is {WORDS[reason]}."


def _reason(item: Item, now: datetime, policy: Policy) -> Reason:
    """The reason that holds for a person too, who ignores cooldown and exclusion."""
    facts = item.facts()._replace(excluded_until=None, cooldown_until=None, arr_searched_at=None)
    return decide(facts, policy, to_ms(now))[0]


def _undone(item_id: int) -> list[Search]:
    return list(Search.undone().join(SearchItem).where(SearchItem.item == item_id))


def _begun(item_id: int, asked_at: datetime) -> bool:
    mine = (SearchItem.item == item_id) & (Search.created_at >= asked_at) & Search.run.is_null()
    return Search.select().join(SearchItem).where(mine).exists()
