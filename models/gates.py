"""Conditions that hold the searches of an instance, each with a sentence and, if known, its end."""

from datetime import datetime
from typing import NamedTuple

from models.budgets import tightest
from models.house import House
from models.instances import Instance


class Gate(NamedTuple):
    """`until` is when it is worth trying again; None when only a person can open it."""

    code: str
    sentence: str
    until: datetime | None


def closed(instance: Instance, house: House, now: datetime) -> Gate | None:
    """The first gate that is closed; None when a search may be sent. Reads the database only."""
    if house.held_at:
        return Gate("held", "Everything is on hold.", None)
    if instance.disabled_at:
        return Gate("disabled", f"{instance.name} is switched off.", None)
    if instance.fault:
        return Gate(instance.fault_code or "fault", instance.fault, instance.retry_at)
    budget = tightest(instance, house, now)
    if budget.left <= 0:
        return Gate("budget", _spent(budget.of, budget.limit, budget.span), budget.free_at)
    return None


def _spent(of: str, limit: int, span: str) -> str:
    searches = "search" if limit == 1 else "searches"
    return f"The budget of {of} is spent: {limit} {searches} in one {span}."
