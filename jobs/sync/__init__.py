"""Keeps a backlog like its instance's wanted lists: a quick look, a whole sync if needed."""

import asyncio
from datetime import datetime, timedelta
from functools import partial

from jobs.arr import Client
from jobs.clock import Clock
from jobs.engine import Engine
from jobs.engine.locks import held
from jobs.engine.retries import note_fault, patiently
from jobs.net import Fault
from jobs.sync.readings import make_sure, read_all
from jobs.sync.scores import doubt, revise
from models import happenings
from models.backlog import Tally
from models.backlog.snapshots import notice_change
from models.database import database
from models.database.fields import to_ms
from models.database.locks import Lock
from models.hooks import Hook
from models.instances import Instance, WantedList
from models.instances.faults import answered
from models.scores.items import spread
from models.scores.shelves import ScoreScan

LOOK_AGAIN = timedelta(minutes=15)
READ_EVERY = timedelta(hours=6)
# While webhooks tell of changes.
READ_EVERY_HEARD = timedelta(days=1)
CLOCKS_AGREE_MS = 2_000
# A clock that is years wrong is not used.
NO_CLOCK_MS = 366 * 24 * 3_600_000


async def refresh(engine: Engine, instance: Instance) -> Fault | None:
    """Makes sure before a run, with as few requests as possible, that the backlog is current."""
    now = engine.clock.now()
    is_old = is_to_read(instance, Hook.of(instance), now)
    if is_old or instance.id in WantedList.due_again(now):
        return await sync(engine, instance)
    if instance.looked_at and instance.looked_at > now - LOOK_AGAIN:
        return None
    try:
        changed = await look(engine, instance)
    except Fault as fault:
        note_fault(instance, "lists", fault, engine.clock.now())
        return fault
    return await sync(engine, instance) if changed else None


def is_to_read(instance: Instance, hook: Hook | None, now: datetime) -> bool:
    """Whether the whole lists were read too long ago."""
    age = READ_EVERY_HEARD if hook and hook.arrives(now) else READ_EVERY
    return instance.synced_at is None or instance.synced_at < now - age


async def sync(engine: Engine, instance: Instance) -> Fault | None:
    """Syncs the instance; a caller during a sync waits for that one."""
    task = engine.spawn(f"sync-{instance.id}", _sync(engine, instance), about=instance)
    fault: Fault | None = await asyncio.shield(task)
    instance.reread()
    return fault


async def look(engine: Engine, instance: Instance) -> bool:
    """Whether a list's length changed since the last look: one small request for each list.

    A request that fails ends it, and its fault is noted on the instance's row; a change that was
    seen before counts, as nobody would see it again.
    """
    client = engine.client(instance)
    changed = False
    try:
        for want in instance.application.wants:
            total = await patiently(engine.clock, partial(client.total, want))
            make_sure(instance)
            row = WantedList.of(instance, want)
            changed = changed or total != row.total
            row.change(total=total, looked_at=engine.clock.now())
    except Fault as fault:
        note_fault(instance, "lists", fault, engine.clock.now())
        return changed
    instance.change(looked_at=engine.clock.now())
    return changed


async def probe(engine: Engine, instance: Instance) -> Fault | None:
    """Asks the instance for its status; writes that, or the fault, on its row."""
    return await probe_with(engine.client(instance), engine.clock, instance)


async def probe_with(client: Client, clock: Clock, instance: Instance) -> Fault | None:
    try:
        status = await client.status()
        make_sure(instance)
    except Fault as fault:
        note_fault(instance, "status", fault, clock.now())
        return fault
    now = clock.now()
    ahead = 0 if client.server_time is None else client.server_time - to_ms(now)
    notice_change(instance, "version", instance.version, status.version, now)
    notice_change(instance, "name", instance.instance_name, status.instance_name, now)
    instance.met(
        version=status.version,
        instance_name=status.instance_name,
        clock_ahead_ms=ahead if CLOCKS_AGREE_MS < abs(ahead) < NO_CLOCK_MS else 0,
        at=now,
    )
    answered(instance, now)
    return None


async def _sync(engine: Engine, instance: Instance) -> Fault | None:
    asked_at = engine.clock.now()
    async with held(engine.clock, Lock.SYNC, instance.id) as waited:
        if waited and _was_read(instance, asked_at):
            return None
        return await _read(engine, instance)


def _was_read(instance: Instance, since: datetime) -> bool:
    """Whether the replica that was waited for has read it, so that there is nothing left to do."""
    instance.reread()
    return instance.synced_at is not None and instance.synced_at >= since


async def _read(engine: Engine, instance: Instance) -> Fault | None:
    instance.change(syncing_since=engine.clock.now(), sync_read=0, sync_total=0)
    try:
        if fault := await probe(engine, instance):
            return fault
        if changed := await read_all(engine, instance):
            ScoreScan.hasten(instance)
            spread(instance, changed, engine.clock.now())
            await doubt(instance, changed)
            await revise(instance, engine.clock.now())
    except Fault as fault:
        note_fault(instance, "lists", fault, engine.clock.now())
        return fault
    finally:
        _end(instance, engine.clock.now())
    return None


def _end(instance: Instance, at: datetime) -> None:
    with database.atomic():
        instance.change(syncing_since=None)
        Tally.recount(instance)
        if instance.is_there:
            happenings.note("sync-ended", at, instance=instance.id)
