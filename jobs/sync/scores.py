"""Keeps what is wanted for its score like the scores and profiles that were read last."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime

from jobs.sync.readings import A_TURN, make_sure
from models.backlog import Entry, Item, Tally
from models.backlog.eligibility import Policy
from models.backlog.judging import rejudge
from models.database import database
from models.database.fields import chunks
from models.instances import Instance
from models.scores import FileScore
from models.scores.items import listed_elsewhere, regap, rest, review, under
from models.sync.mirror import CHUNK, Mirror


async def take(instance: Instance, entries: Sequence[Entry], at: datetime) -> None:
    """Takes items that a release could better into the backlog, unless another want is theirs."""
    policy = Policy.current()
    mirror = Mirror(instance, policy, at)
    for some in chunks(list(entries), CHUNK):
        make_sure(instance)
        others = listed_elsewhere(instance, [entry.arr_id for entry in some])
        mine = [entry for entry in some if entry.arr_id not in others]
        mirror.take(mine)
        which = (Item.instance == instance) & Item.arr_id.in_([entry.arr_id for entry in mine])
        rest([item_id for (item_id,) in Item.select(Item.id).where(which).tuples()], at)
        Tally.recount(instance)
        rejudge(which, policy, at)
        await asyncio.sleep(A_TURN)


async def revise(instance: Instance, at: datetime) -> None:
    """Lets go of what no release could better now, and measures the others anew."""
    found = await database.aside(review, instance.id)
    mirror = Mirror(instance, Policy.current(), at)
    for ids in chunks(found.gone, CHUNK):
        make_sure(instance)
        mirror.leave(ids)
        await asyncio.sleep(A_TURN)
    make_sure(instance)
    Tally.recount(instance)
    for gaps in chunks(found.gaps, CHUNK):
        make_sure(instance)
        regap(gaps, at)
        await asyncio.sleep(A_TURN)


async def doubt(instance: Instance, profiles: Collection[int]) -> None:
    """Lets no score under these profiles count as seen until its file is read again."""
    for ids in chunks(await database.aside(under, instance.id, profiles), CHUNK):
        make_sure(instance)
        FileScore.update(is_stale=True).where(FileScore.id.in_(ids)).execute()
        await asyncio.sleep(A_TURN)
