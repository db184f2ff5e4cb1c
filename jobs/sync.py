"""Keeps a backlog like its instance's wanted lists: a cheap look first, a whole reading if due."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from peewee import IntegrityError

from jobs.arr import Client
from jobs.arr.base import Library
from jobs.arr.faults import Fault
from jobs.engine import Engine
from jobs.retries import note_fault, patiently
from models.backlog import Item, Tally
from models.eligibility import Policy
from models.fields import chunks, to_ms
from models.house import House
from models.instances import WANTS, Instance, WantedList
from models.mirror import CHUNK, Mirror
from models.seasons import keep_seasons
from models.snapshots import Thing, notice, notice_change

LOOK_AGAIN = timedelta(minutes=15)
READ_AGAIN = timedelta(hours=6)
EMPTY_IS_BELIEVED_AFTER = timedelta(minutes=10)
FEW = 20
CLOCKS_AGREE_MS = 2_000
# A server that is years off tells no time at all.
NO_CLOCK_MS = 366 * 24 * 3_600_000
# No list has this length: the next look finds it changed, and it is read again.
MOVING = -1
DELETED = "The instance was deleted while it was asked."
# With 0, two chunks run before a request or a timer has its turn.
A_TURN = 0.001


class Reading(NamedTuple):
    """What one walk over a wanted list met; `totals` are the server's, one for each page."""

    want: str
    totals: list[int]
    met: int
    malformed: int

    @property
    def total(self) -> int:
        return self.totals[-1]

    @property
    def is_steady(self) -> bool:
        """When items leave between two pages, as many that stay move past us unseen."""
        return len(set(self.totals)) == 1

    @property
    def is_whole(self) -> bool:
        """Whether what was not met is not wanted any more."""
        return self.malformed == 0 and self.is_steady and self.met >= self.total


async def refresh(engine: Engine, instance: Instance) -> Fault | None:
    """Before a run: as little as tells that the backlog is still like the lists."""
    now = engine.clock.now()
    if instance.synced_at is None or instance.synced_at < now - READ_AGAIN:
        return await sync(engine, instance)
    if instance.looked_at and instance.looked_at > now - LOOK_AGAIN:
        return None
    try:
        changed = await look(engine, instance)
    except Fault as fault:
        note_fault(instance, fault, engine.clock.now())
        return fault
    return await sync(engine, instance) if changed else None


async def sync(engine: Engine, instance: Instance) -> Fault | None:
    """A whole reading; whoever asks while one goes on waits for that one."""
    task = engine.spawn(f"sync-{instance.id}", _sync(engine, instance), about=instance)
    fault: Fault | None = await asyncio.shield(task)
    instance.reread()
    return fault


async def look(engine: Engine, instance: Instance) -> bool:
    """Whether a list has another length than when it was last looked at: two small requests."""
    client = engine.client(instance)
    changed = False
    for want in WANTS:
        total = await patiently(engine.clock, partial(client.total, want))
        row = WantedList.of(instance, want)
        changed = changed or total != row.total
        row.change(total=total, looked_at=engine.clock.now())
    instance.change(looked_at=engine.clock.now())
    instance.trust()
    return changed


async def probe(engine: Engine, instance: Instance) -> Fault | None:
    """Whether it is there and what it says it is; either is noted on its row."""
    client = engine.client(instance)
    try:
        status = await client.status()
    except Fault as fault:
        note_fault(instance, fault, engine.clock.now())
        return fault
    if not instance.is_there:
        return Fault("deleted", DELETED)
    now = engine.clock.now()
    ahead = 0 if client.server_time is None else client.server_time - to_ms(now)
    notice_change(instance, "version", instance.version, status.version, now)
    notice_change(instance, "name", instance.instance_name, status.instance_name, now)
    instance.met(
        version=status.version,
        instance_name=status.instance_name,
        clock_ahead_ms=ahead if CLOCKS_AGREE_MS < abs(ahead) < NO_CLOCK_MS else 0,
        at=now,
    )
    return None


async def _sync(engine: Engine, instance: Instance) -> Fault | None:
    instance.change(syncing_since=engine.clock.now(), sync_read=0, sync_total=0)
    try:
        if fault := await probe(engine, instance):
            return fault
        await _read_all(engine, engine.client(instance), instance)
    except Fault as fault:
        note_fault(instance, fault, engine.clock.now())
        return fault
    except IntegrityError:
        if instance.is_there:
            raise
        return Fault("deleted", DELETED)
    finally:
        instance.change(syncing_since=None)
        Tally.recount(instance)
    return None


async def _read_all(engine: Engine, client: Client, instance: Instance) -> None:
    now = engine.clock.now()
    notice(instance, await _things(client), now)
    library = await client.library()
    keep_seasons(instance, client.seasons(library))
    mirror = Mirror(instance, Policy.of(House.current()), now)
    readings = [await _read(client, instance, mirror, want, library) for want in WANTS]
    gone = [reading.want for reading in readings if _may_leave(instance, reading, engine)]
    for ids in mirror.leavers(gone):
        mirror.leave(ids)
        await asyncio.sleep(A_TURN)
    finished = engine.clock.now()
    instance.change(synced_at=finished, looked_at=finished, sync_note=_note(readings))
    instance.trust()


async def _things(client: Client) -> list[Thing]:
    profiles, tags = await client.profiles(), await client.tags()
    searched = [indexer for indexer in await client.indexers() if indexer.automatic]
    return [
        *(Thing("profile", each.id, each.name, each.fingerprint) for each in profiles),
        *(Thing("tag", each.id, each.label) for each in tags),
        *(Thing("indexer", each.id, each.name) for each in searched),
        *(Thing("folder", each.id, each.path) for each in await client.root_folders()),
    ]


async def _read(
    client: Client, instance: Instance, mirror: Mirror, want: str, library: Library
) -> Reading:
    """A page at a time, in chunks with a turn of the loop between; no transaction waits for one."""
    reading = Reading(want, [], 0, 0)
    before = instance.sync_total
    async for page in client.pages(want, library):
        for entries in chunks(page.entries, CHUNK):
            mirror.take(entries)
            await asyncio.sleep(A_TURN)
        reading = Reading(
            want,
            [*reading.totals, page.total],
            reading.met + len(page.entries),
            reading.malformed + page.malformed,
        )
        instance.change(
            sync_read=instance.sync_read + len(page.entries), sync_total=before + page.total
        )
    return reading


def _may_leave(instance: Instance, reading: Reading, engine: Engine) -> bool:
    """Whether rows that were not met have left the list.

    An empty list where there were more than a few items is believed only when seen again later.
    """
    now = engine.clock.now()
    row = WantedList.of(instance, reading.want)
    total = reading.total if reading.is_steady else MOVING
    row.change(total=total, looked_at=now, synced_at=now)
    if reading.total > 0:
        row.change(empty_since=None)
        return reading.is_whole
    there = Item.select().where(
        Item.instance == instance, Item.want == reading.want, Item.left_at.is_null()
    )
    if there.count() <= FEW:
        return reading.is_whole
    if row.empty_since is None:
        row.change(empty_since=now)
    return now - row.empty_since >= EMPTY_IS_BELIEVED_AFTER


def _note(readings: list[Reading]) -> str:
    malformed = sum(reading.malformed for reading in readings)
    if malformed:
        records = "1 record" if malformed == 1 else f"{malformed} records"
        return f"{records} of the wanted lists could not be read and were left out."
    if not all(reading.is_whole for reading in readings):
        return "The lists changed while they were read; what left them shows at the next sync."
    return ""
