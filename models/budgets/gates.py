"""Gates: conditions that hold an instance's searches, each with a sentence and maybe an end."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from models.budgets import OVERALL, Allowance, Ledger
from models.household import Household
from models.instances import Instance, WantedList
from models.queues import Queue
from models.schedules.words import listed

ASK_AGAIN = timedelta(minutes=15)
# Gates that the instance itself told of, and may answer differently when asked again.
TOLD = frozenset({"no_indexer", "downloads", "disk"})


class Gate(NamedTuple):
    """A closed gate.

    `until` is when it is worth trying again; None when only a person can open it.
    `is_overall` is True for a gate that holds all instances together.
    """

    code: str
    sentence: str
    until: datetime | None
    is_overall: bool = False


def closed(
    instance: Instance, household: Household, now: datetime, ledger: Ledger | None = None
) -> Gate | None:
    """The first closed gate; None when a search may be sent.

    Pass a ledger to ask for several instances, for a queue, or for a search that costs more than 1.
    """
    if household.held_at:
        return Gate("held", "Everything is on hold.", None, is_overall=True)
    if instance.disabled_at:
        return Gate("disabled", f"{instance.name} is switched off.", None)
    if instance.fault:
        return Gate(instance.fault_code or "fault", instance.fault, instance.retry_at)
    if gate := _condition(instance, now):
        return gate
    ledger = ledger or Ledger(household, now)
    budget = ledger.tightest(instance)
    if budget.free_at:
        overall = budget.of == OVERALL
        return Gate("budget", _spent(budget, ledger.cost), budget.free_at, is_overall=overall)
    if shortage := ledger.meters.shortage(instance, ledger.cost):
        return Gate("indexer", shortage.sentence, shortage.until)
    return None


def held(instances: Iterable[Instance], ledger: Ledger) -> set[int]:
    """The ids of instances that have a closed gate now."""
    return {each.id for each in instances if closed(each, ledger.household, ledger.now, ledger)}


def doubted(queue: Queue, instance: Instance) -> Gate | None:
    """The gate while all lists that the queue searches on the instance are in doubt."""
    rows = WantedList.doubts([instance], queue.wants)
    if not rows or len(rows) < len(queue.wants):
        return None
    sentence = " ".join(row.doubt for row in rows)
    return Gate("doubted", sentence, max(row.again_at for row in rows))


def outside_hours(queue: Queue, now: datetime) -> Gate | None:
    """The gate of a queue outside its hours; a search by hand belongs to no queue."""
    plan = queue.schedule
    if plan.is_open(now):
        return None
    hours = listed([f"{begin} to {until}" for begin, until in plan.hours])
    if not plan.known_zone:
        why = f"The time zone “{plan.time_zone}” is not known on this machine"
        return Gate("hours", f"{why}, so the hours {hours} cannot be applied.", None)
    sentence = f"Outside the hours of this queue: it searches from {hours}"
    return Gate("hours", f"{sentence} ({plan.time_zone}).", plan.opens_at(now))


def _condition(instance: Instance, now: datetime) -> Gate | None:
    """The gate of a condition that the instance told of; it is asked again soon."""
    name, again = instance.name, now + ASK_AGAIN
    if instance.no_indexer:
        return Gate("no_indexer", f"{name} has no indexer to search: {instance.no_indexer}", again)
    if instance.downloads is not None and instance.downloads >= instance.download_limit:
        sentence = f"{name} has {instance.downloads} active downloads; the limit is"
        return Gate("downloads", f"{sentence} {instance.download_limit}.", again)
    if instance.lost_folder and instance.free_space_gb:
        return Gate("disk", _lost(instance), again)
    if instance.full_disk:
        less = f"Less than {instance.free_space_gb} GB are free on {instance.full_disk}"
        return Gate("disk", f"{less} of {name}.", again)
    return None


def _lost(instance: Instance) -> str:
    return (
        f"{instance.name} cannot open its root folder {instance.lost_folder}: releases for it "
        "could not be stored, and its free space is not known."
    )


def _spent(budget: Allowance, cost: int) -> str:
    whose = "The overall budget" if budget.of == OVERALL else f"{budget.of}’s budget"
    room = f"{budget.left} of {budget.limit} are left in one {budget.span}"
    if budget.left >= cost:
        return f"{whose} is nearly spent: {room}, and queues that used less go first."
    if budget.left:
        return f"{whose} has no room for a season that costs {cost}: {room}."
    searches = "search" if budget.limit == 1 else "searches"
    return f"{whose} is spent: {budget.limit} {searches} in one {budget.span}."
