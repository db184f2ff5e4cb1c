"""The batch of a run: what it would search, in order, with seasons taken together."""

import random
from collections.abc import Container, Iterable, Iterator
from copy import copy
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, Self

from peewee import Expression, ModelSelect

from models.applications import WANTS
from models.backlog import NO_REASON, Item
from models.backlog.eligibility import Reason
from models.batches.apart import Apart, Titles
from models.batches.packs import cost, cover
from models.batches.ranking import ranked
from models.batches.scores import Score, score
from models.batches.seldom import ONE_IN, Seldom
from models.database import database
from models.database.fields import chunks
from models.instances import Instance, WantedList
from models.queues import Queue
from models.queues.filters import Sieve, has_home_release, is_recent
from models.queues.orders import KEYS, columns, place, with_begun
from models.yields.rates import Rates

# Candidates read for each search, since several episodes may go into one season search.
PER_SEARCH = 8


class Pick(NamedTuple):
    """One search to make: an item, or the wanted episodes of a season."""

    items: list[Item]
    score: Score | None = None

    @property
    def is_pack(self) -> bool:
        return len(self.items) > 1

    @property
    def cost(self) -> int:
        return cost(self.items)

    @property
    def label(self) -> str:
        first = self.items[0]
        return first.season_label if self.is_pack else first.label


class Waiting(NamedTuple):
    """A search that is left out of a run, as another instance has just searched its title."""

    label: str
    why: Apart

    @property
    def line(self) -> str:
        return f"{self.label}: {self.why.sentence}."


