"""Follows grabs to their end, with one question to each instance's history a pass."""

import asyncio
import logging
from contextlib import aclosing
from datetime import datetime
from typing import NamedTuple

from jobs.arr import Fault
from jobs.engine import Engine
from jobs.engine.retries import note_fault
from jobs.sync.readings import make_sure
from models.database import database
from models.database.fields import from_ms, to_ms
from models.instances import Instance
from models.instances.faults import worked
from models.searches.fates import Ending
from models.searches.grabs import Grab
from models.sync.following import Following

log = logging.getLogger(__name__)

# Faults of this answer alone: an instance without a readable history may still be searched.
OF_THE_ANSWER = frozenset(
    {"timeout", "too_large", "malformed", "not_found", "rejected", "server_error"}
)
# Dates are whole seconds, and an event is in the history a moment after its date.
OVERLAP_MS = 60_000


class Followed(NamedTuple):
    """The result of a pass.

    `learnt` is the number of fates that were learnt.
    `asked` is the number of instances that were asked.
    `faults` has a sentence for each instance that did not tell.
    """

    learnt: int = 0
    asked: int = 0
    faults: tuple[str, ...] = ()

    @property
    def nobody_told(self) -> bool:
        return 0 < self.asked == len(self.faults)


async def follow_up(engine: Engine, now: datetime) -> Followed:
    """Asks all instances whose turn it is, side by side.

    Call it every few minutes: an instance without an open grab is not asked.
    """
    due = [
        instance
        for instance in Instance.enabled().where(Instance.fault.is_null())
        if Grab.is_look_due(instance, now)
    ]
    tasks = [engine.spawn(f"fates-{each.id}", follow(engine, each)) for each in due]
    looks = await asyncio.gather(*tasks)
    faults = tuple(look for look in looks if isinstance(look, str))
    return Followed(sum(look for look in looks if isinstance(look, int)), len(due), faults)


async def follow(engine: Engine, instance: Instance) -> int | str:
    """Looks once at a history; returns the number of fates learnt, or why there is none."""
    now = engine.clock.now()
    grabs = list(Grab.followed(instance, now))
    following = Following(instance, grabs)
    read_to = instance.history_at
    instance.change(followed_at=now)
    try:
        endings = await _endings(engine, instance, following, _since(instance, grabs))
        make_sure(instance)
    except Fault as fault:
        log.warning("the history of %s: %s", instance.name, fault.sentence)
        if fault.code not in OF_THE_ANSWER:
            note_fault(instance, "history", fault, engine.clock.now())
        return fault.sentence
    worked(instance, engine.clock.now(), "history")
    with database.atomic():
        learnt = following.learn(endings, now)
        instance.reread()
        # A search that ended meanwhile may have moved it back, for a grab that was not looked for.
        if instance.history_at == read_to:
            instance.change(history_at=_read_to(engine, instance, now))
    return learnt


async def _endings(
    engine: Engine, instance: Instance, following: Following, since_ms: int
) -> list[Ending]:
    """The endings of followed grabs; others are dropped while reading, as a history may be long."""
    client = engine.client(instance)
    async with aclosing(client.endings(since_ms)) as batches:
        return [ending async for batch in batches for ending in batch if following.of(ending)]


def _since(instance: Instance, grabs: list[Grab]) -> int:
    """Where to read from, in epoch ms of the instance's clock: after the last reading and before
    every grab.
    """
    oldest = next((grab.grabbed_at for grab in grabs if grab.fate is None), grabs[0].grabbed_at)
    begin = to_ms(oldest) + instance.clock_ahead_ms
    if instance.history_at is not None:
        begin = max(begin, to_ms(instance.history_at))
    return begin - OVERLAP_MS


def _read_to(engine: Engine, instance: Instance, began_at: datetime) -> datetime | None:
    """The moment up to which the history is read now, by the instance's clock.

    None means to read all again, as its clock was set back. Without its time, nothing changes.
    """
    told = engine.client(instance).server_time
    if told is None:
        return instance.history_at
    read_to = from_ms(min(told, to_ms(began_at) + instance.clock_ahead_ms))
    set_back = instance.history_at is not None and read_to < instance.history_at
    return None if set_back else read_to
