"""One whole reading of an instance's wanted lists, which may change while they are read."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import NamedTuple

from jobs.arr import Client, Fault
from jobs.arr.base import Library
from jobs.arr.records import SeasonFacts
from jobs.engine import Engine
from models.backlog import Item
from models.eligibility import Policy
from models.fields import chunks
from models.house import House
from models.instances import WANTS, Instance, WantedList
from models.mirror import CHUNK, Mirror
from models.seasons import keep_seasons
from models.snapshots import Thing, notice

EMPTY_IS_BELIEVED_AFTER = timedelta(minutes=10)
FEW = 20
# With 0, two chunks run before a request or a timer has its turn.
A_TURN = 0.001
SEASONS = 500
# No list has this length: the next look finds it changed, and it is read again.
MOVING = -1


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


async def read_all(engine: Engine, instance: Instance) -> None:
    """Both lists, a page at a time. Raises a Fault; what was read until then stays."""
    client, now = engine.client(instance), engine.clock.now()
    things = await _things(client)
    make_sure(instance)
    notice(instance, things, now)
    library = await client.library()
    make_sure(instance)
    await _keep_seasons(instance, client.seasons(library))
    mirror = Mirror(instance, Policy.of(House.current()), now)
    readings = [await _read(client, instance, mirror, want, library) for want in WANTS]
    make_sure(instance)
    gone = [reading.want for reading in readings if _may_leave(instance, reading, engine)]
    for ids in mirror.leavers(gone):
        mirror.leave(ids)
        await asyncio.sleep(A_TURN)
    finished = engine.clock.now()
    instance.change(synced_at=finished, looked_at=finished, sync_note=_note(readings))
    instance.trust()


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
    reading = Reading(want, [], 0, 0)
    before = instance.sync_total
    async for page in client.pages(want, library):
        for entries in chunks(page.entries, CHUNK):
            make_sure(instance)
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
