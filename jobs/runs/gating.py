"""Finds the gates that are closed to a run, after asking its instances."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from jobs.engine import Engine
from jobs.prowlarrs import freshen
from jobs.sync import probe, refresh, sync
from jobs.sync.conditions import ask
from models.budgets import SOONEST_RETRY, Ledger
from models.budgets.gates import TOLD, Gate, closed, doubted, outside_hours
from models.budgets.shares import ahead_of
from models.household import Household
from models.instances import Instance
from models.instances.faults import InstanceFault, let_try
from models.queues import Queue
from models.searches.runs import Run

Gates = dict[int, Gate]


async def closed_gates(engine: Engine, run: Run, queue: Queue) -> Gates:
    """The closed gates by instance id, after asking due instances and syncing open ones."""
    gates = _closed(engine, queue, queue.instances)
    for instance in queue.instances:
        if await _is_ready(engine, run, instance, gates.get(instance.id)):
            run.tell(f"Syncing {instance.name}")
            if await refresh(engine, instance) is None:
                await ask(engine, instance)
    await freshen(engine, [instance.id for instance in queue.instances])
    return _closed(engine, queue, queue.instances)


async def try_again(engine: Engine, instance: Instance, *, at_once: bool = False) -> None:
    """Asks again what had failed, if it is due or `at_once`; the answers are written on the row.

    Two callers at the same time wait for the same answers.
    """
    work = _try_again(engine, instance, at_once)
    await asyncio.shield(engine.spawn(f"again-{instance.id}", work, about=instance))
    instance.reread()


async def _try_again(engine: Engine, instance: Instance, at_once: bool) -> None:
    now = engine.clock.now()
    due = {row.kind for row in InstanceFault.due(instance, None if at_once else now)}
    fault = await (sync if "lists" in due else probe)(engine, instance)
    if fault or InstanceFault.of(instance, "status"):
        return
    let_try(instance, None if at_once else now)
    if "conditions" in due:
        await ask(engine, instance, anew=True)


async def _is_ready(engine: Engine, run: Run, instance: Instance, gate: Gate | None) -> bool:
    """Whether the instance has no closed gate, after asking again what it may answer differently.

    A run that a person started asks everything at once, without waiting for the retry to be due.
    """
    household, now, at_once = Household.current(), engine.clock.now(), run.trigger == "person"
    it_is_time = instance.retry_at is None or instance.retry_at <= now or at_once
    if instance.fault and instance.disabled_at is None and household.held_at is None and it_is_time:
        await try_again(engine, instance, at_once=at_once)
        gate = closed(instance, household, engine.clock.now())
    if gate and gate.code in TOLD and not instance.fault:
        await ask(engine, instance, anew=at_once)
        gate = closed(instance, household, engine.clock.now())
    return gate is None


def _closed(engine: Engine, queue: Queue, instances: Iterable[Instance]) -> Gates:
    """The closed gates by instance id, all from the same look at the budgets and the line."""
    now, household = engine.clock.now(), Household.current()
    ledger = Ledger(household, now, ahead=ahead_of(queue, now))
    found = {
        each.id: closed(each, household, now, ledger) or doubted(queue, each) for each in instances
    }
    return {name: gate for name, gate in found.items() if gate}


def is_still_held(queue: Queue, now: datetime) -> bool:
    """Whether a run that a budget held must go on waiting; if so, its next attempt is put off.

    This spares a row for a run that would be held again, and requests to the instances.
    """
    links = [link for link in queue.links if link.in_line and not link.instance.disabled_at]
    is_attempt = queue.next_run_at is None or queue.next_run_at > now
    if not links or not is_attempt or outside_hours(queue, now):
        return False
    household = Household.current()
    ledger = Ledger(household, now, ahead=ahead_of(queue, now))
    gates = [closed(link.instance, household, now, ledger) for link in links]
    ends = [gate.until for gate in gates if gate and gate.code == "budget" and gate.until]
    if len(ends) < len(links):
        return False
    queue.put_off(max(min(ends), now + SOONEST_RETRY))
    return True
