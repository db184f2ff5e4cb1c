"""Reads all wanted lists of an instance, which may change meanwhile."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from jobs.arr import Client, Fault, Profile
from jobs.arr.base import Library
from jobs.arr.formats import way_to_score
from jobs.arr.records import SeasonFacts
from jobs.engine import Engine
from models.backlog.eligibility import Policy
from models.backlog.seasons import keep_seasons
from models.backlog.snapshots import Thing, notice
from models.database.fields import chunks
from models.instances import Instance, WantedList
from models.instances.absence import Absent, settle
from models.instances.faults import worked
from models.prowlarrs.indexers import IndexerLink
from models.scores.profiles import Rules, keep_rules
from models.sync.mirror import CHUNK, Mirror
from models.sync.replaced import announce

# With 0, two chunks run before a request or a timer has its turn.
A_TURN = 0.001
SEASONS = 500
# No list has this length, so the next look finds it changed and syncs again.
MOVING = -1


class Reading(NamedTuple):
    """What one reading of a wanted list met.

    `totals` are the server's counts, one for each page.
    `met` counts distinct ids, including those found in malformed records.
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
        """Whether the list never shrank; when items leave between pages, others are missed."""
        return self.totals == sorted(self.totals)

    @property
    def is_whole(self) -> bool:
        """Whether items that were not met have left the list."""
        return self.is_steady and self.met == self.total


async def read_all(engine: Engine, instance: Instance) -> list[int]:
    """Reads the lists page by page. Raises a Fault; what was read before it stays.

    Returns the profiles whose scores count otherwise now.
    """
    client, now = engine.client(instance), engine.clock.now()
    profiles = await client.profiles()
    things = await _things(client, instance, profiles)
    make_sure(instance)
    notice(instance, things, now)
    rules = await _rules(client, profiles)
    make_sure(instance)
    changed = keep_rules(instance, rules, now)
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
        # Items met before a fault are known by their new numbers from now on.
        await announce(instance, mirror.numbers, mirror.seen, now)
    make_sure(instance)
    for reading in readings:
        await _settle(mirror, reading, now)
    finished = engine.clock.now()
    instance.change(synced_at=finished, looked_at=finished, sync_note=_note(readings))
    worked(instance, finished, "lists", "program")
    return changed


async def _rules(client: Client, profiles: list[Profile]) -> list[Rules]:
    """What the profiles say of scores; custom formats are read only where a score is asked for."""
    told = [Rules(each.id, each.name, *each[3:7]) for each in profiles]
    matters = client.shelves_at_once and any(each.is_scanned for each in told)
    formats = await client.formats() if matters else {}
    return [
        rules._replace(formats=way_to_score(profile, formats))
        for rules, profile in zip(told, profiles, strict=True)
    ]


async def _keep_seasons(instance: Instance, seasons: Iterator[SeasonFacts]) -> None:
    while some := list(islice(seasons, SEASONS)):
        make_sure(instance)
        keep_seasons(instance, some)
        await asyncio.sleep(A_TURN)


def make_sure(instance: Instance) -> None:
    """Raises a Fault if the instance was deleted meanwhile; its rows are gone then."""
    if not instance.is_there:
        raise Fault("deleted", "The instance was deleted while it was asked.")


async def _things(client: Client, instance: Instance, profiles: list[Profile]) -> list[Thing]:
    tags, indexers = await client.tags(), await client.indexers()
    make_sure(instance)
    IndexerLink.keep(instance, indexers)
    searched = [indexer for indexer in indexers if indexer.automatic]
    return [
        *(Thing("profile", each.id, each.name, each.fingerprint) for each in profiles),
        *(Thing("tag", each.id, each.label) for each in tags),
        *(Thing("indexer", each.id, each.name) for each in searched),
        *(Thing("folder", each.id, each.path) for each in await client.root_folders()),
    ]


async def _read(
    client: Client, instance: Instance, mirror: Mirror, want: str, library: Library
) -> Reading:
    """Reads a list page by page; writes in chunks, with a turn of the loop between.

    No transaction waits for a page.
    """
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
    """Marks items that have left the list, and plans a second reading for those that may have."""
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
        return "The lists changed during the sync; items that left them show at the next one."
    return ""
