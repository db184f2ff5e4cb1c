"""Searches that a person asked for: one item, now, without a run."""

import asyncio
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from jobs.engine import BROKEN, Engine
from jobs.runs.gating import try_again
from jobs.searches import run_errand
from jobs.searches.errands import BY_PERSON, Errand, settle
from jobs.searches.outcomes import Verdict
from jobs.sync.conditions import ask
from models.backlog import Item
from models.backlog.eligibility import WORDS, Policy, Reason, decide
from models.budgets.gates import TOLD, Gate, closed
from models.database.fields import from_ms, to_ms
from models.household import Household
from models.instances import Instance, WantedList
from models.searches import Search, SearchItem

GOING_ON = "It is being searched already."
STOPPED = "The program was stopped before it was searched."
DONE_SINCE = "A queue has searched it meanwhile."
# These gates depend on nothing that the instance tells, so they are believed without asking it.
OUR_OWN = frozenset({"held", "disabled", "budget"})
REMEMBERED = 500


class Note(NamedTuple):
    """Why nothing was sent."""

    sentence: str
    at: datetime


class ByHand:
    """Searches that people asked for. They are kept in memory: a restart never starts a search."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._notes: dict[int, Note] = {}

    def begin(self, item: Item) -> str | None:
        """Begins a search in its instance's turn; else returns the sentence that says why not."""
        now = from_ms(to_ms(self._engine.clock.now()))
        if self.is_searching(item):
            return GOING_ON
        gate = closed(item.instance, Household.current(), now)
        if gate and gate.code in OUR_OWN:
            return gate.sentence
        if kept := _kept(item, now):
            return kept
        self._notes.pop(item.id, None)
        task = self._engine.spawn(_name(item.id), self._search(item, now))
        task.add_done_callback(partial(self._ended, item.id, now))
        return None

    def is_waiting(self, item: Item) -> bool:
        """Whether the item was asked for here and its command is not sent yet."""
        return self._engine.runs(_name(item.id)) and not _undone(item.id)

    def is_searching(self, item: Item) -> bool:
        """Whether the item was asked for here, or is being searched for a queue."""
        return self._engine.runs(_name(item.id)) or bool(_undone(item.id))

    def note(self, item: Item) -> Note | None:
        """Why the last search that was asked for here did not come about."""
        return self._notes.get(item.id)

    async def _search(self, item: Item, asked_at: datetime) -> None:
        engine = self._engine
        await _ask_again(engine, item.instance)
        errand = Errand(item.instance_id, (item.id,), None, BY_PERSON, asked_at=asked_at)
        gate = await run_errand(engine, errand)
        if gate is None and not _begun(item.id, asked_at):
            gate = Gate("kept", self._why_not(item.id, asked_at), None)
        if gate:
            self._tell(item.id, gate.sentence)

    def _why_not(self, item_id: int, asked_at: datetime) -> str:
        """The sentence for an item that was not searched although no gate was closed."""
        now, item = self._engine.clock.now(), Item.get_or_none(id=item_id)
        if item is None or self._engine.clock.stopping.is_set():
            return STOPPED
        if item.searched_at and item.searched_at >= asked_at:
            return DONE_SINCE
        return _kept(item, now) or STOPPED

    def _ended(self, item_id: int, asked_at: datetime, task: asyncio.Task[Any]) -> None:
        """After an error of the program, notes it and gives undone searches the outcome unknown."""
        if task.cancelled() or task.exception() is None:
            return
        self._tell(item_id, BROKEN)
        for search in _undone(item_id):
            if search.run_id is None and search.created_at >= asked_at:
                settle(self._engine, search, search.items, Verdict("unknown", BROKEN))

    def _tell(self, item_id: int, sentence: str) -> None:
        self._notes.pop(item_id, None)
        self._notes[item_id] = Note(sentence, self._engine.clock.now())
        while len(self._notes) > REMEMBERED:
            del self._notes[next(iter(self._notes))]


async def _ask_again(engine: Engine, instance: Instance) -> None:
    """Asks the instance again, as its fault may be over; the answers are written on its row."""
    if instance.fault:
        await try_again(engine, instance, at_once=True)
    if not instance.fault:
        gate = closed(instance, Household.current(), engine.clock.now())
        await ask(engine, instance, anew=gate is not None and gate.code in TOLD)


def _kept(item: Item, now: datetime) -> str | None:
    """The sentence of the rule that keeps the item from being searched even by a person, if any."""
    for doubted in WantedList.doubts([item.instance], {item.want}):
        return doubted.doubt
    facts = item.facts()._replace(excluded_until=None, cooldown_until=None, arr_searched_at=None)
    reason, _ = decide(facts, Policy.current(), to_ms(now))
    return None if reason is Reason.ELIGIBLE else f"Not searched: it is {WORDS[reason]}."


def _undone(item_id: int) -> list[Search]:
    return list(Search.undone().join(SearchItem).where(SearchItem.item == item_id))


def _begun(item_id: int, asked_at: datetime) -> bool:
    mine = (SearchItem.item == item_id) & (Search.created_at >= asked_at) & Search.run.is_null()
    return Search.select().join(SearchItem).where(mine).exists()


def _name(item_id: int) -> str:
    return f"by-hand-{item_id}"
