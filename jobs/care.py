"""What is asked of an instance while nothing is searched there."""

from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from jobs.engine import Engine
from jobs.hooks import follow_hints, prove
from jobs.runs.gating import try_again
from jobs.sync import is_to_read, look, sync
from jobs.sync.conditions import ask_health
from models.hooks import Hook
from models.instances import Instance

LOOK_EVERY = timedelta(minutes=30)
# While webhooks tell of changes.
LOOK_EVERY_HEARD = timedelta(hours=2)
HEALTH_EVERY = timedelta(minutes=30)


def look_after(
    engine: Engine, instance: Instance, now: datetime, *, read_again: bool, hook: Hook | None
) -> None:
    """Begins what is due: asking a faulty instance again, or looking at what may have changed.

    `read_again`: a second reading of its lists is due.
    """
    name = f"care-{instance.id}"
    if engine.runs(name) or engine.runs(f"sync-{instance.id}"):
        return
    if instance.fault:
        if instance.retry_at is None or instance.retry_at <= now:
            engine.spawn(name, try_again(engine, instance))
    elif read_again or is_to_read(instance, hook, now):
        engine.spawn(name, sync(engine, instance))
    elif work := _looks(engine, instance, hook, now):
        engine.spawn(name, work, about=instance)


def _looks(
    engine: Engine, instance: Instance, hook: Hook | None, now: datetime
) -> Coroutine[Any, Any, None] | None:
    """The look that is due, if any; one at a time."""
    if hook and hook.waits(instance, now):
        return follow_hints(engine, instance, hook)
    every = LOOK_EVERY_HEARD if hook and hook.arrives(now) else LOOK_EVERY
    if instance.looked_at is None or instance.looked_at < now - every:
        return _look(engine, instance)
    if hook and hook.is_health_due(HEALTH_EVERY, now):
        return _ask_health(engine, instance, hook)
    return prove(engine, instance, hook) if hook and hook.is_proof_due(now) else None


async def _look(engine: Engine, instance: Instance) -> None:
    if await look(engine, instance):
        engine.spawn(f"asked-sync-{instance.id}", sync(engine, instance))


async def _ask_health(engine: Engine, instance: Instance, hook: Hook) -> None:
    hook.change(health_at=engine.clock.now())
    await ask_health(engine, instance)
