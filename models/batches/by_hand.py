"""What a search of many marked items would cost, and which of them are searched."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from models.backlog import Item
from models.backlog.eligibility import Reason
from models.batches import Pick
from models.batches.room import affordable
from models.budgets import Allowance, Ledger
from models.budgets.gates import Gate, closed
from models.instances import Instance

# A person may search these all the same; everything else is kept by a fact.
RESTING = (Reason.COOLDOWN, Reason.EXCLUDED)


class Errands(NamedTuple):
    """The marked items of one instance.

    `items` are searched now, one command each.
    `beyond` have no room in the budgets or at an indexer.
    `resting` are in cooldown or excluded, and are searched only if the person says so.
    `kept` can be searched by nobody now.
    `gate` holds all of them.
    `budgets` are those that the searches are taken from.
    """

    instance: Instance
    items: list[Item]
    beyond: list[Item]
    resting: list[Item]
    kept: list[Item]
    gate: Gate | None
    budgets: list[Allowance]


def errands(marked: Iterable[Item], ledger: Ledger, *, anyway: bool) -> list[Errands]:
    """The marked items by instance; what several instances share is given out once."""
    by_instance: dict[int, list[Item]] = {}
    for item in marked:
        by_instance.setdefault(item.instance_id, []).append(item)
    found = [_errands(items, ledger, anyway=anyway) for items in by_instance.values()]
    picks = [Pick([item]) for each in found if not each.gate for item in each.items]
    sent = {pick.items[0].id for pick in affordable(picks, ledger)}
    return [
        each._replace(
            items=[item for item in each.items if item.id in sent],
            beyond=[item for item in each.items if item.id not in sent],
        )
        for each in found
    ]


def _errands(items: list[Item], ledger: Ledger, *, anyway: bool) -> Errands:
    """The items of one instance, as if there were room for all."""
    instance = items[0].instance
    gate = closed(instance, ledger.household, ledger.now, ledger)
    free, resting, kept = _sorted(items, anyway=anyway)
    return Errands(instance, free, [], resting, kept, gate, ledger.binding(instance))


def _sorted(items: Sequence[Item], *, anyway: bool) -> tuple[list[Item], list[Item], list[Item]]:
    """The items to search, those that rest, and those that are kept."""
    resting = [item for item in items if item.reason in RESTING]
    kept = [item for item in items if item.reason not in (Reason.ELIGIBLE, *RESTING)]
    free = [item for item in items if item.reason == Reason.ELIGIBLE]
    return (free + resting, [], kept) if anyway else (free, resting, kept)
