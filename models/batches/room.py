"""Which of several searches the budgets and the limits of the indexers have room for."""

from collections import Counter
from collections.abc import Iterable, Iterator

from models.batches import Pick
from models.budgets import HOUSEHOLD, Ledger
from models.instances import Instance


def affordable(picks: Iterable[Pick], ledger: Ledger) -> list[Pick]:
    """The picks that there is room for; an instance stops at its first that has none."""
    found: list[Pick] = []
    used, stopped = Counter[str](), set[int]()
    for pick in picks:
        instance = pick.items[0].instance
        rooms = list(_rooms(instance, ledger))
        if any(used[whose] + pick.cost > left for whose, left in rooms):
            stopped.add(instance.id)
        if instance.id not in stopped:
            found.append(pick)
            used.update(dict.fromkeys({whose for whose, _ in rooms}, pick.cost))
    return found


def _rooms(instance: Instance, ledger: Ledger) -> Iterator[tuple[str, int]]:
    """How much each budget and indexer that a search on the instance uses has left."""
    for budget in ledger.of_instance(instance):
        yield f"instance {instance.id}", budget.left
    for budget in () if instance.demo else ledger.overall():
        yield f"instance {HOUSEHOLD}", budget.left
    for meter in ledger.meters.of_instance(instance):
        if meter.searches_left is not None:
            yield f"indexer {meter.indexer.id}", meter.searches_left
