"""Reads Prowlarrs: the limits of their indexers, and what anybody asked of them."""

from datetime import datetime, timedelta

from jobs.arr import Door, Fault, ProwlarrClient, ProwlarrTarget, Status
from jobs.demo import DEMO_KEY
from jobs.engine import Engine
from models.database import database
from models.instances import Instance
from models.instances.proxies import Credentials
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import IndexerLink, ProwlarrIndexer
from models.prowlarrs.requests import KEPT, IndexerRequest, find_ours
from models.prowlarrs.silences import note_silences, silences
from models.searches import Search

# While nothing is searched, and just before a search.
READ_EVERY = timedelta(minutes=10)
FRESH = timedelta(minutes=2)
LIST_EVERY = timedelta(hours=1)
# Prowlarr writes a request's row when it has ended, with the moment when it began.
OVERLAP = timedelta(minutes=5)


def target_of(row: Prowlarr) -> ProwlarrTarget:
    key = DEMO_KEY if row.demo else row.api_key.reveal()
    known = row.version is not None
    proxy = Credentials.of(row).sent
    return ProwlarrTarget(
        "prowlarr", row.url, key, row.verify_tls, row.http2, proxy, row.name, known
    )


async def check(door: Door, target: ProwlarrTarget) -> Status | Fault:
    """Asks for the status once, over a connection of its own."""
    client = ProwlarrClient(door, target)
    try:
        return await client.status()
    except Fault as fault:
        return fault
    finally:
        await client.close()


async def freshen(engine: Engine, instance_ids: list[int]) -> None:
    """Reads what is old before a search on these instances; two requests to each Prowlarr."""
    now = engine.clock.now()
    rows = Instance.select(Instance.demo).where(Instance.id.in_(instance_ids))
    kinds = {row.demo for row in rows}
    for row in Prowlarr.by_name():
        if row.demo in kinds and _is_due(row, now, FRESH):
            await engine.spawn(f"prowlarr-{row.id}", read(engine, row))


def look_after_all(engine: Engine) -> None:
    """Begins to read what has not been read for a while."""
    now = engine.clock.now()
    for row in Prowlarr.by_name():
        if _is_due(row, now, READ_EVERY):
            engine.spawn(f"prowlarr-{row.id}", read(engine, row))


def _is_due(row: Prowlarr, now: datetime, age: timedelta) -> bool:
    if row.lacks_key:
        return False
    if row.fault:
        return row.retry_at is None or row.retry_at <= now
    return row.read_at is None or abs(now - row.read_at) > age


async def read(engine: Engine, row: Prowlarr, *, anew: bool = False) -> Fault | None:
    """Reads the history since the last time; the indexers too, once an hour or if `anew`.

    Nothing is asked while its key is missing.
    """
    if row.lacks_key:
        return None
    client = ProwlarrClient(engine.door, target_of(row))
    try:
        await _read(engine, client, row, anew=anew)
    except Fault as fault:
        row.failed(fault.code, fault.sentence, engine.clock.now())
        return fault
    finally:
        await client.close()
    return None


async def _read(engine: Engine, client: ProwlarrClient, row: Prowlarr, *, anew: bool) -> None:
    began = engine.clock.now()
    if anew or row.fault or row.listed_at is None or row.listed_at < began - LIST_EVERY:
        status = await client.status()
        listed = await client.indexers()
        if not row.change(version=status.version, listed_at=began):
            return
        ProwlarrIndexer.keep(row, listed)
        await _ask_instances(engine, row, began)
    blocks = await client.blocked()
    row.answered(client.server_time, engine.clock.now())
    ProwlarrIndexer.keep_blocks(
        row, {number: row.our_time(until) for number, until in blocks.items()}
    )
    since = row.read_at - OVERLAP if row.read_at else began - KEPT
    known, unknown = ProwlarrIndexer.numbers(row), False
    async for batch in client.asked(row.its_time(since)):
        IndexerRequest.keep(row, batch)
        unknown |= any(asked.indexer not in known for asked in batch)
    if unknown and row.listed_at != began:
        row.change(listed_at=None)
    find_ours(row, since, engine.clock.now())
    note_silences(row, await database.aside(silences, row), engine.clock.now())
    IndexerRequest.sweep(row, engine.clock.now())
    row.change(read_at=began)


async def _ask_instances(engine: Engine, row: Prowlarr, at: datetime) -> None:
    """Asks those instances for their indexers that no sync has told of, or that searched lately.

    Their next sync may be a day away, and searches may ask a new indexer with a small limit now.
    """
    kept = IndexerLink.select(IndexerLink.instance)
    searched = Search.select(Search.instance).where(Search.created_at > at - LIST_EVERY)
    due = Instance.id.not_in(kept) | Instance.id.in_(searched)
    for instance in Instance.enabled().where(Instance.demo == row.demo, due):
        if instance.fault:
            continue
        try:
            indexers = await engine.client(instance).indexers()
        except Fault:
            # The next sync keeps them, or notes what is wrong with the instance.
            continue
        if instance.is_there:
            IndexerLink.keep(instance, indexers)
