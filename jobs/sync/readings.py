"""One whole reading of an instance's wanted lists, which may change while they are read."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from jobs.arr import Client, Fault
from jobs.arr.base import Library
from jobs.arr.records import SeasonFacts
from jobs.engine import Engine
from models.backlog.eligibility import Policy
from models.backlog.seasons import keep_seasons
from models.backlog.snapshots import Thing, notice
from models.database.fields import chunks
from models.instances import Instance, WantedList
from models.instances.absence import Absent, settle
from models.instances.faults import worked
from models.sync.mirror import CHUNK, Mirror
from models.sync.replaced import announce

# With 0, two chunks run before a request or a timer has its turn.
A_TURN = 0.001
SEASONS = 500
# No list has this length: the next look finds it changed, and it is read again.
MOVING = -1


class Reading(NamedTuple):
    """What one walk over a wanted list met; `totals` are the server's, one for each page.

    `met` counts distinct ids, those of records that could not be read as well, if they show one.
    """

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
        return self.totals == sorted(self.totals)

    @property
    def is_whole(self) -> bool:
        """Whether what was not met is not wanted any more."""
        return self.is_steady and self.met == self.total


async def read_all(engine: Engine, instance: Instance) -> None:
    """Both lists, a page at a time. Raises a Fault; what was read until then stays."""
    client, now = engine.client(instance), engine.clock.now()
    things = await _things(client)
    make_sure(instance)
    notice(instance, things, now)
    library = await client.library()
    make_sure(instance)
    await _keep_seasons(instance, client.seasons(library))
    mirror = Mirror(instance, Policy.current(), now)
    try:
        readings = [
            await _read(client, instance, mirror, want, library)
            for want in instance.application.wants
        ]
    finally:
        # What was met before a fault is known by its new numbers from now on.
        await announce(instance, mirror.numbers, mirror.seen, now)
    make_sure(instance)
    for reading in readings:
        await _settle(mirror, reading, now)
    finished = engine.clock.now()
    instance.change(synced_at=finished, looked_at=finished, sync_note=_note(readings))
    worked(instance, finished, "lists", "program")


async def _keep_seasons(instance: Instance, seasons: Iterator[SeasonFacts]) -> None:
    while some := list(islice(seasons, SEASONS)):
        make_sure(instance)
        keep_seasons(instance, some)
        await asyncio.sleep(A_TURN)


def make_sure(instance: Instance) -> None:
    """Raises a Fault when it was deleted while it was waited for: its rows went with it."""
    if not instance.is_there:
        raise Fault("deleted", "The instance was deleted while it was asked.")


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
    totals: list[int] = []
    met, malformed = 0, 0
    before = instance.sync_total
    async for page in client.pages(want, library):
        for entries in chunks(page.entries, CHUNK):
            make_sure(instance)
            mirror.take(entries)
            await asyncio.sleep(A_TURN)
        unmet = page.unread - mirror.seen
        mirror.seen |= unmet
        totals.append(page.total)
        met += len(page.entries) + len(unmet)
        malformed += page.malformed
        instance.change(
            sync_read=instance.sync_read + len(page.entries), sync_total=before + page.total
        )
    return Reading(want, totals, met, malformed)


async def _settle(mirror: Mirror, reading: Reading, at: datetime) -> None:
    """What has left the list leaves, and what may have left it is looked for once more."""
    absent: list[Absent] = []
    back: list[int] = []
    there = 0
    for standings in mirror.walk(reading.want):
        there += len(standings)
        absent += [(each.id, each.unseen_at) for each in standings if not each.is_met]
        back += [each.id for each in standings if each.is_met and each.unseen_at]
        await asyncio.sleep(A_TURN)
    make_sure(mirror.instance)
    row = WantedList.of(mirror.instance, reading.want)
    total = reading.total if reading.is_steady else MOVING
    row.change(total=total, whole=reading.is_whole, looked_at=at, synced_at=at)
    gone, unseen = settle(row, absent, there, at)
    for work, ids in ((mirror.leave, gone), (mirror.miss, unseen), (mirror.meet, back)):
        for some in chunks(ids, CHUNK):
            work(some)
            await asyncio.sleep(A_TURN)


def _note(readings: list[Reading]) -> str:
    malformed = sum(reading.malformed for reading in readings)
    if malformed:
        records = "1 record" if malformed == 1 else f"{malformed} records"
        were = "was" if malformed == 1 else "were"
        return f"{records} of the wanted lists could not be read and {were} left out."
    if not all(reading.is_whole for reading in readings):
        return "The lists changed while they were read; what left them shows at the next sync."
    return ""