class Batch:
    """What one run searches.

    `apart` is what `picks` left out, because it would follow too soon on another instance's search.

    `but` are the ids of instances to leave out.
    `ignores_cooldown` is True for a run that a person started so.
    `served` are the instances of a queue that is not saved.
    `size` is the number of searches, if not the queue's own.
    """

    def __init__(
        self,
        queue: Queue,
        now: datetime,
        *,
        but: Container[int] = (),
        ignores_cooldown: bool = False,
        served: Iterable[Instance] | None = None,
        size: int | None = None,
    ) -> None:
        self.queue = queue
        self.now = now
        self.size = queue.batch_size if size is None else size
        self.pivot = random.randrange(KEYS)
        self.instances = [
            each
            for each in (queue.instances if served is None else served)
            if not each.disabled_at and each.id not in but
        ]
        self.ignores_cooldown = ignores_cooldown
        self._rates: dict[bool, Rates] = {}
        self.apart: list[Waiting] = []

    @cached_property
    def _doubted(self) -> set[tuple[int, str]]:
        return {(row.instance_id, row.want) for row in WantedList.doubted()}

    @property
    def is_quick(self) -> bool:
        """Whether an index answers it, so that the loop may read it, not the reader thread."""
        queue = self.queue
        plain = queue.order == "least_recent" and queue.filters_json == "{}" and not queue.is_early
        usual = queue.strategy != "recent" and "score" not in queue.wants
        return plain and usual and not self.ignores_cooldown

    @property
    def is_smart(self) -> bool:
        """Whether the order is the smart one; a queue of new releases has an order of its own."""
        return self.queue.order == "smart" and self.queue.strategy != "recent"

    async def chosen(self) -> list[Pick]:
        """The picks, read on the loop if quick, else on the reader thread."""
        return self.picks() if self.is_quick else await database.aside(self.picks)

    def picks(self) -> list[Pick]:
        """The searches of the queue's next run, in its order."""
        if self.size <= 0:
            return []
        if self.is_smart:
            return self._together(self._smart())
        found = [
            item for instance, want in self._lists() for item in self._candidates(instance, want)
        ]
        if self.queue.strategy == "recent":
            found.sort(key=lambda item: (WANTS.index(item.want), *place("newest", item)))
        else:
            found.sort(key=lambda item: place(self.queue.order, item, self.pivot))
        return self._together(Pick([item]) for item in found)

    def ranking(self) -> list[int]:
        """The ids of the items in smart order, best first; only the first 2,000 are ranked."""
        lists = [self.query(instance, want) for instance, want in self._lists()]
        return ranked(lists, {each.id: self.rates(each) for each in self.instances}, self.now)

    def without_cooldown(self) -> Self:
        """The same batch for a run that ignores cooldowns; it shares what was read already."""
        other = copy(self)
        other.ignores_cooldown = True
        return other

    def number(self) -> int:
        """How many searches a run that ignores cooldowns makes: such a run searches no seasons."""
        found = 0
        for instance, want in self._lists():
            if found < self.size:
                query = self.query(instance, want).order_by().limit(self.size - found)
                found += len(database.execute(query.select(Item.id)).fetchall())
        return found

    def _lists(self) -> Iterator[tuple[Instance, str]]:
        """The lists to search; lists in doubt are left out."""
        for instance in self.instances:
            for want in self.queue.wants:
                if (instance.id, want) not in self._doubted:
                    yield instance, want

    def rates(self, instance: Instance) -> Rates:
        """Success rates, read once; those of the demo library are separate."""
        if instance.demo not in self._rates:
            self._rates[instance.demo] = Rates.at(self.now, demo=instance.demo)
        return self._rates[instance.demo]

    def _smart(self) -> Iterator[Pick]:
        """Picks in smart order; rows are read in full only as far as the batch needs them."""
        served = {instance.id: instance for instance in self.instances}
        for ids in chunks(self.ranking(), self.size * PER_SEARCH):
            found = {item.id: item for item in Item.select().where(Item.id.in_(ids))}
            for item in (found[number] for number in ids if number in found):
                item.instance = served[item.instance_id]
                yield Pick([item], score(item, self.now, self.rates(item.instance)))

    def _own(self, item: Item) -> Pick:
        if not self.is_smart:
            return Pick([item])
        return Pick([item], score(item, self.now, self.rates(item.instance)))

    def _candidates(self, instance: Instance, want: str) -> list[Item]:
        items = list(self.query(instance, want))
        for item in items:
            item.instance = instance
        return items

    def query(self, instance: Instance, want: str) -> ModelSelect:
        """The items of one instance and want; one query for all would sort the whole backlog."""
        recent = self.queue.strategy == "recent"
        order = columns("newest" if recent else self.queue.order, self.pivot)
        spare = 1 if self.queue.packs == "never" else PER_SEARCH
        found = self._wanted(instance, want)
        if want == "score" and not self.ignores_cooldown:
            found = found.where(Item.gap.is_null() | (Item.gap > 0))
        if self.queue.order == "begun" and not recent:
            found = with_begun(found, instance, want)
        return found.order_by(*order).limit(self.size * spare)

    def at_best(self, instance: Instance) -> ModelSelect:
        """The items as good as any seen, the longest waiting first; `query` leaves them out."""
        places = (Item.searched_at, Item.cooldown_until)
        order = (each.asc(nulls="first") for each in places)
        return self._wanted(instance, "score").where(Item.gap <= 0).order_by(*order, Item.id)

    def _wanted(self, instance: Instance, want: str) -> ModelSelect:
        conditions = self._conditions(instance)
        return Item.select().where(Item.instance == instance, Item.want == want, *conditions)

    def _seldom(self) -> Seldom:
        """Who waits for a turn of its own; nobody in a run that ignores cooldowns."""
        most = 0 if self.ignores_cooldown else 1 + self.size // ONE_IN
        mine = [each for each, want in self._lists() if want == "score"] if most else []
        return Seldom({each.id: list(self.at_best(each).limit(most)) for each in mine}, self.now)

    def _conditions(self, instance: Instance) -> Iterable[Expression]:
        yield self._free(instance)
        if self.queue.waits_for_home_on(instance):
            yield has_home_release()
        yield from Sieve(self.queue.filters, instance).where()
        if self.queue.strategy == "recent":
            yield is_recent(instance, self.now, self.queue.recent_days)

    def _free(self, instance: Instance) -> Expression:
        """A condition: no rule that this queue obeys keeps the item from being searched."""
        early = (Item.reason == Reason.UNRELEASED) & Item.early_at.is_null(False)
        if self.ignores_cooldown:
            free = Item.reason.in_([Reason.ELIGIBLE, Reason.COOLDOWN])
        else:
            free = Item.reason == NO_REASON
            early &= Item.early_at <= self.now
        return free | early if self.queue.is_early_on(instance) else free

    def _together(self, picks: Iterable[Pick]) -> list[Pick]:
        taken: list[Pick] = []
        covered: set[int] = set()
        titles, self.apart = Titles(self.now), []
        seldom = self._seldom()
        for pick in seldom.among(picks, self._own):
            if len(taken) >= self.size:
                break
            if pick.items[0].id in covered:
                continue
            pack = self._pack(pick.items[0])
            whole = pick._replace(items=pack) if len(pack) > 1 else pick
            for item in whole.items:
                item.instance = pick.items[0].instance
            covered.update(item.id for item in whole.items)
            if why := titles.apart(whole.items):
                self.apart.append(Waiting(whole.label, why))
                continue
            titles.add(whole.items)
            seldom.count(whole.items)
            taken.append(whole)
        return taken

    def _pack(self, item: Item) -> list[Item]:
        """The items of the season search that replaces this item's; [] to search the item alone."""
        if self.ignores_cooldown:
            return []
        return cover(item, self.queue.packs, self.now)
