"""Detects that an instance's database was replaced: its items have other numbers."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from models.backlog import Entry, Item
from models.backlog.exclusions import Exclusion
from models.backlog.snapshots import Drift
from models.database import database
from models.instances import Instance

FEWEST = 20


class Numbers:
    """The numbers that one sync met: *arr ids, and the catalogue's ids that never change.

    `same` counts items under the *arr id that they had.
    `other` counts *arr ids that now mean another item.
    `new` are external ids under unknown *arr ids, most often of new items.
    """

    def __init__(self) -> None:
        self.same = 0
        self.other = 0
        self.new: set[int] = set()

    def meet(self, entries: Iterable[Entry], known: Mapping[int, Mapping[str, Any]]) -> None:
        """Counts a chunk; `known` are the rows of its items by *arr id, as they were before."""
        for entry in entries:
            before = known.get(entry.arr_id)
            if before is None:
                if entry.external_id:
                    self.new.add(entry.external_id)
            elif entry.external_id and before["external_id"] not in (None, 0, entry.external_id):
                self.other += 1
            else:
                self.same += 1

    def tell_of_most(self, back: int) -> bool:
        """Whether most known items have other numbers, if `back` of `new` were known before."""
        moved = self.other + back
        return moved + self.same >= FEWEST and moved > self.same


async def announce(instance: Instance, numbers: Numbers, seen: set[int], at: datetime) -> None:
    """Keeps a drift if a sync that began at `at` found most items under other numbers.

    `seen` are the *arr ids that it met. An ordinary sync meets few new items, and needs no query.
    """
    if instance.synced_at is None or not numbers.tell_of_most(len(numbers.new)):
        return
    back = await database.aside(_known_before, instance.id, numbers.new, seen)
    if numbers.tell_of_most(back) and instance.is_there:
        moved = numbers.other + back
        sentence = _sentence(instance, moved, moved + numbers.same, at)
        Drift.create(instance=instance, at=at, sentence=sentence)


def _known_before(instance_id: int, external_ids: set[int], seen: set[int]) -> int:
    """How many of these external ids belong to rows that were not met."""
    rows = Item.select(Item.arr_id, Item.external_id).where(Item.instance == instance_id)
    before = {external for arr_id, external in rows.tuples() if arr_id not in seen}
    return len(before & external_ids)


def _sentence(instance: Instance, moved: int, met: int, at: datetime) -> str:
    """The drift's sentence. Exclusions name *arr ids, so they may now cover other items."""
    told = (
        f"Its database was replaced: {moved} of {met} items have new numbers now. "
        f"Items in cooldown stay so, known by their {instance.application.catalogue} numbers."
    )
    if Exclusion.in_force(at).where(Exclusion.instance == instance).exists():
        told += " Its exclusions still go by the old numbers: look through them."
    return told
