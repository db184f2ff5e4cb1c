"""Conditions that hold the searches of an instance, each with a sentence and, if known, its end."""

from datetime import datetime, timedelta
from typing import NamedTuple

from models.budgets import Ledger
from models.house import House
from models.instances import Instance

ASK_AGAIN = timedelta(minutes=15)


class Gate(NamedTuple):
    """`until` is when it is worth trying again; None when only a person can open it."""

    code: str
    sentence: str
    until: datetime | None


def closed(
    instance: Instance, house: House, now: datetime, ledger: Ledger | None = None
) -> Gate | None:
    """The first gate that is closed; None when a search may be sent.

    Whoever asks for several instances hands in one ledger.
    """
    if house.held_at:
        return Gate("held", "Everything is on hold.", None)
    if instance.disabled_at:
        return Gate("disabled", f"{instance.name} is switched off.", None)
    if instance.fault:
        return Gate(instance.fault_code or "fault", instance.fault, instance.retry_at)
    if gate := _condition(instance, now):
        return gate
    budget = (ledger or Ledger(house, now)).tightest(instance)
    if budget.left <= 0:
        return Gate("budget", _spent(budget.of, budget.limit, budget.span), budget.free_at)
    return None


def _condition(instance: Instance, now: datetime) -> Gate | None:
    """What the instance told when it was last asked; it is asked again soon."""
    name, again = instance.name, now + ASK_AGAIN
    if instance.no_indexer:
        return Gate("no_indexer", f"{name} has no indexer to search: {instance.no_indexer}", again)
    if instance.downloads is not None and instance.downloads >= instance.download_limit:
        sentence = f"{name} has {instance.downloads} downloads going on; the limit is"
        return Gate("downloads", f"{sentence} {instance.download_limit}.", again)
    if instance.full_disk:
        sentence = f"Less than {instance.free_space_gb} GB are free on {instance.full_disk}"
        return Gate("disk", f"{sentence} of {name}.", again)
    return None


def _spent(of: str, limit: int, span: str) -> str:
    searches = "search" if limit == 1 else "searches"
    return f"The budget of {of} is spent: {limit} {searches} in one {span}."
