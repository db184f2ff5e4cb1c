"""Scans files' custom-format scores: slowly, in rounds, one small request after the other.

Scores are in no wanted list, and the makers compute them only when a file is asked for.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import aclosing
from datetime import datetime

from jobs.arr import Client, Fault, Meter, ScoredFile, Shelf
from jobs.engine import Engine
from jobs.sync.readings import make_sure
from jobs.sync.scores import revise, take
from models.backlog import Entry
from models.database import database
from models.database.fields import chunks, from_ms
from models.instances import Instance
from models.scores import ScoreReading, keep
from models.scores.items import is_candidate, just_replaced
from models.scores.profiles import ScoreProfile, count, keep_counts, keep_grabs
from models.scores.shelves import CHUNK, ScoreScan, ScoreShelf

# One request every 15 minutes is 96 a day; the demo library is in this process.
REQUESTS_A_PASS = 1
DEMO_REQUESTS_A_PASS = 2_000
# With 0, two chunks run before a request or a timer has its turn.
A_TURN = 0.001
# Faults of this answer alone; the shelf is passed over, or it would stop the scan for good.
OF_THE_ANSWER = frozenset({"too_large", "malformed", "not_found", "rejected", "server_error"})


async def scan(engine: Engine, instance: Instance) -> Fault | None:
    """Goes on with the round, or begins one that is due; returns why it could not."""
    client = engine.client(instance)
    scanned = {each.arr_id for each in ScoreProfile.of(instance) if each.is_scanned}
    if not client.shelves_at_once or not (scanned or ScoreScan.of(instance).shelves):
        return None
    most = DEMO_REQUESTS_A_PASS if instance.demo else REQUESTS_A_PASS
    try:
        for _ in range(most - await _ask_replaced(engine, instance, client)):
            if engine.clock.stopping.is_set() or not await _step(engine, instance, client, scanned):
                break
        make_sure(instance)
    except Fault as fault:
        if instance.is_there:
            ScoreScan.of(instance).change(fault=fault.sentence, looked_at=engine.clock.now())
        return fault
    counted = await database.aside(count, instance.id)
    if instance.is_there:
        keep_counts(instance, counted, engine.clock.now())
        await revise(instance, engine.clock.now())
    return None


async def _ask_replaced(engine: Engine, instance: Instance, client: Client) -> int:
    """Asks out of turn for what was just imported; returns how many requests that took.

    After a fault the round goes on first, so that one bad shelf cannot hold it.
    """
    now, row = engine.clock.now(), ScoreScan.of(instance)
    if row.fault or not (shelves := just_replaced(instance, now, client.shelves_at_once)):
        return 0
    await _ask(instance, client, row, shelves, now, in_turn=False)
    return 1


async def _step(engine: Engine, instance: Instance, client: Client, scanned: set[int]) -> bool:
    """Sends one request, if one is due; False when there is nothing to ask now."""
    now, row = engine.clock.now(), ScoreScan.of(instance)
    if row.is_due(now):
        await _begin(instance, client, row, scanned, now)
        return True
    if not row.is_under_way:
        return False
    if row.grabs_until is None or row.began_at is None or row.grabs_until < row.began_at:
        await _ask_grabs(instance, client, row, now)
        return True
    shelves = ScoreShelf.following(instance, row.cursor, client.shelves_at_once)
    if not shelves:
        row.change(ended_at=now)
        return False
    await _ask(instance, client, row, shelves, now)
    return True


async def _begin(
    instance: Instance, client: Client, row: ScoreScan, scanned: set[int], at: datetime
) -> None:
    """Lists the shelves of a new round; those of profiles that are not scanned are left out."""
    meter, number, listed = Meter(), row.round + 1, 0
    async with aclosing(client.shelves(meter)) as batches:
        async for shelves in batches:
            wanted = [shelf for shelf in shelves if shelf.profile_id in scanned]
            listed += len(wanted)
            for some in chunks(wanted, CHUNK):
                make_sure(instance)
                ScoreShelf.keep(instance, number, some)
                await asyncio.sleep(A_TURN)
    make_sure(instance)
    while ScoreShelf.drop(instance, number):
        await asyncio.sleep(A_TURN)
        make_sure(instance)
    row.begin(number, listed, meter.bytes, at)


async def _ask_grabs(instance: Instance, client: Client, row: ScoreScan, at: datetime) -> None:
    """Counts what was grabbed since the last round; once a round."""
    meter, fault = Meter(), None
    found = defaultdict[int, list[tuple[datetime, int]]](list)
    try:
        grabs = await client.scored_grabs(meter)
        make_sure(instance)
        profiles = ScoreShelf.profiles_of(instance, [each.shelf for each in grabs])
        for grab in grabs:
            grabbed_at = from_ms(grab.at - instance.clock_ahead_ms)
            is_new = row.grabs_until is None or grabbed_at > row.grabs_until
            if is_new and grab.shelf in profiles:
                found[profiles[grab.shelf]].append((grabbed_at, grab.score))
    except Fault as error:
        if error.code not in OF_THE_ANSWER:
            raise
        fault = error.sentence
    keep_grabs(instance, found)
    row.change(grabs_until=at)
    row.went_on(row.cursor, 0, meter.bytes, at, fault)


async def _ask(
    instance: Instance,
    client: Client,
    row: ScoreScan,
    shelves: list[ScoreShelf],
    at: datetime,
    *,
    in_turn: bool = True,
) -> None:
    """Asks for the scores of some shelves and keeps them; `in_turn` moves the cursor."""
    meter, fault = Meter(), None
    asked = [Shelf(each.arr_id, each.title, each.profile_id, each.facts) for each in shelves]
    try:
        scored = await client.scores(asked, meter)
        make_sure(instance)
        profiles = {shelf.arr_id: shelf.profile_id for shelf in asked}
        readings = [_reading(each, profiles[each.shelf]) for each in scored.files]
        keep(instance, list(profiles), readings, at, is_whole=not scored.malformed)
        await take(instance, list(_wanted(instance, profiles, scored.files)), at)
    except Fault as error:
        if error.code not in OF_THE_ANSWER:
            raise
        fault = error.sentence
    cursor, number = (asked[-1].arr_id, len(asked)) if in_turn else (row.cursor, 0)
    row.went_on(cursor, number, meter.bytes, at, fault)


def _wanted(
    instance: Instance, profiles: Mapping[int, int], files: Iterable[ScoredFile]
) -> Iterator[Entry]:
    """The items whose file a release could better, with their gaps; `profiles` are by shelf."""
    rules = {each.arr_id: each for each in ScoreProfile.of(instance)}
    for file in files:
        profile = rules.get(profiles[file.shelf])
        if profile and is_candidate(profile, file.score, below_quality=file.below_quality):
            yield file.entry._replace(gap=profile.gap(file.score), profile_id=profile.arr_id)


def _reading(file: ScoredFile, profile_id: int) -> tuple[ScoreReading, str]:
    """The file as a row, with its item's title."""
    entry, score = file.entry, (file.score, file.below_quality)
    return ScoreReading(entry.arr_id, file.shelf, file.file_id, profile_id, *score), _title(entry)


def _title(entry: Entry) -> str:
    """The item in short: "Quarry - 1x06 - The Frozen River", "Low Water (2019)"."""
    title = entry.title or "Without a title"
    if not entry.series_title:
        return f"{title} ({entry.year})" if entry.year else title
    number = "" if entry.season is None else f"{entry.season}x{entry.episode or 0:02d}"
    return " - ".join(part for part in (entry.series_title, number, title) if part)
